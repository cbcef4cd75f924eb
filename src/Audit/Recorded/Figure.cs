using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>A recorded quantity at one depth, summed up over the simulations.</summary>
/// <param name="Count">Number of simulations.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Deviation">Sample standard deviation.</param>
/// <param name="Skewness">Sample skewness; 0 where nothing varies.</param>
/// <param name="Least">Least value.</param>
/// <param name="Greatest">Greatest value.</param>
/// <param name="Lower">16th percentile.</param>
/// <param name="Upper">84th percentile.</param>
public readonly record struct Figure(int Count, double Mean, double Deviation, double Skewness, double Least, double Greatest, double Lower, double Upper)
{
    /// <summary>Sums up.</summary>
    /// <param name="values">One value for each simulation.</param>
    /// <returns>The figure.</returns>
    public static Figure Of(IReadOnlyCollection<double> values)
    {
        var mean = values.Mean();
        var second = values.Average(value => Math.Pow(value - mean, 2));
        var skewness = second == 0 ? 0 : values.Average(value => Math.Pow(value - mean, 3)) / Math.Pow(second, 1.5);
        return new Figure(values.Count, mean, values.Count < 2 ? 0 : values.StandardDeviation(), skewness, values.Min(), values.Max(), values.Quantile(0.16), values.Quantile(0.84));
    }
}
