namespace Wellbehaved.Statistics;

/// <summary>The exact test of the variance of independent Gaussian numbers of mean 0, which are known up to an error of bounded norm.</summary>
/// <remarks>
/// <c>Σx²/σ²</c> has the law χ²_n, whose tails are computed, not approximated. If the numbers seen are <c>x + e</c> with <c>‖e‖ ≤ ε‖x + e‖</c>, then
/// <c>‖x‖</c> lies within <c>(1 ± ε)‖x + e‖</c>, and the test uses the value that favours the claim. The probability is twice that of the smaller tail.
/// </remarks>
/// <param name="rates">The permitted error rates of the test.</param>
internal sealed class VarianceTest(ErrorRates rates)
{
    private double _squares;
    private double _squaredError;
    private bool _invalid;

    /// <summary>Number of samples so far.</summary>
    public long Samples { get; private set; }

    /// <summary>
    /// Number of samples after which, except with probability β, the interval of a true claim lies inside 1 ± δ; and, except with probability β, a ratio of 1 ±
    /// δ is rejected.
    /// </summary>
    /// <param name="rates">The rates.</param>
    /// <param name="discrepancy">δ, relative to the variance.</param>
    /// <returns>The number: <c>2((z_α + z_β)/δ)²</c>, with the bound <c>√(2 ln(2/α))</c> for z_α.</returns>
    public static double SamplesFor(ErrorRates rates, double discrepancy) =>
        2 * Math.Pow((KnownVarianceTest.CriticalValue(rates) + rates.PowerMargin) / discrepancy, 2);

    /// <summary>Adds samples that are divided by their standard deviation.</summary>
    /// <param name="samples">Number of samples.</param>
    /// <param name="squares">Sum of their squares.</param>
    /// <param name="squaredError">Bound of the sum of the squares of their errors.</param>
    public void Add(long samples, double squares, double squaredError)
    {
        _invalid |= !double.IsFinite(squares);
        Samples += samples;
        _squares += squares;
        _squaredError += squaredError;
    }

    /// <summary>The verdict and the numbers that it rests on.</summary>
    /// <param name="quantity">What was measured.</param>
    /// <param name="discrepancy">δ: the relative discrepancy of the variance that must be seen.</param>
    /// <returns>Rejected if the false alarm bound is at most α or a number was not finite; holds if the interval of the ratio lies inside 1 ± δ; inconclusive
    /// otherwise.</returns>
    public Measurement Conclude(string quantity, double discrepancy)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(discrepancy);
        var ratio = _squares / Samples;
        var error = _squares == 0 ? 0 : Math.Sqrt(_squaredError / _squares);
        var isUsable = Samples > 0 && !_invalid && error < 1;
        var (smallest, largest) = (_squares * Math.Pow(1 - error, 2), _squares * Math.Pow(1 + error, 2));
        var bound = isUsable ? Math.Min(1, 2 * Math.Min(ChiSquareTail.Below(largest, Samples), ChiSquareTail.Above(smallest, Samples))) : 1;
        var (lower, upper) = isUsable
            ? (smallest / ChiSquareTail.Upper(rates.FalseFail / 2, Samples), largest / ChiSquareTail.Lower(rates.FalseFail / 2, Samples))
            : (0, double.PositiveInfinity);
        var verdict =
            _invalid ? Verdict.Rejected
            : bound <= rates.FalseFail ? Verdict.Rejected
            : isUsable && lower >= 1 - discrepancy && upper <= 1 + discrepancy ? Verdict.Holds
            : Verdict.Inconclusive;
        return new Measurement(quantity, new Expected(1), new Observed(ratio), verdict)
        {
            Deviation = (ratio - 1) / Math.Sqrt(2.0 / Samples),
            Samples = Samples,
            FalseFailRate = rates.FalseFail,
            FalseAlarmBound = bound,
            Effect = new Effect(EffectKind.Ratio, ratio, lower, upper),
            Detectable = Math.Max(upper - ratio, ratio - lower) / ratio,
            Remark = _invalid ? "a number is not finite" : null,
        };
    }
}
