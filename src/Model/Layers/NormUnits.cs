namespace Wellbehaved.Model;

/// <summary>The power of two in which a norm measures the standard deviation, and ε in these units.</summary>
/// <remarks>
/// Units are those of the stored signal, unless only ε matters in the denominator: then they are true units, or those of √ε where ε is so small that
/// 1/√ε exceeds single precision. Wherever ε or the rounding of the signal bounds the root from below, its reciprocal is a number that single precision holds.
/// </remarks>
/// <param name="Exponent">The power of two of the units.</param>
/// <param name="Own">The power of two of the stored signal in these units, which is that of the norm's output; 0 in the signal's own units.</param>
/// <param name="Epsilon">ε in these units, above 0 if ε is.</param>
internal readonly record struct NormUnits(int Exponent, int Own, double Epsilon)
{
    /// <summary>Below this exponent of the signal only ε matters in the denominator, unless ε is tiny as well.</summary>
    private const int LeastExponent = -64;

    /// <summary>The least ε whose true units are used, 2⁻¹²⁸.</summary>
    private const double LeastEpsilon = 2.938735877055719e-39;

    /// <summary>
    /// The least denominator of features that are constant, 2⁻¹⁸⁰. They become 0 whatever the factor is, which must not be infinite for that; their noise is
    /// that of an ε of 2⁻¹⁸⁰ in units of the signal where ε is smaller.
    /// </summary>
    private const double LeastOfConstant = 6.525304467998525e-55;

    /// <summary>Chooses units.</summary>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <param name="exponent">Power of two of the signal.</param>
    public static NormUnits Choose(double epsilon, int exponent)
    {
        var units =
            epsilon == 0 || exponent >= LeastExponent ? exponent
            : epsilon >= LeastEpsilon ? 0
            : Math.Max(exponent, Math.ILogB(epsilon) >> 1);

        // An ε beside which the signal is so large that it underflows here is not 0: constant features are not refused for it.
        return new(units, exponent - units, epsilon == 0 ? 0 : Math.Max(Math.ScaleB(epsilon, -2 * units), double.Epsilon));
    }

    /// <summary>The variance plus ε in these units; 0 for constant features without ε, which cannot be normalised.</summary>
    /// <param name="variance">The variance of the stored signal.</param>
    public double Denominator(double variance)
    {
        var sum = Math.ScaleB(variance, 2 * Own) + Epsilon;
        return variance == 0 && Epsilon > 0 ? Math.Max(sum, LeastOfConstant) : sum;
    }
}
