using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>
/// Mappings so far from the others that a mean over all mappings says little about any of them: the interval of the mean is as wide as they are far.
/// </summary>
/// <param name="Rows">The rows of these mappings in the table, in increasing order.</param>
/// <param name="Others">The table without them.</param>
internal sealed record OutlyingMappings(IReadOnlyList<int> Rows, MomentTable Others)
{
    /// <summary>Number of these mappings.</summary>
    public int Count => Rows.Count;

    /// <summary>
    /// The distance from the median beyond which a mapping is outlying, in standard deviations estimated from the median deviation. A normal law has no mapping
    /// beyond it, and Student's law with three degrees of freedom has few.
    /// </summary>
    private const double Far = 8;

    /// <summary>The standard deviation of a normal law divided by its median deviation.</summary>
    private const double NormalDeviation = 1.4826;

    /// <summary>The largest share of mappings that counts as outlying; a larger share is a kind of its own.</summary>
    private const double MostShare = 1.0 / 8;

    /// <summary>The contrasts whose outlying mappings blur the law of χ: its gain over the last doubling, and over all.</summary>
    private static readonly Contrast[] OfChi = [Contrast.Grows, Contrast.SnrLostSquare];

    /// <summary>The same with what is lost and what is left of the directions and of the share that varies.</summary>
    private static readonly Contrast[] OfAll =
    [
        .. OfChi,
        Contrast.DirectionsLoseThird,
        Contrast.MoreThanTwoDirections,
        Contrast.ShareLosesThird,
        Contrast.ShareAboveTenth,
    ];

    /// <summary>Finds the mappings that are outlying in ln χ.</summary>
    /// <param name="table">The moments.</param>
    /// <param name="contrasts">The contrasts.</param>
    /// <returns>The mappings; null if there are none, or so many that they are a kind of their own.</returns>
    public static OutlyingMappings? InChi(MomentTable table, DepthContrasts contrasts) => Find(table, contrasts, OfChi);

    /// <summary>Finds the mappings that are outlying in ln χ, in directions, or in the share that varies.</summary>
    /// <param name="table">The moments.</param>
    /// <param name="contrasts">The contrasts.</param>
    /// <returns>The mappings; null if there are none, or so many that they are a kind of their own.</returns>
    public static OutlyingMappings? InAnything(MomentTable table, DepthContrasts contrasts) => Find(table, contrasts, OfAll);

    /// <summary>The conclusions on the median of the others at 95 %, by the exact sign test.</summary>
    public Conclusions OnMedian() => Conclusions.Conclude(SignTests.Judge(DepthContrasts.Measure(Others)!.Deciding, Diagnosis.PictureFalseRate));

    private static OutlyingMappings? Find(MomentTable table, DepthContrasts contrasts, Contrast[] asked)
    {
        var outlying = new HashSet<int>();
        foreach (var column in asked.Where(contrasts.Values.ContainsKey).Select(name => contrasts.Values[name]))
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
        return new OutlyingMappings(
            [.. outlying.Order()],
            table with
            {
                Simulations = table.Simulations - outlying.Count,
                Reff = Others(table.Reff),
                LogChi = Others(table.LogChi),
                LogNu2 = Others(table.LogNu2),
                LogMu2 = Others(table.LogMu2),
            }
        );
    }
}
