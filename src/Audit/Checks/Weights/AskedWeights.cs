using System.Globalization;

namespace Wellbehaved.Audit;

/// <summary>How the checks of weights ask for them, and what they say where weights could not be recovered.</summary>
internal static class AskedWeights
{
    /// <summary>With less than this share of the weights a verdict would speak about others than it says.</summary>
    private const double LeastKnown = 0.5;

    /// <summary>The recovered weights of an architecture; notes what the subject declines.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">Name of the architecture.</param>
    /// <exception cref="DeclinedException">It declines all of it.</exception>
    public static RecoveredWeights RecoveredOf(this CheckContext context, string architecture)
    {
        var networks = new WeightNetworks(architecture, context.Subject.Description.EpsilonForWeights());
        context.Offered([networks.Wide, networks.Kernel]);
        return context.Deep.Weights.Recover(architecture, WeightPlan.Derive(context.Rates, context.SampleShare));
    }

    /// <summary>ε of batch norm of the networks whose weights are recovered: 0 unless the subject has its own values.</summary>
    /// <param name="description">What the subject says of itself.</param>
    public static double EpsilonForWeights(this SubjectDescription description) => description.Epsilons is [var epsilon, ..] ? epsilon : 0;

    /// <summary>
    /// What a measurement comes to if weights are missing: numbers that are not finite reject the claim, and a claim does not hold for weights of which most
    /// could not be recovered.
    /// </summary>
    /// <param name="measurement">The measurement of those that were.</param>
    /// <param name="convolutions">All convolutions that it is about.</param>
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
                    + $"{Array.Find(all, convolution => convolution.Loss is not null)?.Loss ?? "rounding says as much of the others as their values do"}"
            ),
        };
    }

    /// <summary>A discrepancy of the subject's weights, as all numbers show it, of which some are the auditor's own.</summary>
    /// <param name="discrepancy">A discrepancy that is averaged over weights.</param>
    /// <param name="convolutions">All convolutions that it is about.</param>
    /// <returns>The known share of it; of half of it where less is known, since nothing holds there.</returns>
    public static double Diluted(double discrepancy, IReadOnlyCollection<RecoveredConvolution> convolutions) =>
        Math.Max(LeastKnown, KnownShare(convolutions)) * discrepancy;

    private static double KnownShare(IReadOnlyCollection<RecoveredConvolution> convolutions) =>
        convolutions.Sum(convolution => (double)convolution.Known) / convolutions.Sum(convolution => (double)convolution.Shape.Length);
}
