using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>
/// Mappings that lie so far from the others in ln χ that a mean over all of them says little of any: the interval of a mean is as wide as they are far.
/// </summary>
/// <param name="Count">How many.</param>
/// <param name="Others">What the median of the others shows at 95 %, by the exact sign test.</param>
internal sealed record OutlyingMappings(int Count, Conclusions Others)
{
    /// <summary>
    /// Deviations from the median, in those of a normal law that the median deviation stands for: beyond are none of a normal law, and few of Student's with
    /// three degrees of freedom.
    /// </summary>
    private const double Far = 8;

    /// <summary>The deviation of a normal law in median deviations.</summary>
    private const double NormalDeviation = 1.4826;

    /// <summary>The largest share of mappings that are outlying, and no kind of their own.</summary>
    private const double MostShare = 1.0 / 8;

    /// <summary>Finds them.</summary>
    /// <param name="table">The moments.</param>
    /// <param name="contrasts">What was compared.</param>
    /// <returns>The mappings that are outlying in what ln χ gains, over the last doubling or in all; null if there are none, or so many that they are a kind of
    /// their own.</returns>
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
