namespace Wellbehaved.Theory;

/// <summary>Bounds that hold for every input and all weights: laws D2, D3, D4.</summary>
public static class Bounds
{
    /// <summary>D2: the largest rank of the covariance of P points in N channels, <c>min(N, P - 1)</c>; r_eff is between 1 and this number.</summary>
    /// <param name="points">P ≥ 2.</param>
    /// <param name="channels">N ≥ 1.</param>
    /// <returns>The bound.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public static int LargestEffectiveRank(int points, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        return Math.Min(channels, points - 1);
    }

    /// <summary>D3: the largest kurtosis of P points, <c>(P² - 3P + 3)/(P - 1)</c>; it also bounds μ₄ of a channel after batch norm.</summary>
    /// <param name="points">P ≥ 2.</param>
    /// <returns>The bound; it is attained if P - 1 points are equal.</returns>
    /// <exception cref="ArgumentOutOfRangeException">P is below 2.</exception>
    public static double LargestKurtosis(int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        double p = points;
        return ((p * (p - 3)) + 3) / (p - 1);
    }

    /// <summary>D4: the variance of a channel after batch norm, <c>σ²/(σ² + ε)</c>.</summary>
    /// <param name="variance">σ² ≥ 0, the variance before batch norm.</param>
    /// <param name="epsilon">ε ≥ 0, positive where σ² = 0.</param>
    /// <returns>At most 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or NaN, or both are zero.</exception>
    public static double VarianceAfterBatchNorm(double variance, double epsilon) =>
        variance >= 0 && epsilon >= 0 && variance + epsilon > 0
            ? variance / (variance + epsilon)
            : throw new ArgumentOutOfRangeException(nameof(variance), variance, "expected σ² ≥ 0 and ε ≥ 0, not both zero");

    /// <summary>D4: the largest mean absolute value ν₁,c(|z|) of a channel after batch norm; its positive and negative parts contribute half each.</summary>
    public const double LargestNu1AfterBatchNorm = 1;
}
