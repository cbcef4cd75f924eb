using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>
/// The growth of χ in a net whose residual branches are diluted into the skip connection, and the depth from which it is a power of the depth (law A2).
/// </summary>
/// <remarks>
/// Each unit adds b to the variance s of the signal, and a/s times its variance to the noise, so that <c>χ_l² = Π (s_k + a)/(s_k + b)</c> with <c>s_k = s₀ +
/// bk</c>. The exponent ½(a/b - 1) is reached only where bl is large compared with both s₀ and a, and a grows exponentially with the residual depth H. At
/// smaller depths χ may look exponential. s₀ and b are read from the recorded variances, whose growth must be linear within a tenth. a, which depends on batch
/// and width, is the only fitted number: it is fitted to the gain over the whole depth. The model is accepted if it then gives both gains from a quarter of
/// the depth on within a tenth.
/// </remarks>
/// <param name="InitialVariance">s₀, variance of the signal before the first unit.</param>
/// <param name="AddedVariance">b, variance that a unit adds.</param>
/// <param name="NoiseGain">a, the factor of the noise that a unit adds, in the same units.</param>
internal sealed record DilutedBranch(double InitialVariance, double AddedVariance, double NoiseGain)
{
    private const double Tolerance = 0.1;

    /// <summary>
    /// A quarter of the depth must have added at least this multiple of s₀ and of a before a power law shows: then the exponent is within a fifth of its limit.
    /// </summary>
    private const double Enough = 4;

    private const int Bisections = 100;

    /// <summary>Exponent τ that χ tends to.</summary>
    public double Exponent => 0.5 * ((NoiseGain / AddedVariance) - 1);

    /// <summary>Number of units from which a quarter of the depth is enough.</summary>
    public double DepthNeeded => 4 * Enough * Math.Max(InitialVariance, NoiseGain) / AddedVariance;

    /// <summary>Fits the model.</summary>
    /// <param name="table">Moments of a net with residual units.</param>
    /// <param name="contrasts">Gains from a quarter of the depth on.</param>
    /// <returns>The model; null if the net has no residual units, variances are not recorded, or the model does not describe them.</returns>
    public static DilutedBranch? Fit(MomentTable table, DepthContrasts contrasts)
    {
        if (
            table.ResidualDepth is null
            || table.MeanMu2 is not { } variances
            || table.LogChi is not { } logChi
            || variances.Any(value => !double.IsFinite(value))
        )
        {
            return null;
        }

        double At(int depth) => variances[table.IndexOf(depth)!.Value];
        var added = (At(contrasts.Depth) - variances[0]) / (contrasts.Depth - table.Depths[0]);
        var model = new DilutedBranch(variances[0] - (added * table.Depths[0]), added, added);
        var late = (At(contrasts.Depth) - At(contrasts.Half)) / (contrasts.Depth - contrasts.Half);
        if (!(added > 0) || !(model.InitialVariance > 0) || Math.Abs(late - added) > Tolerance * added)
        {
            return null;
        }

        model = model with { NoiseGain = model.Fitted(logChi.Select(row => row[^1]).Mean(), contrasts.Depth) };
        var (first, second) = (contrasts.FirstGain!.Mean(), contrasts.SecondGain!.Mean());
        return
            Describes(model.LogChi(contrasts.Half) - model.LogChi(contrasts.Quarter), first)
            && Describes(model.LogChi(contrasts.Depth) - model.LogChi(contrasts.Half), second)
            ? model
            : null;

        static bool Describes(double modelled, double measured) => Math.Abs(modelled - measured) <= Tolerance * Math.Abs(measured);
    }

    /// <summary>ln χ after a number of units.</summary>
    /// <param name="units">The number of units.</param>
    public double LogChi(int units)
    {
        var sum = 0.0;
        for (var unit = 0; unit < units; unit++)
        {
            var variance = InitialVariance + (AddedVariance * unit);
            sum += 0.5 * (Math.Log(variance + NoiseGain) - Math.Log(variance + AddedVariance));
        }

        return sum;
    }

    /// <summary>The a for which ln χ has a given value at a depth. The gain grows with a, so a is found by bisection of its logarithm.</summary>
    private double Fitted(double logChi, int units)
    {
        var (low, high) = (Math.Log(AddedVariance) - 20, Math.Log(AddedVariance + InitialVariance) + (2 * Math.Abs(logChi) / units) + Math.Log(units) + 20);
        for (var i = 0; i < Bisections; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = (this with { NoiseGain = Math.Exp(middle) }).LogChi(units) < logChi ? (middle, high) : (low, middle);
        }

        return Math.Exp(low);
    }
}
