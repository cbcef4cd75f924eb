using System.Runtime.CompilerServices;

namespace Wellbehaved.Statistics;

/// <summary>Tests many pairs of vectors. If the claim is true, the vectors of each pair are independent, so no cosine may be large.</summary>
/// <remarks>The probability of each pair is exact. The pairs depend on each other, which a union bound over all of them allows.</remarks>
/// <param name="rates">The permitted error rates of all pairs together.</param>
/// <param name="pairs">Number of pairs that will be added.</param>
internal sealed class CosineTest(ErrorRates rates, long pairs)
{
    private Cosine _worst = new(0, 0, 0);
    private double _worstLog = 1;
    private double _reach;
    private Func<string> _where = () => "";
    private bool _invalid;
    private Cosine _widest = new(0, 0, 0);

    /// <summary>Number of pairs so far.</summary>
    public long Pairs { get; private set; }

    /// <summary>Number of dimensions after which a correlation is seen, and the interval of a true claim lies inside it.</summary>
    /// <param name="rates">The rates.</param>
    /// <param name="pairs">Number of pairs.</param>
    /// <param name="discrepancy">The correlation.</param>
    /// <returns>The number, for a small correlation: <c>((z_α + z_β)/δ)²</c>, with <c>√(2 ln(pairs·2/α))</c> for z_α.</returns>
    public static double SamplesFor(ErrorRates rates, long pairs, double discrepancy) =>
        Math.Pow((Math.Sqrt(2 * (rates.Threshold + Math.Log(pairs))) + rates.PowerMargin) / discrepancy, 2);

    /// <summary>Adds a pair.</summary>
    /// <param name="cosine">The cosine of the pair.</param>
    /// <param name="where">Names the pair, for the report.</param>
    public void Add(Cosine cosine, Func<string> where)
    {
        Pairs++;
        if (double.IsNaN(cosine.Value))
        {
            _invalid = true;
            return;
        }

        var log = CosineTail.LogBound(cosine.AtLeast, cosine.Dimensions);
        if (log < _worstLog)
        {
            (_worst, _worstLog, _where) = (cosine, log, where);
        }

        if (IsWide(cosine))
        {
            var (lower, upper) = cosine.Interval(rates.FalseFail / pairs);
            var reach = Math.Max(Math.Abs(lower), Math.Abs(upper));
            if (reach >= _reach)
            {
                (_reach, _widest) = (reach, cosine);
            }
        }
    }

    /// <summary>Counts pairs that cannot change the result, see <see cref="MayMatter"/>.</summary>
    /// <param name="count">Their number.</param>
    public void Count(long count) => Pairs += count;

    /// <summary>Whether a pair may be worse, or less certain, than those before: if millions are compared, most of them need no logarithm.</summary>
    /// <param name="cosine">The pair.</param>
    /// <remarks>Since <c>-ln(1 - x)/x</c> grows, a smaller square with no larger product of square and dimensions has no smaller bound.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayMatter(in Cosine cosine) =>
        IsWide(cosine)
        || !(
            cosine.AtLeast <= _worst.AtLeast
            && cosine.AtLeast * cosine.AtLeast * (cosine.Dimensions - 1) <= _worst.AtLeast * _worst.AtLeast * (_worst.Dimensions - 1)
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsWide(in Cosine cosine) =>
        !(Math.Abs(cosine.Value) + cosine.Error <= Math.Abs(_widest.Value) + _widest.Error && cosine.Dimensions >= _widest.Dimensions)
        || _widest.Dimensions == 0;

    /// <summary>The verdict and the numbers that it rests on.</summary>
    /// <param name="quantity">What was measured.</param>
    /// <param name="discrepancy">δ in (0, 1): the correlation of a pair that must be seen.</param>
    /// <returns>
    /// Rejected if the vectors of a pair are too similar, or a number was not finite; holds if the interval of each pair lies inside ±δ; inconclusive
    /// otherwise.
    /// </returns>
    public Measurement Conclude(string quantity, double discrepancy)
    {
        if (Pairs > pairs)
        {
            throw new InvalidOperationException($"expected at most {pairs} pairs, got {Pairs}");
        }

        var bound = _worst.Dimensions == 0 ? 1 : Math.Min(1, pairs * CosineTail.Probability(_worst.AtLeast, _worst.Dimensions));
        var (lower, upper) = _worst.Interval(rates.FalseFail / pairs);
        var verdict =
            _invalid || bound <= rates.FalseFail ? Verdict.Rejected
            : Pairs > 0 && _reach > 0 && _reach <= discrepancy ? Verdict.Holds
            : Verdict.Inconclusive;
        var where = _where();
        return new Measurement(quantity + (where.Length == 0 ? "" : $", most of all {where}"), new Expected(0), new Observed(_worst.Value), verdict)
        {
            Deviation = _invalid ? double.NaN : _worst.Value * Math.Sqrt(_worst.Dimensions),
            Samples =
                Pairs == 0 ? 0
                : Pairs == 1 ? _worst.Dimensions
                : Pairs,
            FalseFailRate = rates.FalseFail,
            FalseAlarmBound = bound,
            Effect = new Effect(EffectKind.Correlation, _worst.Value, lower, upper),
            Detectable = _reach == 0 ? double.PositiveInfinity : _reach,
            Remark = _invalid ? "a number is not finite" : null,
        };
    }
}
