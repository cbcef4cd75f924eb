namespace Wellbehaved.Audit;

/// <summary>The test of Kolmogorov and Smirnov with the bound of Dvoretzky, Kiefer and Wolfowitz: <c>P(D ≥ d) ≤ 2e^{-2nd²}</c> for every n.</summary>
/// <remarks>The constant 2 is Massart's (Ann. Probab. 1990). Samples come as values of their own distribution function, uniform if the claim is true.</remarks>
/// <param name="rates">How often the test may be wrong.</param>
public sealed class DistributionTest(ErrorRates rates)
{
    private readonly List<double> _values = [];
    private bool _invalid;

    /// <summary>Number of samples that detect a distance between distribution functions.</summary>
    /// <param name="rates">The rates.</param>
    /// <param name="distance">The distance, in probability.</param>
    /// <returns>The number.</returns>
    public static long SamplesFor(ErrorRates rates, double distance) => (long)Math.Ceiling(Math.Pow(Reach(rates, 1) / distance, 2));

    /// <summary>Takes a sample.</summary>
    /// <param name="observed">What came.</param>
    /// <param name="distribution">The probability of at most that, by theory.</param>
    public void Add(Observed observed, Expected distribution)
    {
        if (!double.IsFinite(observed.Value) || distribution.Value is not (>= 0 and <= 1))
        {
            _invalid = true;
            return;
        }

        _values.Add(distribution.Value);
    }

    /// <summary>The verdict and what it rests on.</summary>
    /// <param name="quantity">What was measured.</param>
    /// <param name="discrepancy">δ: the distance between distribution functions that must be detected.</param>
    /// <returns>The measurement: largest distance against 0.</returns>
    public Measurement Conclude(string quantity, double discrepancy)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(discrepancy);
        var (distance, n) = (Distance(), _values.Count);
        var verdict = _invalid ? Verdict.Rejected
            : n == 0 ? Verdict.Inconclusive
            : 2 * Math.Exp(-2 * n * distance * distance) <= rates.FalseFail ? Verdict.Rejected
            : Reach(rates, n) <= discrepancy ? Verdict.Holds
            : Verdict.Inconclusive;
        return new Measurement(quantity, new Expected(0), new Observed(distance), verdict)
        {
            Deviation = distance * 2 * Math.Sqrt(n),
            Samples = n,
            FalseFailRate = rates.FalseFail,
            Detectable = n == 0 ? double.PositiveInfinity : Reach(rates, n),
            Remark = _invalid ? "a sample is not a finite number" : null,
        };
    }

    /// <summary>Critical distance, and the power margin: the empirical distribution at a point has standard deviation ½/√n at most.</summary>
    private static double Reach(ErrorRates rates, double samples) =>
        (Math.Sqrt(rates.Threshold / 2) + (0.5 * rates.PowerMargin)) / Math.Sqrt(samples);

    private double Distance()
    {
        _values.Sort();
        var distance = 0.0;
        for (var i = 0; i < _values.Count; i++)
        {
            distance = Math.Max(distance, Math.Max(((i + 1.0) / _values.Count) - _values[i], _values[i] - ((double)i / _values.Count)));
        }

        return distance;
    }
}
