using System.Globalization;

namespace Wellbehaved.Theory;

/// <summary>A point of the edge of chaos: initialisation and fixed point with χ₁ = 1.</summary>
public sealed class EdgePoint
{
    internal EdgePoint(double weightVariance, double biasVariance, double variance, double radialGain) =>
        (WeightVariance, BiasVariance, Variance, RadialGain) = (weightVariance, biasVariance, variance, radialGain);

    /// <summary>σ_w².</summary>
    public double WeightVariance { get; }

    /// <summary>σ_b².</summary>
    public double BiasVariance { get; }

    /// <summary>q*; NaN where every variance is a fixed point.</summary>
    public double Variance { get; }

    /// <summary>χ_q: above 1 a network that starts at q* moves away from it.</summary>
    public double RadialGain { get; }

    /// <summary>Whether variances near q* move away from it.</summary>
    public bool Repels => RadialGain > 1 + 1e-9;
}

/// <summary>The edge of chaos of an activation, for a given variance of biases or of weights: <c>σ_w² = 1/m(q)</c>, <c>σ_b² = q - E s²/m(q)</c>.</summary>
public static class EdgeOfChaos
{
    private const double Smallest = 1e-7;
    private const double Largest = 1e6;

    /// <summary>A variance that counts as 0, but is far above rounding.</summary>
    private const double Vanishing = 1e-4;

    private const double Step = 1.15;

    /// <summary>The edge for a given variance of biases.</summary>
    /// <param name="dual">Dual of the activation.</param>
    /// <param name="biasVariance">σ_b² ≥ 0.</param>
    /// <returns>The point with the smallest q*; null if there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The variance is negative or not finite.</exception>
    public static EdgePoint? AtBias(DualActivation dual, double biasVariance)
    {
        ArgumentNullException.ThrowIfNull(dual);
        DualActivation.RequireVariance(biasVariance, nameof(biasVariance));
        if (dual is LeakyDual)
        {
            return biasVariance == 0 ? new(1 / dual.Moments(1).SquareSlope, 0, double.NaN, 1) : null;
        }

        var atZero = dual.Moments(0);
        if (biasVariance == 0 && atZero.Square == 0 && atZero.SquareSlope > 0)
        {
            // χ_q is 1 at q = 0 itself. What matters is its value for signals that have not vanished yet.
            return new(1 / atZero.SquareSlope, 0, 0, At(dual, Vanishing).RadialGain);
        }

        return Crossings(q => At(dual, q).BiasVariance - biasVariance)
            .Select(q => At(dual, q))
            .Select(point => new EdgePoint(point.WeightVariance, biasVariance, point.Variance, point.RadialGain))
            .FirstOrDefault();
    }

    /// <summary>The edges for a given variance of weights.</summary>
    /// <param name="dual">Dual of the activation.</param>
    /// <param name="weightVariance">σ_w² ≥ 0.</param>
    /// <returns>All points, by ascending q*, except those that would need a negative variance of biases.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The variance is negative or not finite.</exception>
    public static IReadOnlyList<EdgePoint> AtWeight(DualActivation dual, double weightVariance)
    {
        ArgumentNullException.ThrowIfNull(dual);
        DualActivation.RequireVariance(weightVariance, nameof(weightVariance));
        if (dual is LeakyDual)
        {
            var edge = 1 / dual.Moments(1).SquareSlope;
            return Math.Abs(weightVariance - edge) <= 1e-12 * edge ? [new(edge, 0, double.NaN, 1)] : [];
        }

        return [.. Crossings(q => At(dual, q).WeightVariance - weightVariance).Select(q => At(dual, q)).Where(point => point.BiasVariance >= 0)];
    }

    /// <summary>F6: the variance below which edge points repel, where E s s'' = 0.</summary>
    /// <param name="dual">Dual of the activation.</param>
    /// <returns>q*; null if the edge repels nowhere, or everywhere.</returns>
    public static EdgePoint? WhereItStopsToRepel(DualActivation dual)
    {
        ArgumentNullException.ThrowIfNull(dual);
        return dual is LeakyDual ? null : Crossings(q => At(dual, q).RadialGain - 1, falling: true).Select(q => At(dual, q)).FirstOrDefault();
    }

    /// <summary>F5: how ν₂ vanishes with depth at the edge of q* = 0.</summary>
    /// <remarks>
    /// A layer multiplies a small variance q by <c>1 - c q^p</c>, so that q falls as <c>l^{-1/p}</c>. p is 1 for a function that is smooth at 0, such as tanh,
    /// and ½ where its second derivative jumps there, as that of ELU does.
    /// </remarks>
    /// <param name="dual">Dual of the activation; it is 0 at 0 and has a slope there.</param>
    /// <returns>A power of the depth l, in words.</returns>
    internal static string DecayAtZero(DualActivation dual)
    {
        const double larger = Vanishing;
        const double smaller = larger / 100;
        var slope = dual.Moments(0).SquareSlope;
        var power = Math.Log(larger / smaller) / Math.Log(Loss(larger) / Loss(smaller));

        // The next term of the expansion changes the exponent between these variances by their root at most, 1 %.
        return Math.Abs(power - 1) < 0.05 ? "1/l"
            : Math.Abs(power - 2) < 0.1 ? "1/l²"
            : string.Create(CultureInfo.InvariantCulture, $"1/l^{power:0.##}");

        double Loss(double variance) => Math.Abs(1 - (dual.Moments(variance).Square / (variance * slope)));
    }

    private static EdgePoint At(DualActivation dual, double variance)
    {
        var moments = dual.Moments(variance);
        return new(1 / moments.SquareSlope, variance - (moments.Square / moments.SquareSlope), variance, moments.SquareDerivative / moments.SquareSlope);
    }

    private static IEnumerable<double> Crossings(Func<double, double> function, bool falling = false)
    {
        var (at, value) = (Smallest, function(Smallest));
        for (var next = at * Step; next < Largest; next *= Step)
        {
            var there = function(next);
            if (double.IsFinite(there) && (Math.Sign(value) != Math.Sign(there)) && (!falling || there < 0))
            {
                yield return Root.Find(function, at, next);
            }

            (at, value) = (next, there);
        }
    }
}
