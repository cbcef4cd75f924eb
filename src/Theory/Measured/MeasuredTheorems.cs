namespace Wellbehaved.Theory;

/// <summary>The paper's theorems in their original form: increments of χ as functions of measured moments.</summary>
/// <remarks>
/// ν₁,c(y⁺) and ν₁,c(y⁻) are means over the points of max(y, 0) and max(-y, 0) in channel c; E_c averages over channels. The relations are
/// identities in expectation over the next weights (S4, S6, S7). For a single network they are approximations that improve with its width.
/// </remarks>
internal static class MeasuredTheorems
{
    /// <summary>Largest possible increment of χ in a ReLU after batch norm, √2. Law S6.</summary>
    public static readonly double LargestActivationIncrement = Math.Sqrt(2);

    /// <summary>S4, vanilla nets: <c>δχ ≈ (1 - E_c[ν₁,c(y⁺) ν₁,c(y⁻)]/μ₂(x^{l-1}))^{-1/2}</c>.</summary>
    /// <param name="productOfHalves">E_c[ν₁,c(y⁺) ν₁,c(y⁻)] ≥ 0.</param>
    /// <param name="mu2Before">μ₂(x^{l-1}) &gt; 0.</param>
    /// <returns>The increment, at least 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The moments cannot be those of a network.</exception>
    public static double VanillaIncrement(double productOfHalves, double mu2Before)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(productOfHalves);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mu2Before);
        return InverseRootOfComplement(productOfHalves / mu2Before, nameof(productOfHalves));
    }

    /// <summary>S6, batch-normalised nets: <c>δ_φχ ≈ (1 - ½ E_c[ν₁,c(|z|)²])^{-1/2}</c>.</summary>
    /// <param name="meanSquareOfNu1">E_c[ν₁,c(|z|)²] in [0, 1].</param>
    /// <returns>The increment, in [1, √2].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside [0, 1].</exception>
    public static double ActivationIncrement(double meanSquareOfNu1) =>
        InverseRootOfComplement(0.5 * RequireShare(meanSquareOfNu1, nameof(meanSquareOfNu1)), nameof(meanSquareOfNu1));

    /// <summary>Bounds of S6 from the mean m of ν₁,c(|z|) alone, which result files store; they follow from m² ≤ E_c[ν₁,c²] ≤ m.</summary>
    /// <param name="meanOfNu1">m in [0, 1].</param>
    /// <returns><c>(1 - m²/2)^{-1/2}</c> and <c>(1 - m/2)^{-1/2}</c>; the lower bound is attained where all channels have the same ν₁,c.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside [0, 1].</exception>
    public static (double Lower, double Upper) ActivationIncrementBounds(double meanOfNu1) =>
        (ActivationIncrement(RequireShare(meanOfNu1, nameof(meanOfNu1)) * meanOfNu1), ActivationIncrement(meanOfNu1));

    /// <summary>S7: <c>δ_BNχ ≈ (E_c[μ₂,c(dy)/μ₂,c(y)]·μ₂(x^{l-1})/μ₂(dx^{l-1}))^{1/2}</c>, for ε = 0.</summary>
    /// <param name="meanRatio">E_c[μ₂,c(dy)/μ₂,c(y)] ≥ 0.</param>
    /// <param name="mu2SignalBefore">μ₂(x^{l-1}) &gt; 0.</param>
    /// <param name="mu2NoiseBefore">μ₂(dx^{l-1}) &gt; 0.</param>
    /// <returns>The increment.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The moments cannot be those of a network.</exception>
    public static double BatchNormIncrement(double meanRatio, double mu2SignalBefore, double mu2NoiseBefore)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(meanRatio);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mu2SignalBefore);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mu2NoiseBefore);
        return Math.Sqrt(meanRatio * mu2SignalBefore / mu2NoiseBefore);
    }

    /// <summary>The exponent of χ ~ l^τ in batch-normalised residual nets, from the increment inside the branch: <c>τ = ½(δχ^{2H} - 1)</c>.</summary>
    /// <param name="feedforwardIncrement">δχ of one feedforward layer in the branch, at least 1.</param>
    /// <param name="residualDepth">H ≥ 1.</param>
    /// <returns>The exponent.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The increment is below 1 or NaN, or H not positive.</exception>
    public static double PowerLawExponent(double feedforwardIncrement, int residualDepth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(residualDepth);
        return feedforwardIncrement is >= 1 and < double.PositiveInfinity
            ? 0.5 * (Math.Pow(feedforwardIncrement, 2 * residualDepth) - 1)
            : throw new ArgumentOutOfRangeException(nameof(feedforwardIncrement), feedforwardIncrement, "expected a finite increment of at least 1");
    }

    private static double RequireShare(double value, string name) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "expected a number in [0, 1]");

    private static double InverseRootOfComplement(double share, string name) =>
        share is >= 0 and < 1 ? 1 / Math.Sqrt(1 - share) : throw new ArgumentOutOfRangeException(name, share, "expected a share of the variance below 1");
}
