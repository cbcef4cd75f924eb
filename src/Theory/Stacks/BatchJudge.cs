using System.Globalization;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// Compares the verdict on a stack, which is a law for infinitely many units, with the recursion of the batch at hand. Where they differ, the verdict says so;
/// where theory ends, the verdict is limited accordingly.
/// </summary>
internal static class BatchJudge
{
    /// <summary>Number of units after which the growth no longer depends on the start.</summary>
    private const int Settled = 4;

    /// <summary>An exponential rate agrees with the law if it differs by less than this share, or by less than the following number in a unit.</summary>
    private const double SameShare = 0.25;
    private const double SameRate = 0.005;

    /// <summary>A power agrees with the law if it differs by less than this; the tolerance is large since powers are approached slowly.</summary>
    private const double SamePower = 0.35;

    /// <summary>Combines the verdict and the prediction into one verdict.</summary>
    public static StackVerdict Reconcile(Network network, NetworkPrediction prediction, StackVerdict verdict)
    {
        if (verdict.Behaviour == Behaviour.Unknown)
        {
            return verdict;
        }

        if (prediction.End is { Kind: NoTheoryKind.Law } end)
        {
            if (end.Path.StartsWith($"{verdict.Path}.", StringComparison.Ordinal))
            {
                // The laws of attention are for many heads, over which the randomness at which the walk ends averages out.
                return verdict.Law is AttentionStack.Collapse or AttentionStack.Power
                    ? verdict with
                    {
                        Words = $"{verdict.Words}; with few heads kernels are random, so the prediction ends at {end.Path}",
                    }
                    : StackJudge.Unknown(end.Layer, $"{end.Reason}, at {end.Path}") with
                    {
                        Path = verdict.Path,
                        Units = verdict.Units,
                    };
            }

            if (IndexOf(end.Path) < IndexOf(verdict.Path))
            {
                return verdict with
                {
                    Words = $"{verdict.Words}; this holds for the units by themselves: their input is not predicted, since theory ends before them",
                };
            }
        }

        if (prediction.End is { Kind: NoTheoryKind.Batch } few && few.Path.StartsWith($"{verdict.Path}.", StringComparison.Ordinal))
        {
            return verdict with { Words = $"{verdict.Words}; this batch is too small for that law, and no prediction was made for it" };
        }

        return Compared(network, prediction, verdict);
    }

    /// <summary>Whether the recursion followed the network far enough to say something about the stack.</summary>
    public static bool ReachesStack(NetworkPrediction prediction, StackVerdict verdict) =>
        prediction.End is not { Kind: NoTheoryKind.Law } end || (IndexOf(end.Path) > IndexOf(verdict.Path));

    private static StackVerdict Compared(Network network, NetworkPrediction prediction, StackVerdict verdict)
    {
        if (Ends(network, prediction, verdict) is not { Count: > Settled } ends)
        {
            return verdict;
        }

        var (last, back) = (ends.Count - 1, Math.Max(1, (ends.Count - 1) / 4));
        var growth = (ends[last].LogChi - ends[last - back].LogChi) / back;
        if (verdict.SquaredGrowth > 1)
        {
            var law = 0.5 * Math.Log(verdict.SquaredGrowth);
            return Math.Abs(growth - law) <= Math.Max(SameRate, SameShare * Math.Max(Math.Abs(growth), law))
                ? verdict
                : Apart(verdict, growth, $"grows by the factor {Number(Math.Exp(growth))} a unit at unit {last}, not by {Number(Math.Exp(law))}");
        }

        if (verdict.SquaredGrowth == 1 && double.IsFinite(verdict.Exponent))
        {
            var power = (ends[last].LogChi - ends[last - back].LogChi) / Math.Log((double)last / (last - back));
            return Math.Abs(power - verdict.Exponent) <= SamePower * Math.Max(1, verdict.Exponent)
                ? verdict
                : Apart(verdict, growth, $"changes as l^{Number(power)} at unit {last}, not as l^{Number(verdict.Exponent)}");
        }

        return verdict;
    }

    private static StackVerdict Apart(StackVerdict verdict, double growth, string difference) =>
        verdict with
        {
            LogGrowthOfBatch = growth,
            Words =
                $"{verdict.Words}; on this batch χ {difference}: "
                + $"{(verdict.Scope.StartsWith(StackVerdict.WideAndLarge, StringComparison.Ordinal) ? "the batch is too small, or " : string.Empty)}"
                + "the law's limit is only reached at greater depth",
        };

    /// <summary>
    /// The last place of each unit of a stack whose units are depths, from the state before them on; null where χ is not known at all of them.
    /// </summary>
    private static List<PredictedPlace>? Ends(Network network, NetworkPrediction prediction, StackVerdict verdict)
    {
        var index = IndexOf(verdict.Path);
        if (
            network.Layers[index] is not Repeat stack
            || stack.Unit.Any(layer => layer is Repeat)
            || network.Layers.Take(index).Any(layer => layer is Residual || (layer is Repeat other && other.Unit.Any(inner => inner is Repeat)))
        )
        {
            return null;
        }

        // Layers with weights outside of stacks are depths as well, so the depth is that of the stack's first place: each unit before it has one such place.
        var units = network.Layers.Take(index).OfType<Repeat>().Sum(repeat => repeat.Times);
        var first = network.Places.Where(place => place.Kind == PlaceKind.Before).ElementAt(units).Depth - 1;
        var ends = prediction
            .Places.Where(place => place.Place.Depth >= first && place.Place.Depth <= first + stack.Times && double.IsFinite(place.LogChi))
            .GroupBy(place => place.Place.Depth)
            .Select(places => places.Last())
            .ToList();
        return ends.Select((end, unit) => end.Place.Depth == first + unit).All(inOrder => inOrder) ? ends : null;
    }

    private static int IndexOf(string path) =>
        int.Parse(path.AsSpan("layers[".Length, path.IndexOf(']', StringComparison.Ordinal) - "layers[".Length), CultureInfo.InvariantCulture);

    private static string Number(double value) => FeedforwardStack.Number(value, "0.###");
}
