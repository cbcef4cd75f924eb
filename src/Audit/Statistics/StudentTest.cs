namespace Wellbehaved.Audit;

/// <summary>Student's test of a mean over independent simulations, whose tail is corrected for skewness.</summary>
/// <remarks>
/// A t statistic of skewed samples does not have Student's tail at 1e-6: for skewness γ and n samples the tail at t is off by
/// <c>exp(∓γt³/(3√n))</c> (Cramér's correction for self-normalised sums). The bound takes the unfavourable sign with the sample skewness plus three of its own
/// standard errors. Beyond the t where that correction outgrows the tail, its bound stays as it
/// is there; if that is above α no t rejects, and the test says so by detecting nothing.
/// Each sample should itself be a sum over layers, so that its skewness is small. Source: Q.-M. Shao, <i>A Cramér type large deviation result for Student's
/// t-statistic</i>, J. Theor. Probab. 1999.
/// </remarks>
/// <param name="rates">How often the test may be wrong.</param>
public sealed class StudentTest(ErrorRates rates) : TestOfMean(rates)
{
    private readonly List<double> _residuals = [];

    /// <inheritdoc/>
    public override double StandardErrors => Samples < 2 ? double.NaN : Mean / StandardError;

    /// <inheritdoc/>
    public override double FalseAlarmBound => Samples < 2 ? 1 : Corrected.Of(Math.Abs(StandardErrors));

    /// <inheritdoc/>
    public override double Detectable => Samples < 2 ? double.PositiveInfinity : (Corrected.Critical(Rates.FalseFail) + Rates.PowerMargin) * StandardError;

    private double Mean => _residuals.Average();

    private double StandardError => MathNet.Numerics.Statistics.Statistics.StandardDeviation(_residuals) / Math.Sqrt(Samples);

    private double Skewness
    {
        get
        {
            var mean = Mean;
            var second = _residuals.Average(value => Math.Pow(value - mean, 2));
            return second == 0 ? 0 : _residuals.Average(value => Math.Pow(value - mean, 3)) / Math.Pow(second, 1.5);
        }
    }

    private CorrectedTail Corrected => new(Samples, Skewness);

    /// <summary>Takes a sample: one number for each independent simulation.</summary>
    /// <param name="observed">What came.</param>
    /// <param name="expected">Its expectation.</param>
    /// <param name="scale">What a discrepancy is relative to; positive, the same for all samples.</param>
    public void Add(Observed observed, Expected expected, double scale = 1)
    {
        if (Count(observed, expected))
        {
            _residuals.Add((observed.Value - expected.Value) / scale);
        }
    }
}
