using MathNet.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Closed forms for the growth of χ in the limit of infinite width and a large batch. Laws A1, A2, A3.</summary>
public static class LargeBatchLimits
{
    /// <summary>A3: δχ of <c>vanilla</c> and <c>vanilla_res</c> nets tends to 1, and so does r_eff.</summary>
    public const double VanillaIncrement = 1;

    /// <summary>A1: δχ of a <c>bn_ff</c> layer, <c>sqrt(π/(π - 1))</c>; SNR decays as <c>((π - 1)/π)^l</c>. S6 for Gaussian z.</summary>
    public static readonly double BatchNormIncrement = Math.Sqrt(Math.PI / (Math.PI - 1));

    private static readonly double CentredShare = 1 - (1 / Math.PI);

    /// <summary>A2: the exponent of χ ~ l^τ in <c>bn_res</c> nets, <c>τ = ½((π/(π - 1))^H - 1)</c>.</summary>
    /// <param name="residualDepth">H ≥ 1.</param>
    /// <returns>τ.</returns>
    /// <exception cref="ArgumentOutOfRangeException">H is not positive.</exception>
    public static double ResidualExponent(int residualDepth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(residualDepth);
        return 0.5 * (Math.Pow(Math.PI / (Math.PI - 1), residualDepth) - 1);
    }

    /// <summary>A2: <c>χ_l² = Γ((1+a)/b + l) Γ((1+b)/b)/(Γ((1+a)/b) Γ((1+b)/b + l))</c>, with <c>b = 1 - 1/π</c>, <c>a = (π/(π-1))^{H-1}</c>.</summary>
    /// <param name="unit">l ≥ 0, residual units.</param>
    /// <param name="residualDepth">H ≥ 1.</param>
    /// <returns>ln χ_l of a <c>bn_res</c> net.</returns>
    /// <remarks>
    /// It is the product <c>Π_{k&lt;l} (s_k + a)/(s_k + b)</c>, <c>s_k = 1 + bk</c>: each unit adds b to the variance of the signal, and a·(noise)/s_k to that
    /// of the noise.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">l is negative, or H is not positive.</exception>
    public static double LogResidualChi(int unit, int residualDepth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(unit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(residualDepth);
        var b = CentredShare;
        var a = Math.Pow(Math.PI / (Math.PI - 1), residualDepth - 1);
        return 0.5
            * (
                SpecialFunctions.GammaLn(((1 + a) / b) + unit)
                - SpecialFunctions.GammaLn((1 + a) / b)
                - (SpecialFunctions.GammaLn(((1 + b) / b) + unit) - SpecialFunctions.GammaLn((1 + b) / b))
            );
    }
}
