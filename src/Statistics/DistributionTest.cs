using System.Globalization;

namespace Wellbehaved.Statistics;

/// <summary>
/// The test of Kolmogorov and Smirnov with the bound of Dvoretzky, Kiefer and Wolfowitz, <c>P(D ≥ d) ≤ 2e^{-2nd²}</c> for every n, evaluated a few times.
/// </summary>
/// <remarks>
/// The constant 2 is Massart's (Ann. Probab. 1990). The bound holds at a number of samples that is fixed in advance. So the test is evaluated at 1/8, 1/4, 1/2,
/// 1, 2 and 4 times the planned number and spends a part of α each time. Samples are passed as values of their own distribution function: uniform and
/// independent if the claim is true.
/// </remarks>
/// <param name="rates">The permitted error rates of the test.</param>
/// <param name="discrepancy">δ: the distance between distribution functions that must be excluded.</param>
/// <param name="plannedSamples">Number of samples after which most of α is spent.</param>
/// <param name="slack">
/// Bound of the error of the distribution function itself, in probability. It is subtracted from the distance before that counts against the claim.
/// </param>
internal sealed class DistributionTest(ErrorRates rates, double discrepancy, long plannedSamples, double slack = 0) : ISequentialTest
{
    /// <summary>Half of α is for the planned evaluation, the rest for a large defect before it and a close decision after it.</summary>
    private static readonly (double Size, double Share)[] Looks =
    [
        (1 / 8.0, 1 / 16.0),
        (1 / 4.0, 1 / 16.0),
        (1 / 2.0, 1 / 16.0),
        (1, 1 / 2.0),
        (2, 3 / 16.0),
        (4, 1 / 8.0),
    ];

    private readonly double _discrepancy =
        discrepancy > 0 ? discrepancy : throw new ArgumentOutOfRangeException(nameof(discrepancy), discrepancy, "expected a positive discrepancy");
    private readonly List<double> _values = [];
    private int _look;
    private bool _notFinite;
    private double _distance;
    private double _reach = double.PositiveInfinity;
    private double _falseAlarmBound = 1;

    /// <summary>Upper bound on the probability that a true claim ever looks as wrong as this one did.</summary>
    public double FalseAlarmBound => _falseAlarmBound;

    /// <inheritdoc/>
    public bool IsDecided => _notFinite || IsRejected || IsInside;

    private bool IsRejected => _falseAlarmBound <= rates.FalseFail;

    private bool IsInside => _distance + slack + _reach <= _discrepancy;

    /// <summary>Number of samples at which the planned evaluation excludes a distance, except with the rate of inconclusive tests.</summary>
    /// <param name="rates">The rates.</param>
    /// <param name="distance">The distance, in probability.</param>
    /// <returns>The number.</returns>
    public static long SamplesFor(ErrorRates rates, double distance)
    {
        // A true claim's own distance exceeds d with a probability of at most 2e^{-2nd²}.
        var (reach, own) = (Math.Sqrt((rates.Threshold + Math.Log(2)) / 2), Math.Sqrt(Math.Log(2 / rates.FalsePass) / 2));
        return (long)Math.Ceiling(Math.Pow((reach + own) / distance, 2));
    }

    /// <summary>Adds a sample, unless the test is decided.</summary>
    /// <param name="observed">The observed value.</param>
    /// <param name="distribution">The probability of at most that value, by theory.</param>
    public void Add(Observed observed, Expected distribution)
    {
        if (IsDecided)
        {
            return;
        }

        if (!double.IsFinite(observed.Value) || distribution.Value is not (>= 0 and <= 1))
        {
            _notFinite = true;
            return;
        }

        _values.Add(distribution.Value);
        if (_look < Looks.Length && _values.Count >= SizeOf(_look))
        {
            Look();
        }
    }

    /// <summary>The verdict and the numbers that it rests on.</summary>
    /// <param name="quantity">What was measured.</param>
    /// <returns>The measurement: the distance at the last evaluation against 0; inconclusive before the first one.</returns>
    public Measurement Conclude(string quantity)
    {
        var n = _values.Count;
        var verdict =
            _notFinite || IsRejected ? Verdict.Rejected
            : IsInside ? Verdict.Holds
            : Verdict.Inconclusive;
        return new Measurement(quantity, new Expected(0), new Observed(_distance), verdict)
        {
            Deviation = _notFinite ? double.NaN : _distance * 2 * Math.Sqrt(n),
            Samples = n,
            FalseFailRate = rates.FalseFail,
            FalseAlarmBound = _notFinite ? 0 : _falseAlarmBound,
            Detectable = _distance + slack + _reach,
            Effect = double.IsFinite(_reach)
                ? new Effect(EffectKind.Distance, _distance, Math.Max(0, _distance - slack - _reach), Math.Min(1, _distance + slack + _reach))
                : null,
            Remark =
                _notFinite ? "a sample is not a finite number"
                : verdict == Verdict.Inconclusive
                    ? string.Create(CultureInfo.InvariantCulture, $"the last evaluation is after {SizeOf(Looks.Length - 1)} samples")
                : null,
        };
    }

    private long SizeOf(int look) => Math.Max(1, (long)Math.Ceiling(Looks[look].Size * plannedSamples));

    private void Look()
    {
        // With few planned samples several evaluations coincide; the last of them uses only its own share.
        var share = Looks[_look++].Share;
        var n = _values.Count;
        double[] sorted = [.. _values.Order()];
        _distance = 0;
        for (var i = 0; i < n; i++)
        {
            _distance = Math.Max(_distance, Math.Max(((i + 1.0) / n) - sorted[i], sorted[i] - ((double)i / n)));
        }

        _reach = Math.Sqrt((rates.Threshold - Math.Log(share)) / (2 * n));
        var beyond = Math.Max(0, _distance - slack);
        _falseAlarmBound = Math.Min(_falseAlarmBound, Math.Min(1, 2 * Math.Exp(-2 * n * beyond * beyond) / share));
    }
}
