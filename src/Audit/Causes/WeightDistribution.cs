using MathNet.Numerics.Distributions;

namespace Wellbehaved.Audit;

/// <summary>The variance and the law of recovered weights, each divided by the standard deviation that it should have.</summary>
internal sealed class WeightDistribution
{
    /// <summary>The variance of a standard normal law that is cut at two standard deviations.</summary>
    public static readonly double Cut = 1 - (4 * Normal.PDF(0, 1, 2) / (1 - (2 * Normal.CDF(0, 1, -2))));

    /// <summary>The largest allowed value of Kolmogorov's statistic times √n; the right law exceeds it once in a hundred thousand cases.</summary>
    private const double MostDistance = 2.5;

    private readonly double[] _standardised;

    /// <summary>Describes weights.</summary>
    /// <param name="weights">The weights.</param>
    public WeightDistribution(IReadOnlyCollection<double> weights)
    {
        Variance = VarianceOf(weights);
        _standardised = [.. weights.Select(weight => weight / Math.Sqrt(Variance.Ratio)).Order()];
        IsNormal = Distance(value => Normal.CDF(0, 1, value)) <= MostDistance;
    }

    /// <summary>Their variance, a multiple of the right one.</summary>
    public MeasuredVariance Variance { get; }

    /// <summary>Whether they may be normal.</summary>
    public bool IsNormal { get; }

    /// <summary>Whether they may be normal, cut at two standard deviations.</summary>
    public bool IsTruncated => Distance(TruncatedBelow) <= MostDistance;

    /// <summary>Whether they may be uniform.</summary>
    public bool IsUniform => Distance(value => Math.Clamp(0.5 + (value / (2 * Math.Sqrt(3))), 0, 1)) <= MostDistance;

    /// <summary>The mean square, with five times its standard error.</summary>
    public static MeasuredVariance VarianceOf(IReadOnlyCollection<double> values)
    {
        var (square, fourth) = (values.Average(value => value * value), values.Average(value => Math.Pow(value, 4)));
        return new(square, (5 * Math.Sqrt(Math.Max(0, fourth - (square * square)) / values.Count)) + (1e-3 * square));
    }

    private static double TruncatedBelow(double standardised)
    {
        var (x, tail) = (standardised * Math.Sqrt(Cut), Normal.CDF(0, 1, -2));
        return Math.Clamp((Normal.CDF(0, 1, x) - tail) / (1 - (2 * tail)), 0, 1);
    }

    /// <summary>√n times the largest distance to a distribution function.</summary>
    private double Distance(Func<double, double> below)
    {
        var (n, most) = (_standardised.Length, 0.0);
        for (var i = 0; i < n; i++)
        {
            var expected = below(_standardised[i]);
            most = Math.Max(most, Math.Max(Math.Abs(expected - (i / (double)n)), Math.Abs(((i + 1) / (double)n) - expected)));
        }

        return Math.Sqrt(n) * most;
    }
}

/// <summary>A variance as a multiple of the right one.</summary>
/// <param name="Ratio">The multiple.</param>
/// <param name="Error">Five times its standard error, and what the recovery loses.</param>
internal readonly record struct MeasuredVariance(double Ratio, double Error)
{
    /// <summary>The least that it may be.</summary>
    public double Lower => Ratio - Error;

    /// <summary>The most that it may be.</summary>
    public double Upper => Ratio + Error;

    /// <summary>Whether it may be this multiple.</summary>
    public bool Includes(double ratio) => Math.Abs(Ratio - ratio) <= Error;
}
