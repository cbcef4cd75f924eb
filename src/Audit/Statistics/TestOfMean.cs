namespace Wellbehaved.Audit;

/// <summary>A statistical test of a mean that gathers its samples one by one.</summary>
/// <remarks>
/// Every such test bounds the probability of a false alarm by a theorem, not by a Gaussian tail. It says of itself which discrepancy it
/// could have seen: where that is larger than the one to detect, silence proves nothing and the verdict is inconclusive.
/// </remarks>
/// <param name="rates">How often it may be wrong.</param>
public abstract class TestOfMean(ErrorRates rates)
{
    /// <summary>How often the test may be wrong.</summary>
    protected ErrorRates Rates { get; } = rates;

    /// <summary>Number of samples so far.</summary>
    public long Samples { get; private set; }

    /// <summary>Mean of the observed values.</summary>
    public Observed MeanObserved => new(Samples == 0 ? double.NaN : SumObserved / Samples);

    /// <summary>Mean of what was expected.</summary>
    public Expected MeanExpected => new(Samples == 0 ? double.NaN : SumExpected / Samples);

    /// <summary>Sum of observed minus expected in its standard errors; for the reader, the verdict rests on <see cref="FalseAlarmBound"/>.</summary>
    public abstract double StandardErrors { get; }

    /// <summary>Upper bound on the probability that a true claim looks at least as wrong as this.</summary>
    public abstract double FalseAlarmBound { get; }

    /// <summary>The relative discrepancy of the mean that these samples detect at the test's error rates.</summary>
    public abstract double Detectable { get; }

    private double SumObserved { get; set; }

    private double SumExpected { get; set; }

    private bool Invalid { get; set; }

    /// <summary>The verdict and what it rests on.</summary>
    /// <param name="quantity">What was measured, in words or symbols.</param>
    /// <param name="discrepancy">δ &gt; 0: the relative discrepancy that must be detected.</param>
    /// <returns>Rejected if the false alarm bound is at most α or a sample was not finite; holds if δ would have been detected; inconclusive otherwise.</returns>
    public Measurement Conclude(string quantity, double discrepancy)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(discrepancy);
        var verdict = Invalid ? Verdict.Rejected
            : Samples == 0 ? Verdict.Inconclusive
            : FalseAlarmBound <= Rates.FalseFail ? Verdict.Rejected
            : Detectable <= discrepancy ? Verdict.Holds
            : Verdict.Inconclusive;
        return new Measurement(quantity, MeanExpected, MeanObserved, verdict)
        {
            Deviation = Invalid || Samples == 0 ? double.NaN : StandardErrors,
            Samples = Samples,
            FalseFailRate = Rates.FalseFail,
            Detectable = Samples == 0 ? double.PositiveInfinity : Detectable,
            Remark = Invalid ? "a sample is not a finite number" : null,
        };
    }

    /// <summary>Counts a sample.</summary>
    /// <param name="observed">What came.</param>
    /// <param name="expected">What should come in the mean.</param>
    /// <returns>False if either is not finite, which rejects the claim whatever the rest says.</returns>
    protected bool Count(Observed observed, Expected expected)
    {
        if (!double.IsFinite(observed.Value) || !double.IsFinite(expected.Value))
        {
            Invalid = true;
            return false;
        }

        Samples++;
        SumObserved += observed.Value;
        SumExpected += expected.Value;
        return true;
    }
}
