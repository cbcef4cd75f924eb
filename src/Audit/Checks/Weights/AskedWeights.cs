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
        return context.Deep.Weights.Of(architecture, WeightPlan.Of(context.Rates, context.SampleShare));
    }

    /// <summary>ε of batch norm of the networks whose weights are recovered: 0 unless the subject has its own values.</summary>
    /// <param name="description">What the subject says of itself.</param>
    public static double EpsilonForWeights(this SubjectDescription description) => description.Epsilons is [var epsilon, ..] ? epsilon : 0;

    /// <summary>What a measurement comes to if weights are missing: numbers that are not finite reject the claim, and a claim does not hold for weights of which most could not be recovered.</summary>
    /// <param name="measurement">The measurement of those that were.</param>
    /// <param name="convolutions">All convolutions that it is about.</param>
    public static Measurement Considering(this Measurement measurement, IEnumerable<RecoveredConvolution> convolutions)
    {
        var all = convolutions.ToArray();
        if (Array.Exists(all, convolution => !convolution.IsFinite))
        {
            return measurement with { Verdict = Verdict.Rejected, Deviation = double.NaN, Remark = "a tensor holds a number that is not finite" };
        }

        var known = all.Sum(convolution => (double)convolution.Known) / all.Sum(convolution => (double)convolution.Shape.Length);
        return known >= LeastKnown || measurement.Verdict == Verdict.Rejected ? measurement : measurement with
        {
            Verdict = Verdict.Inconclusive,
            Remark = FormattableString.Invariant($"only {100 * known:0} % of the weights could be recovered: {Array.Find(all, convolution => convolution.Loss is not null)?.Loss ?? "rounding says as much of the others as their values do"}"),
        };
    }
}
