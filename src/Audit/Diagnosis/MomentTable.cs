using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What a deep experiment showed, by simulation and computed depth; from a run or from a result file, ours or the author's.</summary>
/// <param name="Depths">Computed depths.</param>
/// <param name="Simulations">Number of simulations that reached the full depth.</param>
/// <param name="Reff">Effective rank of the signal after the ReLU (simulations × depths); null if it was not computed.</param>
/// <param name="LogChi">ln χ at the end of each layer or residual unit (simulations × depths); null if the file holds none.</param>
/// <param name="LogNu2">ln ν₂ of the signal there; null if the file holds none.</param>
/// <param name="LogNu2AtDepth0">ln ν₂ after the first convolution, by simulation; null if unknown.</param>
/// <param name="Died">Simulations left out because their signal or noise became zero, or their signal no longer varied.</param>
public sealed record MomentTable(
    IReadOnlyList<int> Depths,
    int Simulations,
    IReadOnlyList<double[]>? Reff,
    IReadOnlyList<double[]>? LogChi,
    IReadOnlyList<double[]>? LogNu2,
    IReadOnlyList<double>? LogNu2AtDepth0,
    int Died
)
{
    /// <summary>What depth counts where nobody says otherwise.</summary>
    internal const string Layer = "layer";

    /// <summary>What depth counts in networks that repeat more than a layer.</summary>
    internal const string Unit = "unit";

    /// <summary>What depth counts, in one word: <see cref="Layer"/> or <see cref="Unit"/>.</summary>
    internal string DepthUnit { get; init; } = Layer;

    /// <summary>The known endings of the mappings that are left out.</summary>
    internal IReadOnlyList<MappingEnd> KnownEnds { get; init; } = [];

    /// <summary>
    /// The endings of all mappings that are left out. If nothing is known of one counted as died, its signal is taken to have died, at no known depth.
    /// </summary>
    internal IReadOnlyList<MappingEnd> Ends =>
        [.. KnownEnds, .. Enumerable.Repeat(new MappingEnd(Ending.DeadSignal, -1), Math.Max(0, Died - KnownEnds.Count(end => IsDeath(end.Ending))))];

    /// <summary>The number of mappings that ended by an overflow of χ but not of the signal.</summary>
    internal int ChiOverflows { get; init; }

    /// <summary>The number of all mappings: those that live, those that ended, and those with numbers that are not finite or not possible.</summary>
    internal int Mappings => Simulations + Died + Unusable;

    /// <summary>Faults of mappings that no ending explains; while there is any, nothing is concluded.</summary>
    internal IReadOnlyList<MomentFinding> Doubts { get; init; } = [];

    /// <summary>ln μ₂ of the signal at the end of each unit (simulations × depths); null if it is not recorded.</summary>
    internal IReadOnlyList<double[]>? LogMu2 { get; init; }

    /// <summary>ln(μ₂/ν₂), the share of the signal that varies.</summary>
    /// <returns>Simulations × depths, computed at each call; null unless it is known for every mapping at every depth.</returns>
    internal IReadOnlyList<double[]>? ShareByDepth() =>
        LogMu2 is { } mu2 && LogNu2 is { } nu2 && mu2.Concat(nu2).All(row => row.All(value => double.IsFinite(value) && !MomentSet.IsLogOfZero(value)))
            ? [.. mu2.Zip(nu2, (variance, square) => variance.Zip(square, (above, below) => above - below).ToArray())]
            : null;

    /// <summary>Number of images in a batch; null if unknown.</summary>
    internal int? Images { get; init; }

    /// <summary>H of a net with residual units; null if it has none, or if it is unknown.</summary>
    internal int? ResidualDepth { get; init; }

    /// <summary>Mean μ₂ of the signal at the end of each unit, over all mappings that have one; null if unknown.</summary>
    internal IReadOnlyList<double>? MeanMu2 { get; init; }

    /// <summary>Simulations left out because one of their numbers is not finite, or is impossible in any mapping.</summary>
    internal int Unusable { get; init; }

    /// <summary>
    /// Those of them, by their rows before they were left out, all of whose findings may be gaps: numbers that were not computed, that are not finite, or that
    /// follow a stated end.
    /// </summary>
    internal IReadOnlyList<int> Gaps { get; init; } = [];

    /// <summary>The faults of these simulations.</summary>
    internal IReadOnlyList<MomentFinding> Findings { get; init; } = [];

    /// <summary>Reads a result.</summary>
    /// <param name="result">The result.</param>
    /// <returns>The table.</returns>
    public static MomentTable Read(ExperimentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var varies = result.Varies;
        var ends = result.Ends;
        var alive = Enumerable.Range(0, result.Simulations.Count).Where(i => result.Simulations[i].DiedAtDepth is null && !IsDeath(ends[i].Ending)).ToArray();
        return new MomentTable(
            result.Depths,
            alive.Length,
            varies && result.Options.ReffSignal ? Rows(result.SelectAtRanks, (moments, _) => moments.ReffSignal) : null,
            varies ? Rows(result.SelectAtEnds, (moments, input) => moments.LogChi(input)) : null,
            Rows(result.SelectAtEnds, (moments, _) => moments.LogNu2Signal),
            result.Settings is null ? null : [.. alive.Select(i => result.Simulations[i].AtDepth0.LogNu2Signal)],
            result.Simulations.Count - alive.Length
        )
        {
            KnownEnds =
            [
                .. Enumerable
                    .Range(0, ends.Count)
                    .Except(alive)
                    .Select(i => IsDeath(ends[i].Ending) ? ends[i] : new MappingEnd(Ending.DeadSignal, result.Simulations[i].DiedAtDepth ?? -1)),
            ],
            LogMu2 = varies ? Rows(result.SelectAtEnds, (moments, _) => moments.LogMu2Signal) : null,
            Images = result.Options.BatchSize,
            ResidualDepth = result.ResidualDepth,
            DepthUnit = result.DepthsCountUnits ? Unit : Layer,
            MeanMu2 = varies ? Means(Rows(result.SelectAtEnds, (moments, _) => moments.LogMu2Signal)) : null,
        };

        double[][] Rows(Func<Func<MomentSet, double, double>, double[][]> select, Func<MomentSet, double, double> selector)
        {
            var all = select(selector);
            return [.. alive.Select(i => all[i])];
        }
    }

    /// <summary>Whether a file says for every mapping that nothing varies at any depth, and does not say that its batch has several inputs.</summary>
    internal bool HasOnePoint { get; init; }

    /// <summary>Reads a result file; the architecture need not be known.</summary>
    /// <param name="file">The file: χ is read at its last place, the effective rank where it was computed.</param>
    /// <returns>The table; simulations with a number that is impossible in any mapping are left out and make a diagnosis undecided.</returns>
    public static MomentTable Read(ResultFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var (logChi, logNu2, logMu2) = (file.FindLogAtEnds("chi"), file.FindLogAtEnds("nu2_signal"), file.FindLogAtEnds("mu2_signal"));
        var table = new MomentTable(file.SequenceDepths, file.Simulations, file.FindRanks("reff_signal"), logChi, logNu2, null, 0)
        {
            ResidualDepth = file.BranchLayers,
            DepthUnit = file.DepthsCountUnits ? Unit : Layer,
            MeanMu2 = logMu2 is null ? null : Means(logMu2),
            Images = file.BatchSize,

            // Over a single point nothing varies.
            LogMu2 = logMu2?.All(row => double.IsNegativeInfinity(row[0])) == true ? null : logMu2,
            HasOnePoint = (file.BatchSize ?? 1) == 1 && logMu2?.All(row => row.All(double.IsNegativeInfinity)) == true,
        };
        return MappingSort.Sorted(table, MomentRange.OfFile(), file.RecordedEnds, MomentContradictions.Find(file));
    }

    /// <summary>Index of a computed depth.</summary>
    /// <param name="depth">The depth.</param>
    /// <returns>Its index, or null if nothing was computed there.</returns>
    internal int? IndexOf(int depth)
    {
        for (var i = 0; i < Depths.Count; i++)
        {
            if (Depths[i] == depth)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>Whether a mapping with this ending is left out as died, and not because its numbers are not finite.</summary>
    internal static bool IsDeath(Ending ending) => ending is Ending.DeadSignal or Ending.ExtinctNoise or Ending.NoVariance;

    /// <summary>Means, by depth, of numbers whose logarithms are recorded, over the rows that are finite there; NaN where there are none.</summary>
    private static double[] Means(IReadOnlyList<double[]> logarithms) =>
        [
            .. Enumerable
                .Range(0, logarithms.Count == 0 ? 0 : logarithms[0].Length)
                .Select(depth => logarithms.Select(row => Math.Exp(row[depth])).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average()),
        ];
}
