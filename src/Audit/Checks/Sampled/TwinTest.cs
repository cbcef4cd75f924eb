namespace Wellbehaved.Audit;

/// <summary>
/// Compares a function of the subject's network with the same function of its sampled twin. The difference is symmetric about zero if both have one law.
/// </summary>
/// <param name="rates">The permitted error rates of the test.</param>
/// <param name="discrepancy">δ, in the units of the function.</param>
/// <param name="plannedDeviation">Root mean square of a difference, for planning.</param>
/// <param name="share">Share of the planned samples of this context.</param>
internal sealed class TwinTest(ErrorRates rates, double discrepancy, double plannedDeviation, double share) : ISequentialTest
{
    private readonly SymmetryTest _test = new(
        rates,
        discrepancy,
        share * SymmetryTest.SamplesFor(rates, plannedDeviation, discrepancy) * plannedDeviation * plannedDeviation,
        EffectKind.Difference
    );

    /// <summary>Number of pairs that most true claims need.</summary>
    public long Planned { get; } = SymmetryTest.SamplesFor(rates, plannedDeviation, discrepancy);

    /// <inheritdoc/>
    public bool IsDecided => _test.IsDecided;

    /// <summary>Takes a pair.</summary>
    /// <param name="subject">The function of the subject's network.</param>
    /// <param name="twin">The same function of the twin.</param>
    public void Add(double subject, double twin) => _test.Add(new Observed(subject), new Expected(twin), 1);

    /// <summary>The verdict and the numbers that it rests on.</summary>
    /// <param name="quantity">What was measured.</param>
    /// <returns>The measurement: the mean of the subject against the mean of the sampler.</returns>
    public Measurement Conclude(string quantity) => _test.Conclude(quantity);
}
