using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>A statement on the depth that a network can have or the width that it needs.</summary>
/// <param name="Words">The statement.</param>
/// <param name="Law">The law that it follows from.</param>
/// <param name="Scope">The scope in which it holds.</param>
/// <param name="Value">The depth or width that it states; null where it states none.</param>
internal sealed record ReachStatement(string Words, string Law, string Scope, double? Value);

/// <summary>
/// How deep a network can be before noise drowns its signal or its directions are lost, and the width that this depth needs. All statements follow from laws.
/// </summary>
internal static class Reach
{
    /// <summary>The signal counts as drowned below this share of the input's signal-to-noise ratio.</summary>
    public const double LeastSnr = 0.01;

    /// <summary>Directions count as lost below this share of the first unit's directions.</summary>
    public const double LeastDirections = 0.5;

    /// <summary>The standard deviation of ln ν₂ for which a width is stated.</summary>
    public const double MostDeviation = 0.5;

    /// <summary>Number of depth scales after which the difference of two inputs is below a hundredth.</summary>
    private const double ScalesToForget = 4.6;

    /// <summary>Derives the statements from a prediction and the verdict on its last stack.</summary>
    /// <param name="network">The network.</param>
    /// <param name="prediction">Its prediction.</param>
    /// <param name="verdicts">The verdicts on its stacks.</param>
    /// <returns>The statements, those on depth first.</returns>
    public static IReadOnlyList<ReachStatement> State(Network network, NetworkPrediction prediction, IReadOnlyList<StackVerdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(verdicts);

        // Only for a network of a single stack is there one depth to make statements about.
        if (verdicts is not [var verdict] || verdict.Behaviour == Behaviour.Unknown)
        {
            return [];
        }

        var ends = prediction.Places.GroupBy(place => place.Place.Depth).Select(places => places.Last()).ToArray();
        return BatchJudge.ReachesStack(prediction, verdict)
            ? [.. Noise(ends, verdict), .. Directions(ends), .. Differences(verdict), .. Width(network)]
            : [.. Differences(verdict), .. Width(network)];
    }

    private static IEnumerable<ReachStatement> Noise(PredictedPlace[] ends, StackVerdict verdict)
    {
        var known = ends.Where(end => double.IsFinite(end.LogChi)).ToArray();
        if (known.Length == 0)
        {
            yield break;
        }

        var most = -0.5 * Math.Log(LeastSnr);
        const string what = "the signal-to-noise ratio falls below 1 % of the input's";
        if (known.FirstOrDefault(end => end.LogChi > most) is { } drowned)
        {
            yield return new($"{what} at depth {drowned.Place.Depth}", "the recursion of this batch", StackVerdict.Wide, drowned.Place.Depth);
            yield break;
        }

        var (last, left) = (known[^1], most - known[^1].LogChi);
        if (!double.IsNaN(verdict.LogGrowthOfBatch))
        {
            // Where law and batch differ, the statement follows the batch.
            var depth = last.Place.Depth + (left / verdict.LogGrowthOfBatch);
            if (verdict.LogGrowthOfBatch > 0 && depth < 1e9)
            {
                yield return new(
                    $"{what} at a depth of about {Rounded(depth)}, if χ continues to grow as on this batch, "
                        + $"{FeedforwardStack.Number(Math.Exp(verdict.LogGrowthOfBatch), "0.###")} a unit",
                    "the recursion of this batch",
                    StackVerdict.Wide,
                    depth
                );
            }
        }
        else if (verdict.SquaredGrowth > 1)
        {
            var depth = last.Place.Depth + (left / (0.5 * Math.Log(verdict.SquaredGrowth)));
            yield return new(
                $"{what} at depth {FeedforwardStack.Number(depth, "0")}, if χ continues to grow by the law of the verdict",
                verdict.Law,
                verdict.Scope,
                depth
            );
        }
        else if (verdict.Exponent > 0 && last.Place.Depth > 0)
        {
            var depth = last.Place.Depth * Math.Exp(left / verdict.Exponent);
            yield return depth < 1e9
                ? new(
                    $"{what} at a depth of about {Rounded(depth)}, if χ goes on to grow as l^{FeedforwardStack.Number(verdict.Exponent)}",
                    verdict.Law,
                    verdict.Scope,
                    depth
                )
                : new(
                    $"{what} only at a depth beyond all practical networks: χ grows as l^{FeedforwardStack.Number(verdict.Exponent)}",
                    verdict.Law,
                    verdict.Scope,
                    null
                );
        }
    }

    private static IEnumerable<ReachStatement> Directions(PredictedPlace[] ends)
    {
        var known = ends.Where(end => end.Place.Depth > 0 && double.IsFinite(end.ReffSignal)).ToArray();
        if (known.Length > 1 && known.FirstOrDefault(end => end.ReffSignal < LeastDirections * known[0].ReffSignal) is { } lost)
        {
            yield return new(
                $"directions of variance fall below half of those at depth {known[0].Place.Depth} at depth {lost.Place.Depth}",
                "the recursion of this batch",
                StackVerdict.Wide,
                lost.Place.Depth
            );
        }
    }

