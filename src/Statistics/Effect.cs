using System.Globalization;

namespace Wellbehaved.Statistics;

/// <summary>The terms in which an effect is expressed.</summary>
internal enum EffectKind
{
    /// <summary>The measured value divided by the predicted one: 1 if the claim is true.</summary>
    Ratio,

    /// <summary>The measured value minus the predicted one, in the units of the quantity: 0 if the claim is true.</summary>
    Difference,

    /// <summary>A correlation whose prediction is 0.</summary>
    Correlation,

    /// <summary>A share of mappings, which the claim compares with one half.</summary>
    Share,

    /// <summary>The largest distance between two distribution functions, 0 if the claim is true.</summary>
    Distance,
}

/// <summary>
/// The result on a quantity: an estimate, and an interval that covers the truth with the confidence of the whole run, for all quantities together.
/// </summary>
/// <param name="Kind">The terms in which it is expressed.</param>
/// <param name="Estimate">The estimate.</param>
/// <param name="Lower">Lower end of the interval; negative infinity if nothing is known.</param>
/// <param name="Upper">Upper end; positive infinity if nothing is known.</param>
internal sealed record Effect(EffectKind Kind, double Estimate, double Lower, double Upper)
{
    /// <summary>The value if the claim is true: 1 for a ratio, one half for a share, 0 otherwise.</summary>
    public double Claimed =>
        Kind switch
        {
            EffectKind.Ratio => 1,
            EffectKind.Share => 0.5,
            EffectKind.Difference or EffectKind.Correlation or EffectKind.Distance => 0,
            _ => throw new InvalidOperationException($"expected a kind of effect, got {Kind}"),
        };

    /// <summary>The interval in words that fit the quantity.</summary>
    /// <returns>For example <c>0.982 to 1.011 times the prediction</c>.</returns>
    public override string ToString() =>
        double.IsInfinity(Lower) && double.IsInfinity(Upper) || double.IsNaN(Estimate)
            ? "no result"
            : Kind switch
            {
                EffectKind.Ratio when double.IsInfinity(Upper) => Invariant($"{Lower:0.000} times the prediction or more"),
                EffectKind.Ratio => Invariant($"{Lower:0.000} to {Upper:0.000} times the prediction"),
                EffectKind.Difference => Invariant($"{Lower:+0.0000;-0.0000;0} to {Upper:+0.0000;-0.0000;0} apart"),
                EffectKind.Correlation => Invariant($"correlation {Lower:0.0000} to {Upper:0.0000}"),
                EffectKind.Share => Invariant($"{Math.Floor(100 * Lower):0} to {Math.Ceiling(100 * Upper):0} % of the mappings"),
                EffectKind.Distance => Lower > 0
                    ? Invariant($"{Lower:0.0000} to {Upper:0.0000} between the distributions")
                    : Invariant($"at most {Upper:0.0000} between the distributions"),
                _ => throw new InvalidOperationException($"expected a kind of effect, got {Kind}"),
            };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
