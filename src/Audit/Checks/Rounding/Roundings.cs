namespace Wellbehaved.Audit;

/// <summary>
/// Bounds the effect of a number of roundings. Source: N. Higham, <i>Accuracy and Stability of Numerical Algorithms</i>, 2nd ed., section 3.1.
/// </summary>
internal static class Roundings
{
    /// <summary>γ_n = nu/(1 - nu): a product of n factors (1 + δ) with |δ| ≤ u differs from 1 by no more. Lemma 3.1.</summary>
    /// <param name="count">n ≥ 0; it need not be whole where a norm multiplies the roundings.</param>
    /// <param name="unitRoundoff">u.</param>
    /// <returns>The bound; infinite where nu ≥ 1, where nothing can be said.</returns>
    public static double Gamma(double count, double unitRoundoff)
    {
        var first = count * unitRoundoff;
        return first < 1 ? first / (1 - first) : double.PositiveInfinity;
    }
}
