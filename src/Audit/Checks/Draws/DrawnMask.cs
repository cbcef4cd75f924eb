using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// What a subject drew to keep the features of a dropout, as scores of mean 0 and variance 1: <c>(m - p)/√(p(1 - p))</c> for m = 1 or 0.
/// </summary>
/// <param name="Place">The place that shows it.</param>
/// <param name="Keep">Probability p of 1.</param>
/// <param name="Scores">The scores; NaN where nothing shows what was drawn, which depends on what was there before alone.</param>
/// <param name="Lags">Distances between numbers that are neighbours, of the next channel, position or image; each pair counts once.</param>
internal sealed record DrawnMask(int Place, double Keep, double[] Scores, IReadOnlyList<int> Lags)
{
    /// <summary>What is kept more rarely would have to be drawn for hours before its share is known.</summary>
    internal const double LeastKeep = 0.01;

    /// <summary>Number of scores that are known.</summary>
    public int Known { get; } = Scores.Count(score => !double.IsNaN(score));

    /// <summary>The masks of all dropouts of a propagation.</summary>
    /// <param name="trace">The propagation.</param>
    public static IEnumerable<DrawnMask> OfDropouts(NetworkTrace trace) => SitesOf(trace.Network).Select(layer => Read(layer, trace));

    /// <summary>The dropouts of a network whose masks are a matter of chance, and have places before and after them.</summary>
    public static IEnumerable<ShownLayer> SitesOf(Network network) =>
        ShownLayer.Collect(network).Where(layer => layer.Layer is Dropout { Keep: >= LeastKeep and < 1 });

    /// <summary>Number of features that a mask has, for a batch of so many images.</summary>
    public static int LengthOf(ShownLayer layer, Network network, int images)
    {
        var shape = network.Places[layer.After].Shape;
        return ((Dropout)layer.Layer).Mask == DropoutMask.Shared ? shape.Channels : checked((int)(images * shape.Features));
    }

    private static DrawnMask Read(ShownLayer layer, NetworkTrace trace)
    {
        var (dropout, before, after) = ((Dropout)layer.Layer, layer.InputOf(trace), layer.OutputOf(trace));
        var channels = before.Channels;
        return dropout.Mask switch
        {
            DropoutMask.ByPoint => new(
                layer.After,
                dropout.Keep,
                [.. before.Signal.Select((x, i) => Score(x == 0 ? null : after.Signal[i] != 0, dropout.Keep))],
                [.. new[] { 1, channels, channels * before.Positions }.Distinct()]
            ),
            DropoutMask.Shared => new(
                layer.After,
                dropout.Keep,
                [
                    .. Enumerable
                        .Range(0, channels)
                        .Select(channel => Enumerable.Range(0, before.Points).MaxBy(point => Math.Abs(before.Signal[(point * channels) + channel])))
                        .Select(
                            (point, channel) =>
                                Score(before.Signal[(point * channels) + channel] == 0 ? null : after.Signal[(point * channels) + channel] != 0, dropout.Keep)
                        ),
                ],
                [1]
            ),
            _ => throw new InvalidOperationException($"expected a mask that is known, got {dropout.Mask}"),
        };
    }

    /// <summary>A score; NaN of what is not known.</summary>
    internal static double Score(bool? kept, double probability) =>
        kept is { } drawn ? ((drawn ? 1 : 0) - probability) / Math.Sqrt(probability * (1 - probability)) : double.NaN;
}