    private static IEnumerable<ReachStatement> Differences(StackVerdict verdict)
    {
        if (verdict.DepthScale is > 0 and < double.PositiveInfinity && verdict.Behaviour is Behaviour.Point or Behaviour.Exploding)
        {
            yield return new(
                $"inputs can be distinguished up to a depth of about {FeedforwardStack.Number(ScalesToForget * verdict.DepthScale, "0")} units: "
                    + $"{ScalesToForget} "
                    + $"depth scales ξ = {FeedforwardStack.Number(verdict.DepthScale, "0.##")}, after which a hundredth of the differences between "
                    + "them is left",
                verdict.Law,
                verdict.Scope,
                ScalesToForget * verdict.DepthScale
            );
        }
    }

    private static IEnumerable<ReachStatement> Width(Network network)
    {
        var stack = network.Layers.OfType<Repeat>().Single();
        if (WidthOf(network, stack) is not { } width)
        {
            yield break;
        }

        var layers = UnitLayers.WriteOut(stack.Unit);
        var slopes = layers.OfType<Activation>().Select(layer => SlopeOf(layer.Function)).ToArray();
        var weights = layers.OfType<Dense>().ToArray();
        if (
            slopes.Length > 0
            && slopes.All(slope => slope == slopes[0] && slope is not null)
            && layers.All(layer => layer is Dense or Activation)
            && weights.All(layer => layer.Parameters is { BiasVariance: 0, Law: WeightLaw.Normal or WeightLaw.Orthogonal })
        )
        {
            var steps = (double)stack.Times * weights.Length;
            var walk = new LeakyWalk(width, slopes[0]!.Value, weights.All(layer => layer.Parameters.Law == WeightLaw.Orthogonal));
            var deviation = Math.Sqrt(steps * walk.Variance);
            var needed = width * deviation * deviation / (MostDeviation * MostDeviation);
            yield return new(
                $"at width {width} ln ν₂ of a point deviates by {FeedforwardStack.Number(deviation, "0.###")} after "
                    + $"{FeedforwardStack.Number(steps, "0")} "
                    + $"layers{(walk.Variance == 0 ? string.Empty : $"; a deviation of {MostDeviation} requires a width of about {Rounded(needed)}")}",
                walk.Variance == 0 ? "V3" : "W1, V2, V3",
                "exact at every width",
                walk.Variance == 0 ? null : needed
            );
            if (slopes[0] == 0)
            {
                var dead = -SmallNumbers.ExpMinusOne(steps * SmallNumbers.LogOnePlus(-Math.Pow(0.5, width)));
                yield return new(
                    $"a mapping is dead, all channels of a layer at 0 for an input, with probability {dead:0.##e+0}",
                    "W1",
                    "exact at every width",
                    null
                );
            }

            yield break;
        }

        var ratio = (double)stack.Times / width;
        yield return new(
            $"at width {width} and {stack.Times} units deviations from the limit of infinite width are of the order of depth over width, "
                + $"{FeedforwardStack.Number(ratio, "0.###")}; directions of a flat spectrum deviate as the root of points over width",
            "depth over width",
            "an order of magnitude",
            null
        );
    }

    private static double? SlopeOf(Function function) =>
        function.Kind switch
        {
            FunctionKind.Relu => 0,
            FunctionKind.LeakyRelu => function.Slope,
            FunctionKind.Abs => -1,
            FunctionKind.Linear => 1,
            FunctionKind.Tanh
            or FunctionKind.Erf
            or FunctionKind.Sine
            or FunctionKind.Gelu
            or FunctionKind.GeluTanh
            or FunctionKind.Silu
            or FunctionKind.Elu
            or FunctionKind.Sigmoid
            or FunctionKind.Softplus
            or FunctionKind.HardSwish => null,
            _ => throw new InvalidOperationException($"no slope of the function {function.Kind}"),
        };

    /// <summary>Number of channels within a stack; null where it changes.</summary>
    private static int? WidthOf(Network network, Repeat stack)
    {
        var shape = network.Input;
        foreach (var layer in network.Layers.TakeWhile(layer => !ReferenceEquals(layer, stack)))
        {
            shape = layer.OutputOf(shape);
        }

        return stack.Unit.Aggregate((Shape?)shape, (at, layer) => at is { } known ? layer.OutputOf(known) : null) == shape ? shape.Channels : null;
    }

    private static string Rounded(double value)
    {
        var digits = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(Math.Max(1, value))) - 1));
        return FeedforwardStack.Number(Math.Ceiling(value / digits) * digits, "0");
    }
}
