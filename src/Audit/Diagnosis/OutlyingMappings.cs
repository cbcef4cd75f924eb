using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>
/// Mappings so far from the others in ln χ that a mean over all mappings says little about any of them: the interval of the mean is as wide as they are far.
/// </summary>
/// <param name="Count">Number of these mappings.</param>
/// <param name="Others">The conclusions on the median of the others at 95 %, by the exact sign test.</param>
internal sealed record OutlyingMappings(int Count, Conclusions Others)
{
    /// <summary>
    /// The distance from the median beyond which a mapping is outlying, in standard deviations estimated from the median deviation. A normal law has no mapping
    /// beyond it, and Student's law with three degrees of freedom has few.
    /// </summary>
    private const double Far = 8;

    /// <summary>The standard deviation of a normal law divided by its median deviation.</summary>
    private const double NormalDeviation = 1.4826;

    /// <summary>The largest share of mappings that counts as outlying; a larger share is a kind of its own.</summary>
    private const double MostShare = 1.0 / 8;

    /// <summary>Finds the outlying mappings.</summary>
    /// <param name="table">The moments.</param>
    /// <param name="contrasts">The contrasts.</param>
    /// <returns>
    /// The mappings that are outlying in the gain of ln χ, over the last doubling or over all; null if there are none, or so many that they are a kind of their
    /// own.
    /// </returns>
    public static OutlyingMappings? Find(MomentTable table, DepthContrasts contrasts)
    {
        double[][] columns = [.. new[] { Contrast.Grows, Contrast.SnrLostSquare }.Where(contrasts.Values.ContainsKey).Select(name => contrasts.Values[name])];
        var outlying = new HashSet<int>();
        foreach (var column in columns)
        {
            var median = column.Median();
            var deviation = NormalDeviation * column.Select(value => Math.Abs(value - median)).Median();
            outlying.UnionWith(column.Index().Where(value => deviation > 0 && Math.Abs(value.Item - median) > Far * deviation).Select(value => value.Index));
        }

        if (outlying.Count == 0 || outlying.Count > MostShare * table.Simulations)
        {
            return null;
        }

        IReadOnlyList<double[]>? Others(IReadOnlyList<double[]>? rows) => rows is null ? null : [.. rows.Where((_, mapping) => !outlying.Contains(mapping))];
        var others = table with
        {
            Simulations = table.Simulations - outlying.Count,
            Reff = Others(table.Reff),
            LogChi = Others(table.LogChi),
            LogNu2 = Others(table.LogNu2),
            LogMu2 = Others(table.LogMu2),
        };
        return new OutlyingMappings(
            outlying.Count,
            Conclusions.Conclude(SignTests.Judge(DepthContrasts.Measure(others)!.Deciding, Diagnosis.PictureFalseRate))
        );
    }
}
