using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>A recorded quantity at one depth, summarised over the simulations.</summary>
/// <param name="Count">Number of simulations that have one.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Deviation">Sample standard deviation.</param>
/// <param name="Skewness">Sample skewness; 0 if nothing varies.</param>
/// <param name="Least">Least value.</param>
/// <param name="Greatest">Greatest value.</param>
/// <param name="Lower">16th percentile.</param>
/// <param name="Upper">84th percentile.</param>
internal readonly record struct RecordedSummary(
    int Count,
    double Mean,
    double Deviation,
    double Skewness,
    double Least,
    double Greatest,
    double Lower,
    double Upper
)
{
    /// <summary>Number of simulations in which it is NaN or infinite although the file shows that it exists: no correct program writes that.</summary>
    public int NotFinite { get; init; }

    /// <summary>Number of simulations in which it is missing without an explanation in the file. Those whose signal died are not counted anywhere.</summary>
    public int Unknown { get; init; }

    /// <summary>Summarises values.</summary>
    /// <param name="values">One value for each simulation.</param>
    /// <returns>The figure; all zeros if there are no values.</returns>
    public static RecordedSummary Summarise(IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
        {
            return default;
        }

        var mean = values.Mean();
        var second = values.Average(value => Math.Pow(value - mean, 2));
        var skewness = second == 0 ? 0 : values.Average(value => Math.Pow(value - mean, 3)) / Math.Pow(second, 1.5);
        return new RecordedSummary(
            values.Count,
            mean,
            values.Count < 2 ? 0 : values.StandardDeviation(),
            skewness,
            values.Min(),
            values.Max(),
            values.Quantile(0.16),
            values.Quantile(0.84)
        );
    }
}
