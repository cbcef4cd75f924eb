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
        if (verdict.DepthScale is not (> 0 and < double.PositiveInfinity))
        {
            yield break;
        }

        var depth = ScalesToForget * verdict.DepthScale;
        var scales =
            $"a depth of about {FeedforwardStack.Number(depth, "0")} units: {ScalesToForget} depth scales ξ = "
            + $"{FeedforwardStack.Number(verdict.DepthScale, "0.##")}, after which a hundredth of";
        var words = verdict.Behaviour switch
        {
            Behaviour.Point => $"inputs can be distinguished up to {scales} the differences between them is left",

            // In chaos differences stay; what is lost is how large they were.
            Behaviour.Exploding => $"the similarity of inputs is forgotten after {scales} the distance of their correlation from its limit c* is left",
            Behaviour.WellBehaved or Behaviour.Identity or Behaviour.Line or Behaviour.Edge or Behaviour.Unknown => null,
            _ => throw new InvalidOperationException($"no statement on differences for the behaviour {verdict.Behaviour}"),
        };
        if (words is not null)
        {
            yield return new(words, verdict.Law, verdict.Scope, depth);
        }
    }

    private static IEnumerable<ReachStatement> Width(Network network)
    {
        var stack = network.Layers.OfType<Repeat>().Single();
        if (WidthOf(network, stack) is not var (width, narrowest))
        {
            yield break;
        }

        if (StepsOf(stack, width) is { } unit)
        {
            foreach (var statement in Walk(stack.Times, unit))
            {
                yield return statement;
            }

            yield break;
        }

        var ratio = (double)stack.Times / narrowest;
        yield return new(
            $"at width {narrowest} and {stack.Times} units deviations from the limit of infinite width are of the order of depth over width, "
                + $"{FeedforwardStack.Number(ratio, "0.###")}; directions of a flat spectrum deviate as the root of points over width",
            "depth over width",
            "an order of magnitude",
            null
        );
    }

    /// <summary>Statements on the exact walk of ln ν₂ through a stack.</summary>
    private static IEnumerable<ReachStatement> Walk(int times, IReadOnlyList<Step> unit)
    {
        var kinds = unit.GroupBy(step => step).Select(steps => (Step: steps.Key, Count: (double)times * steps.Count())).ToArray();
        var variance = kinds.Sum(kind => kind.Count * new LeakyWalk(kind.Step.Width, kind.Step.Slope, kind.Step.IsOrthogonal).Variance);
        var widths = unit.Select(step => step.Width).Distinct().Order().ToArray();

        // The variance of a step falls as 1/width.
        var (deviation, wider) = (Math.Sqrt(variance), variance / (MostDeviation * MostDeviation));
        var needed = widths.Length == 1 ? widths[0] * wider : (double?)null;
        yield return new(
            $"at {(widths.Length == 1 ? "width" : "widths")} {string.Join(" and ", widths)} ln ν₂ of a point deviates by "
                + $"{FeedforwardStack.Number(deviation, "0.###")} after {FeedforwardStack.Number((double)times * unit.Count, "0")} layers"
                + (
                    variance == 0 ? string.Empty
                    : needed is { } width ? $"; a deviation of {MostDeviation} requires a width of about {Rounded(width)}"
                    : $"; a deviation of {MostDeviation} requires widths about {FeedforwardStack.Number(wider, "0.#")} times as large"
                ),
            variance == 0 ? "V3" : "W1, V2, V3",
            "exact at every width",
            variance == 0 ? null : needed
        );
        if (kinds.Where(kind => kind.Step.Slope == 0).ToArray() is { Length: > 0 } rectified)
        {
            var dead = -SmallNumbers.ExpMinusOne(rectified.Sum(kind => kind.Count * SmallNumbers.LogOnePlus(-Math.Pow(0.5, kind.Step.Width))));
            yield return new(
                $"a mapping is dead, all channels of a layer at 0 for an input, with probability {dead:0.##e+0}",
                "W1",
                "exact at every width",
                null
            );
        }
    }

    /// <summary>
    /// The steps of the walk in a unit: layers of weights without biases, each between activations that have a slope on either side of 0; null where a unit
    /// holds anything else.
    /// </summary>
    private static List<Step>? StepsOf(Repeat stack, int width)
    {
        var layers = UnitLayers.WriteOut(stack.Unit);
        var steps = new List<Step>();
        for (var i = 0; i < layers.Count; i++)
        {
            // The last layer of a unit is followed by the first one of the next unit.
            var (layer, next) = (layers[i], layers[(i + 1) % layers.Count]);
            if (layer is Activation && next is Dense)
            {
                continue;
            }

            if (
                layer is not Dense { Parameters: { WeightVariance: > 0, BiasVariance: 0, Law: WeightLaw.Normal or WeightLaw.Orthogonal } parameters } dense
                || next is not Activation { Function: var function }
                || SlopeOf(function) is not { } slope
            )
            {
                return null;
            }

            // Orthogonal weights keep the norm only where they are a square matrix.
            var (before, isOrthogonal) = (width, parameters.Law == WeightLaw.Orthogonal);
            width = dense.Channels ?? width;
            if (isOrthogonal && width != before)
            {
                return null;
            }

            steps.Add(new(width, slope, isOrthogonal));
        }

        return steps.Count > 0 ? steps : null;
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

    /// <summary>Number of channels before and after each unit of a stack, and the smallest within it; null where units change the shape.</summary>
    private static (int Between, int Narrowest)? WidthOf(Network network, Repeat stack)
    {
        var shape = network.Input;
        foreach (var layer in network.Layers.TakeWhile(layer => !ReferenceEquals(layer, stack)))
        {
            shape = layer.OutputOf(shape);
        }

        var (at, narrowest) = (shape, shape.Channels);
        foreach (var layer in stack.Unit)
        {
            at = layer.OutputOf(at);
            narrowest = Math.Min(narrowest, at.Channels);
        }

        return at == shape ? (shape.Channels, narrowest) : null;
    }

    private static string Rounded(double value)
    {
        var digits = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(Math.Max(1, value))) - 1));
        return FeedforwardStack.Number(Math.Ceiling(value / digits) * digits, "0");
    }

    /// <summary>A layer of the walk of ln ν₂.</summary>
    /// <param name="Width">Number of its channels.</param>
    /// <param name="Slope">The slope below 0 of the activation after it.</param>
    /// <param name="IsOrthogonal">Whether its weights are orthogonal.</param>
    private readonly record struct Step(int Width, double Slope, bool IsOrthogonal);
}
