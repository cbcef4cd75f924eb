using System.Globalization;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>How the checks of weights ask for them, and what they report where weights could not be recovered.</summary>
internal static class AskedWeights
{
    /// <summary>The least share of the weights for a verdict; with fewer, it would mostly speak about the auditor's own numbers.</summary>
    private const double LeastKnown = 0.5;

    /// <summary>The recovered weights of an architecture; notes what the subject declines.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">The architecture.</param>
    /// <exception cref="DeclinedException">The subject declines all networks.</exception>
    public static RecoveredWeights RecoveredOf(this CheckContext context, Architecture architecture)
    {
        var networks = new WeightNetworks(architecture, context.Subject.Description.EpsilonForWeights());
        context.Offered([networks.Wide, networks.Kernel]);
        return context.Deep.Weights.Recover(architecture, WeightPlan.Derive(context.Rates, context.SampleShare));
    }

    /// <summary>ε of batch norm in the networks whose weights are recovered: 0, unless the subject offers only certain values.</summary>
    /// <param name="description">The subject's description of itself.</param>
    public static double EpsilonForWeights(this SubjectDescription description) => description.Epsilons is [var epsilon, ..] ? epsilon : 0;

    /// <summary>
    /// Adapts a measurement to missing weights: numbers that are not finite reject the claim, and a claim does not hold if most of its weights could not be
    /// recovered.
    /// </summary>
    /// <param name="measurement">The measurement of the weights that were recovered.</param>
    /// <param name="convolutions">All convolutions that the measurement is about.</param>
    public static Measurement Considering(this Measurement measurement, IEnumerable<RecoveredConvolution> convolutions)
    {
        var all = convolutions.ToArray();
        if (Array.Exists(all, convolution => !convolution.IsFinite))
        {
            return measurement with { Verdict = Verdict.Rejected, Deviation = double.NaN, Remark = "a tensor holds a number that is not finite" };
        }

        var known = KnownShare(all);
        if (known >= LeastKnown || measurement.Verdict == Verdict.Rejected)
        {
            return known == 1
                ? measurement
                : measurement with
                {
                    Remark =
                        measurement.Remark
                        ?? FormattableString.Invariant(
                            $"{100 * (1 - known):G2} % of the weights could not be recovered: the auditor's own numbers stand for them"
                        ),
                };
        }

        return measurement with
        {
            Verdict = Verdict.Inconclusive,
            Remark = string.Create(
                CultureInfo.InvariantCulture,
                $"only {100 * known:0} % of the weights could be recovered: "
                    + $"{Array.Find(all, convolution => convolution.Loss is not null)?.Loss ?? "the rounding of the others is as large as their values"}"
            ),
        };
    }

    /// <summary>The discrepancy that a test sees if some of the weights are the auditor's own numbers, which dilute it.</summary>
    /// <param name="discrepancy">A discrepancy that is averaged over weights.</param>
    /// <param name="convolutions">All convolutions that the discrepancy is about.</param>
    /// <returns>The discrepancy times the known share of the weights, but at least half of it: with a smaller share no claim holds anyway.</returns>
    public static double Diluted(double discrepancy, IReadOnlyCollection<RecoveredConvolution> convolutions) =>
        Math.Max(LeastKnown, KnownShare(convolutions)) * discrepancy;

    private static double KnownShare(IReadOnlyCollection<RecoveredConvolution> convolutions) =>
        convolutions.Sum(convolution => (double)convolution.Known) / convolutions.Sum(convolution => (double)convolution.Shape.Length);
}
