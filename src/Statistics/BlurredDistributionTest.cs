namespace Wellbehaved.Statistics;

/// <summary>The test of Kolmogorov and Smirnov for standard normal numbers that are known up to bounded errors.</summary>
/// <remarks>
/// <c>P(D ≥ d) ≤ 2e^{-2nd²}</c> at every n (Massart, Ann. Probab. 1990). If all but a share q of the numbers err by at most t, the empirical distribution
/// function is nowhere farther from the normal one than D + φ(0)t + q, since the normal one rises by at most φ(0)t over t. Errors are counted by size, and the
/// best t is used.
/// </remarks>
/// <param name="rates">The permitted error rates of the test.</param>
internal sealed class BlurredDistributionTest(ErrorRates rates)
{
    private const double Peak = 0.3989422804014327;

    /// <summary>Number of classes for the sizes of errors: four per factor of two, over all finite numbers.</summary>
    private const int Sizes = 0x7FF << 2;

    private readonly List<double> _values = [];
    private readonly long[] _ofSize = new long[Sizes];
    private bool _invalid;

    /// <summary>Number of samples so far.</summary>
    public long Samples => _values.Count;

    /// <summary>
    /// Number of samples after which, except with probability β, the interval of a true claim lies inside δ; and, except with probability β, a distance of δ is
    /// rejected.
    /// </summary>
    /// <param name="rates">The rates.</param>
    /// <param name="distance">δ, in probability.</param>
    /// <returns>The number: the distance of the empirical distribution exceeds <c>√(ln(2/β)/2n)</c> with probability β at most.</returns>
    public static double SamplesFor(ErrorRates rates, double distance) =>
        Math.Pow((Math.Sqrt(rates.Threshold / 2) + Math.Sqrt(Math.Log(2 / rates.FalsePass) / 2)) / distance, 2);

    /// <summary>Adds a number.</summary>
    /// <param name="value">The number divided by its standard deviation.</param>
    /// <param name="error">Bound of its error, finite.</param>
    public void Add(Observed value, double error)
    {
        if (!double.IsFinite(value.Value))
        {
            _invalid = true;
            return;
        }

        _values.Add(value.Value);
        _ofSize[BitConverter.DoubleToInt64Bits(error) >> 50]++;
    }

    /// <summary>The verdict and the numbers that it rests on.</summary>
    /// <param name="quantity">What was measured.</param>
    /// <param name="discrepancy">δ: the distance between distribution functions that must be seen.</param>
    /// <returns>Rejected if the false alarm bound is at most α or a number was not finite; holds if the interval of the distance lies below δ; inconclusive
    /// otherwise.</returns>
    public Measurement Conclude(string quantity, double discrepancy)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(discrepancy);
        var (n, distance, blur) = (_values.Count, NormalDistance.Measure(_values), Blur());
        var reach = Math.Sqrt(rates.Threshold / (2 * n));
        var least = Math.Max(0, distance - blur);
        var bound = n == 0 ? 1 : Math.Min(1, 2 * Math.Exp(-2 * n * least * least));
        var verdict =
            _invalid || bound <= rates.FalseFail ? Verdict.Rejected
            : n > 0 && distance + blur + reach <= discrepancy ? Verdict.Holds
            : Verdict.Inconclusive;
        return new Measurement(quantity, new Expected(0), new Observed(distance), verdict)
        {
            Deviation = distance * 2 * Math.Sqrt(n),
            Samples = n,
            FalseFailRate = rates.FalseFail,
            FalseAlarmBound = bound,
            Effect = new Effect(EffectKind.Distance, distance, Math.Max(0, least - reach), Math.Min(1, distance + blur + reach)),
            Detectable = n == 0 ? double.PositiveInfinity : reach + blur,
            Remark = _invalid ? "a number is not finite" : null,
        };
    }

    private double Blur()
    {
        var (least, larger) = (1.0, 0L);
        for (var size = Sizes - 1; size >= 0; size--)
        {
            // Errors in this class are smaller than the lower end of the next class.
            least = Math.Min(least, (Peak * BitConverter.Int64BitsToDouble((long)(size + 1) << 50)) + ((double)larger / Math.Max(1, _values.Count)));
            larger += _ofSize[size];
        }

        return least;
    }
}
