using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Evidence;

/// <summary>A <c>vanilla</c> net whose signals are shown with a wrong size, so that the gains of ln ν₂ depend on each other.</summary>
/// <remarks>Deviations of gains are taken from the drift of W1. The noise stays right, and so do signals between the depths that the check looks at.</remarks>
internal static class ShownGains
{
    /// <summary>
    /// The deviation of each step becomes ρ times that of the step before plus <c>√(1 - ρ²)</c> times its own. Mean and variance stay, and given one step, the
    /// mean of the next is ρ times the deviation of the first.
    /// </summary>
    /// <param name="width">Width of the net.</param>
    /// <param name="correlation">ρ; 1 at most.</param>
    public static DialledSubject Correlated(int width, double correlation)
    {
        var share = Math.Min(1, correlation);
        return From(0, 1, new RandomWalk(width).Drift, (gain, before) => (Math.Sqrt(1 - (share * share)) * gain) + (share * before));
    }

    /// <summary>
    /// Adds ρ times the deviation of the third of four stretches to the gain of the last: their covariance grows by exactly ρ times the variance of the
    /// third.
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
                    if (snapshot.Depth < first || snapshot.Depth % stretch != 0 || (snapshot.Depth > 0 && snapshot.Place.Kind != UnitPlaceKind.Relu))
                    {
                        return snapshot;
                    }

                    var log = Math.Log(WrittenOutLayers.MeanSquare(snapshot.Signal));
                    if (snapshot.Depth == first)
                    {
                        (real, shown) = (log, log);
                        return snapshot;
                    }

                    // No gain precedes the first one.
                    var gain = log - real - drift;
                    deviation = snapshot.Depth == first + stretch ? gain : next(gain, deviation);
                    (real, shown) = (log, shown + drift + deviation);
                    var factor = Math.Exp((shown - log) / 2);
                    return double.IsFinite(factor) ? snapshot with { Signal = [.. snapshot.Signal.Select(value => factor * value)] } : snapshot;
                };
            },
        };
}
