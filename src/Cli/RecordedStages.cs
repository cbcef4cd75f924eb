using System.Globalization;
using MathNet.Numerics.Statistics;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Network = Wellbehaved.Networks.Network;

namespace Wellbehaved.Cli;

/// <summary>
/// The stages of the network of a result file. For a network with several repeats, a stage leads to the end of each repeat; for others, there are four stages
/// of equal depth.
/// </summary>
internal static class RecordedStages
{
    private const double FalseRate = 0.05;

    /// <summary>Number of stages for a network that has no stages of its own.</summary>
    private const int Stretches = 4;

    /// <summary>The greatest number of stages; more would not be a survey.</summary>
    private const int Most = 12;

    /// <summary>Whether the stages are the network's own, and not parts of equal depth.</summary>
    /// <param name="file">The file.</param>
    public static bool AreItsOwn(ResultFile file) => file.Options?.Network is { } network && network.Layers.Count(layer => layer is Repeat) is > 1 and <= Most;

    /// <summary>The word for what the depths of a file count: layers or units.</summary>
    /// <param name="file">The file.</param>
    public static string UnitOf(ResultFile file) => file.DepthsCountUnits ? MomentTable.Unit : MomentTable.Layer;

    /// <summary>Describes the effect of each stage.</summary>
    /// <param name="file">The file.</param>
    /// <param name="leftOut">The mappings that its diagnosis leaves out, numbered among those that did not end; null if none.</param>
    /// <returns>The stages in order; empty where χ is not recorded.</returns>
    public static IReadOnlyList<StageOutcome> Describe(ResultFile file, IReadOnlyList<int>? leftOut = null)
    {
        var depths = file.SequenceDepths;
        if (file.FindLogAtEnds("chi") is not { } logChi || depths.Count < Stretches)
        {
            return [];
        }

        var ranks = file.FindRanks(MomentColumns.ReffSignal);
        var (ends, before) = (AreItsOwn(file) ? EndsOf(file.Options!.Network!, depths) : Quarters(depths), -1);
        var stages = new List<StageOutcome>();
        int[] alive = [.. Enumerable.Range(0, file.Simulations).Where(i => !file.Ends[i].HasEnded).Where((_, row) => leftOut?.Contains(row) != true)];
        double[]?[] gains = [.. ends.Select((end, i) => Gains(logChi, alive, i == 0 ? -1 : ends[i - 1], end))];
        var known = gains.OfType<double[]>().ToArray();
        var bands = alive.Length > 1 && known.Length > 0 ? SimultaneousBands.Compute(known, FalseRate) : null;
        var next = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            var (end, from, to) = (ends[i], before < 0 ? 0 : depths[before], depths[ends[i]]);
            stages.Add(
                new(
                    NameOf(file, i, from, to),
                    from,
                    to,
                    Median(alive.Select(mapping => ranks?[mapping][end] is >= 1 and var rank ? rank : double.NaN)),
                    -2 * Median(alive.Select(mapping => logChi[mapping][end])),
                    gains[i] is not { } column ? null
                        : bands?.Interval(next++) is var (mean, lower, upper) ? new Estimate(mean, lower, upper)
                        : new Estimate(column.Mean(), double.NaN, double.NaN)
                )
            );
            before = ends[i];
        }

        return stages;
    }

    private static string NameOf(ResultFile file, int number, int from, int to)
    {
        var unit = UnitOf(file);
        var extent =
            from + 1 < to
                ? string.Create(CultureInfo.InvariantCulture, $"{unit}s {from + 1} to {to}")
                : string.Create(CultureInfo.InvariantCulture, $"{unit} {to}");
        return AreItsOwn(file) ? string.Create(CultureInfo.InvariantCulture, $"stage {number + 1} ({extent})") : extent;
    }

    /// <summary>Where each repeat ends, as indices of the sequence of places; the layers after the last repeat belong to it.</summary>
    private static int[] EndsOf(Network network, IReadOnlyList<int> depths)
    {
        var ends = new List<int>();
        for (var i = 0; i < network.Layers.Count; i++)
        {
            if (network.Layers[i] is Repeat)
            {
                var depth = new Network(network.Name, network.Input, [.. network.Layers.Take(i + 1)]).Depth;
                ends.Add(depths.Index().Last(pair => pair.Item <= Math.Max(depth, depths[0])).Index);
            }
        }

        ends[^1] = depths.Count - 1;
        return [.. ends.Distinct()];
    }

    private static int[] Quarters(IReadOnlyList<int> depths) =>
        [
            .. Enumerable
                .Range(1, Stretches)
                .Select(quarter => depths.Index().MinBy(pair => Math.Abs(pair.Item - (depths[^1] * quarter / (double)Stretches))).Index)
                .Distinct(),
        ];

    private static double[]? Gains(IReadOnlyList<double[]> logChi, int[] mappings, int from, int to)
    {
        return mappings.Length > 0 && mappings.All(mapping => IsKnown(mapping, from) && IsKnown(mapping, to))
            ? [.. mappings.Select(mapping => logChi[mapping][to] - (from < 0 ? 0 : logChi[mapping][from]))]
            : null;

        // The logarithm of 0 stands for noise, or a signal, that has died. In deep networks other logarithms are as far from 0, and beyond it.
        bool IsKnown(int mapping, int depth) => depth < 0 || (double.IsFinite(logChi[mapping][depth]) && !MomentSet.IsLogOfZero(logChi[mapping][depth]));
    }

    private static double Median(IEnumerable<double> values) =>
        values.Where(double.IsFinite).ToArray() is { Length: > 0 } finite ? finite.Median() : double.NaN;
}
