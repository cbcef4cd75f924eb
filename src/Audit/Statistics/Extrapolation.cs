using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>A ladder of sizes N, 2N, 4N: discrepancies that shrink like 1/N vanish when the three means are extrapolated to infinite size.</summary>
/// <remarks>
/// The combination <c>(8d(4N) - 6d(2N) + d(N))/3</c> cancels the orders 1/N and 1/N². Law R3. Samples are independent between rungs, so its
/// standard error adds up; its degrees of freedom are Welch's; each rung's skewness enters the tail as in <see cref="StudentTest"/>.
/// What stays of order 1/N³ must lie below the discrepancy to detect, and far below the critical value: each check says why.
/// </remarks>
/// <param name="rates">How often the test may be wrong.</param>
public sealed class Extrapolation(ErrorRates rates)
{
    private static readonly double[] Weights = [1.0 / 3, -2, 8.0 / 3];
    private readonly List<double>[] _residuals = [[], [], []];
    private double _expected;
    private bool _invalid;

    /// <summary>Takes a sample.</summary>
    /// <param name="rung">0 for size N, 1 for 2N, 2 for 4N.</param>
    /// <param name="observed">What came.</param>
    /// <param name="limit">What theory says of infinite size.</param>
    public void Add(int rung, Observed observed, Expected limit)
    {
        if (!double.IsFinite(observed.Value) || !double.IsFinite(limit.Value))
        {
            _invalid = true;
            return;
        }

        _expected = limit.Value;
        _residuals[rung].Add(observed.Value - limit.Value);
    }

    /// <summary>The verdict and what it rests on.</summary>
    /// <param name="quantity">What was measured.</param>
    /// <param name="discrepancy">δ: absolute discrepancy of the extrapolated mean that must be detected.</param>
    /// <returns>The measurement.</returns>
    public Measurement Conclude(string quantity, double discrepancy)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(discrepancy);
        var samples = _residuals.Sum(rung => (long)rung.Count);
        if (_invalid || _residuals.Any(rung => rung.Count < 3))
        {
            return new Measurement(quantity, new Expected(double.NaN), new Observed(double.NaN), _invalid ? Verdict.Rejected : Verdict.Inconclusive)
            {
                Samples = samples,
                FalseFailRate = rates.FalseFail,
                Deviation = double.NaN,
                Detectable = double.PositiveInfinity,
                Remark = _invalid ? "a sample is not a finite number" : "too few samples",
            };
        }

        var estimate = _residuals.Select((rung, i) => Weights[i] * rung.Mean()).Sum();
        var variances = _residuals.Select((rung, i) => Weights[i] * Weights[i] * rung.Variance() / rung.Count).ToArray();
        var error = Math.Sqrt(variances.Sum());
        var freedom = Math.Pow(variances.Sum(), 2) / variances.Select((variance, i) => variance * variance / (_residuals[i].Count - 1)).Sum();

        // Third cumulant of the weighted sum of means, relative to its standard error: the skewness of the estimate.
        var skewness = _residuals.Select((rung, i) => Math.Abs(Math.Pow(Weights[i], 3) * Math.Pow(rung.StandardDeviation(), 3) / Math.Pow(rung.Count, 2)) * (Math.Abs(rung.Skewness()) + (3 * Math.Sqrt(6.0 / rung.Count)))).Sum() / Math.Pow(error, 3);
        var critical = Enumerable.Range(20, 780).Select(step => 0.05 * step).FirstOrDefault(t => LogTail(t, freedom, skewness) <= Math.Log(rates.FalseFail), double.PositiveInfinity);
        var deviation = estimate / error;
        var detectable = (critical + rates.PowerMargin) * error;
        var verdict = Math.Abs(deviation) >= critical ? Verdict.Rejected : detectable <= discrepancy ? Verdict.Holds : Verdict.Inconclusive;
        return new Measurement(quantity, new Expected(_expected), new Observed(_expected + estimate), verdict)
        {
            Deviation = deviation,
            Samples = samples,
            FalseFailRate = rates.FalseFail,
            Detectable = detectable,
        };
    }

    private static double LogTail(double t, double freedom, double skewness) =>
        Math.Log(2 * StudentT.CDF(0, 1, freedom, -t)) + (skewness * t * t * t / 3);
}
