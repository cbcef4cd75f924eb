using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// Bounds how far moments may be from their definitions if a subject sums them in its own precision: in any order, centred first or by expanding the powers.
/// </summary>
/// <remarks>
/// If each term of a mean of n terms is accurate to j roundings, the mean errs by γ_{n+j} of the mean of their magnitudes. P is the number of points, N that
/// of channels.
/// </remarks>
/// <param name="shape">Shape of the tensor.</param>
/// <param name="unitRoundoff">u.</param>
internal sealed class MomentRounding(TensorShape shape, double unitRoundoff)
{
    /// <summary>The error of ν₁, relative to ν₁.</summary>
    public double Nu1 => Roundings.Gamma(shape.Elements, unitRoundoff);

    /// <summary>The error of ν₂ and of μ₂(dx), relative to each.</summary>
    public double Nu2 => Roundings.Gamma(shape.Elements + 1, unitRoundoff);

    /// <summary>
    /// The error of μ₂, relative to ν₂: the variance of a channel errs by γ_{3P+4} of its mean square (<see cref="BatchNormRounding"/>), and N of them are
    /// averaged.
    /// </summary>
    public double Mu2 => Roundings.Gamma((3 * shape.Points) + 4 + shape.Channels, unitRoundoff);

    /// <summary>
    /// The error of μ₄, relative to the mean fourth power. Expanded, μ₄ is E y⁴ - 4m E y³ + 6m² E y² - 3m⁴. The terms have at most 1, 4, 6 and 3 times that
    /// magnitude. E y^k passes P + k - 1 roundings, m^j passes jP, and the powers, products and three additions at most 7 more. Coefficients of P:
    /// 1 + 4·2 + 6·3 + 3·4 = 39. The rest: 3 + 4·2 + 6·1 + 14·7 = 115. Centred first, μ₄ errs by less: 4(P + 1) + P + 3.
    /// </summary>
    public double Mu4 => Roundings.Gamma((39 * shape.Points) + 115 + shape.Channels, unitRoundoff);

    /// <summary>
    /// The error of a logarithm of a moment that is accurate to a relative error: |ln(1 ± r)| ≤ r/(1 - r), and the function itself is accurate to four
    /// roundings.
    /// </summary>
    /// <param name="relative">r.</param>
    /// <param name="logarithm">The logarithm.</param>
    /// <returns>The bound; infinite where the moment may be zero.</returns>
    public double OfLogarithm(double relative, double logarithm) => Relatively(relative) + (4 * unitRoundoff * Math.Abs(logarithm));

    /// <summary>
    /// r/(1 - r): the largest change of a logarithm, and the largest relative change of a quotient, by a relative error of its argument or divisor.
    /// </summary>
    /// <param name="relative">r.</param>
    /// <returns>The bound; infinite for r ≥ 1.</returns>
    public static double Relatively(double relative) => relative < 1 ? relative / (1 - relative) : double.PositiveInfinity;
}
