using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Evidence;

/// <summary>Signals of a <c>vanilla</c> net whose size is shown otherwise than it is, so that the gains of ln ν₂ depend on each other.</summary>
/// <remarks>Deviations of gains are from the drift of W1. Noise stays, and so does what is between the depths that the check looks at.</remarks>
internal static class ShownGains
{
    /// <summary>
    /// Each step keeps ρ of the deviation of the one before it and <c>√(1 - ρ²)</c> of its own: mean and variance stay, and given the step before,
    /// the mean of the next is ρ of its deviation.
    /// </summary>
    /// <param name="width">Width of the net.</param>
    /// <param name="correlation">ρ; 1 at most.</param>
    public static DialledSubject Correlated(int width, double correlation)
    {
        var share = Math.Min(1, correlation);
        return From(0, 1, new RandomWalk(width).Drift, (gain, before) => (Math.Sqrt(1 - (share * share)) * gain) + (share * before));
    }

    /// <summary>
    /// The gain of the last of four stretches gets ρ of the deviation of the third in addition: their covariance grows by ρ of the third one's
    /// variance exactly.
    /// </summary>
    /// <param name="width">Width of the net.</param>
    /// <param name="stretch">Layers in a stretch.</param>
    /// <param name="correlation">ρ.</param>
    public static DialledSubject LastKeepsTheOneBefore(int width, int stretch, double correlation) =>
        From(2 * stretch, stretch, stretch * new RandomWalk(width).Drift, (gain, before) => gain + (correlation * before));

    private static DialledSubject From(int first, int stretch, double drift, Func<double, double, double> next) =>
        new()
        {
            Show = _ =>
            {
                var (real, shown, deviation) = (0.0, 0.0, 0.0);
                return snapshot =>
                {
                    if (snapshot.Depth < first || snapshot.Depth % stretch != 0 || (snapshot.Depth > 0 && snapshot.Place.Kind != PlaceKind.Relu))
                    {
                        return snapshot;
                    }

                    var log = Math.Log(WrittenOutLayers.MeanSquare(snapshot.Signal));
                    if (snapshot.Depth == first)
                    {
                        (real, shown) = (log, log);
                        return snapshot;
                    }

                    // Nothing comes before the first gain.
                    var gain = log - real - drift;
                    deviation = snapshot.Depth == first + stretch ? gain : next(gain, deviation);
                    (real, shown) = (log, shown + drift + deviation);
                    var factor = Math.Exp((shown - log) / 2);
                    return double.IsFinite(factor) ? snapshot with { Signal = [.. snapshot.Signal.Select(value => factor * value)] } : snapshot;
                };
            },
        };
}
