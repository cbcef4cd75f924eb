namespace Wellbehaved.Tests.Properties;

/// <summary>Values at sizes n, 2n, 4n and 8n, extrapolated to infinity.</summary>
/// <remarks>
/// Where a value has an expansion in 1/n, Richardson's weights take out its terms up to 1/n³: what remains of a term c/n⁴ is -c/(64 n⁴). Each order of
/// extrapolation is nearer than the one before once terms decrease, so the distance to the order below bounds what remains.
/// </remarks>
internal static class Ladder
{
    public const int Rungs = 4;

    /// <summary>Takes out 1/n, 1/n² and 1/n³.</summary>
    public static readonly double[] Weights = [-1.0 / 21, 14.0 / 21, -56.0 / 21, 64.0 / 21];

    /// <summary>Takes out 1/n and 1/n², by the three largest sizes.</summary>
    private static readonly double[] CoarserWeights = [0, 1.0 / 3, -6.0 / 3, 8.0 / 3];

    /// <summary>The value at infinity.</summary>
    public static double Extrapolate(double[] values) => Weights.Zip(values, (weight, value) => weight * value).Sum();

    /// <summary>The distance to the extrapolation of one order less.</summary>
    public static double Remainder(double[] values) => Math.Abs(Extrapolate(values) - CoarserWeights.Zip(values, (weight, value) => weight * value).Sum());
}
