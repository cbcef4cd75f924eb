using System.Globalization;
using MathNet.Numerics.Statistics;
using Wellbehaved.Audit;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>The effect of a stage on signal and noise.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Place">Its last place on the trunk.</param>
/// <param name="Directions">Median effective rank of the signal there; NaN where it was not computed.</param>
/// <param name="LogSnr">Median of ln(SNR^l/SNR^0) = -2 ln χ there; NaN where no mapping has a value.</param>
/// <param name="Gain">Gain of ln χ over the stage, mean over mappings; null where it is not known.</param>
internal sealed record OnnxStageRow(OnnxStage Stage, OnnxPlace Place, double Directions, double LogSnr, Estimate? Gain)
{
    /// <summary>Number of the stage's layers with weights.</summary>
    public int Layers => Place.Depth - Stage.From;
}

/// <summary>A survey of a network in an ONNX file, stage by stage.</summary>
internal sealed class OnnxSurvey
{
    private const double FalseRate = 0.05;

    /// <summary>A loss by less than this factor is not worth a remark.</summary>
    private const double Remarkable = 2;

    /// <summary>An interval of χ wider than this factor says nothing.</summary>
    private const double Wide = 10;

    /// <summary>With this few points or fewer, the directions that are counted are far fewer than those of the ensemble.</summary>
    private const int FewPoints = 16;

    /// <summary>Makes the survey of a result.</summary>
    public OnnxSurvey(OnnxResult result)
    {
        var (places, mappings) = (result.Network.Places, result.Record.Mappings);
        var stages = OnnxStages.Divide(places);
        double[][] log = [.. stages.Select(stage => mappings.Select(mapping => LogChi(mapping, stage.End, places[stage.End].Points)).ToArray())];
        double[]?[] gains = [.. stages.Select((_, i) => Gains(i == 0 ? null : log[i - 1], log[i]))];
        var known = gains.OfType<double[]>().ToArray();
        var bands =
            known.Length > 0 && known[0].Length > 1 && known.All(column => column.Length == known[0].Length)
                ? SimultaneousBands.Compute(known, FalseRate)
                : null;
        var next = 0;
        Rows =
        [
            .. stages.Select(
                (stage, i) =>
                    new OnnxStageRow(
                        stage,
                        places[stage.End],
                        Median(
                            mappings.Select(mapping => mapping.Moments[stage.End]?.ReffSignal ?? double.NaN).Select(value => value < 1 ? double.NaN : value)
                        ),
                        -2 * Median(log[i]),
                        gains[i] is not { } column ? null
                            : bands?.Interval(next++) is var (mean, lower, upper) ? new Estimate(mean, lower, upper)
                            : new Estimate(column.Mean(), double.NaN, double.NaN)
                    )
            ),
        ];
    }

    /// <summary>The stages.</summary>
    public IReadOnlyList<OnnxStageRow> Rows { get; }

    /// <summary>One or two sentences on where the network goes wrong.</summary>
    public IEnumerable<string> Remarks() => RemarksOn(Rows);

    /// <summary>Sentences on where a network of these stages goes wrong.</summary>
    /// <param name="rows">The stages in order.</param>
    internal static IEnumerable<string> RemarksOn(IReadOnlyList<OnnxStageRow> rows)
    {
        var lossy = rows.Where(row => row.Gain is { } gain && 2 * gain.Value > Math.Log(Remarkable)).OrderByDescending(row => row.Gain!.Value.Value).ToArray();
        if (lossy.Length > 0)
        {
            var most = lossy[0];
            var gain = most.Gain!.Value;
            var interval = IsTelling(gain) ? $" ({Factor(2 * gain.Lower)} to {Factor(2 * gain.Upper)}, 95 %)" : "";
            var others = lossy.Skip(1).Take(3).Select(row => $"{Factor(2 * row.Gain!.Value.Value)}-fold in {row.Stage.Name}").ToArray();
            yield return $"SNR falls {Factor(2 * gain.Value)}-fold in "
                + $"{most.Stage.Name}{interval}{(others.Length > 0 ? $"; {string.Join(", ", others)}" : "")}.";
        }
        else if (rows.Any(row => row.Gain is not null))
        {
            yield return "No stage halves the SNR.";
        }

        // Fewer points allow fewer directions: such a loss is not caused by the layers.
        var falling = rows.Zip(rows.Skip(1))
            .Where(pair =>
            {
                var fewer = (double)pair.First.Place.Points / pair.Second.Place.Points;
                var expected = Expected(pair.First, pair.Second);
                return expected > 1
                    && pair.Second.Directions - 1 < (pair.First.Directions - 1) / Math.Max(Remarkable, fewer)
                    && pair.Second.Directions - 1 < (expected - 1) / Remarkable;
            })
            .ToArray();
        if (falling.Length > 0)
        {
            var (before, after) = falling.MaxBy(pair => (pair.First.Directions - 1) / (pair.Second.Directions - 1));
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Directions of variance fall from {before.Directions:G3} to {after.Directions:G3} in {after.Stage.Name}."
            );
        }

        // Among stages with the same number of points, only the first is mentioned.
        string[] few =
        [
            .. rows.Where(row => row.Place.Points is > 1 and <= FewPoints && row.Place.Points <= row.Place.Channels && double.IsFinite(row.Directions))
                .DistinctBy(row => row.Place.Points)
                .Select(row => $"{row.Place.Points - 1} over the {row.Place.Points} points after {row.Stage.Name}"),
        ];
        if (few.Length > 0)
        {
            yield return $"The number of directions is at most the number of points minus one, "
                + $"{string.Join(", ", few)}; a larger --batch-size shows more of them.";
        }
    }

    /// <summary>Whether an interval is narrow enough to say anything; with few mappings it is not.</summary>
    public static bool IsTelling(Estimate gain) => gain.Upper - gain.Lower < Math.Log(Wide);

    /// <summary>A factor given by its logarithm, with two digits.</summary>
    public static string Factor(double logarithm) =>
        Math.Exp(logarithm) is >= 0.01 and < 1000 and var factor
            ? factor.ToString(factor < 9.95 ? "G2" : "F0", CultureInfo.InvariantCulture)
            : RateWords.Scientific(logarithm);

    /// <summary>
    /// The directions that a signal has over the points of the next stage if only the number of points changes: the inverse of the directions grows by as much
    /// as the inverse of their greatest possible number.
    /// </summary>
    private static double Expected(OnnxStageRow before, OnnxStageRow after)
    {
        var fewer = (1.0 / Most(after.Place)) - (1.0 / Most(before.Place));
        return 1 / ((1 / before.Directions) + Math.Max(0, fewer));
    }

    /// <summary>The greatest number of directions: fewer than there are points, and at most the number of channels.</summary>
    private static int Most(OnnxPlace place) => Math.Max(1, Math.Min(place.Points - 1, place.Channels));

    private static double LogChi(OnnxMapping mapping, int place, int points) =>
        mapping.Moments[place] is { Mu2Signal: > 0, Mu2Noise: > 0 } moments && points > 1 ? moments.LogChi(mapping.Mu2InputSignal) : double.NaN;

    private static double[]? Gains(double[]? before, double[] after)
    {
        double[] gains = [.. after.Select((value, i) => value - (before?[i] ?? 0))];
        return gains.All(double.IsFinite) ? gains : null;
    }

    private static double Median(IEnumerable<double> values) =>
        values.Where(double.IsFinite).ToArray() is { Length: > 0 } finite ? finite.Median() : double.NaN;
}
