using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Judges the behaviour of each stack of a network; each verdict names its law, or says that no law covers the units.</summary>
public static class StackJudge
{
    /// <summary>Judges the stacks of a network.</summary>
    /// <param name="network">The network.</param>
    /// <returns>A verdict for each outermost repeat, in order; empty for a network without repeats.</returns>
    public static IReadOnlyList<StackVerdict> Judge(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return
        [
            .. network
                .Layers.Select((layer, index) => (layer, index))
                .Where(item => item.layer is Repeat)
                .Select(item => Judge((Repeat)item.layer, $"layers[{item.index}].repeat")),
        ];
    }

    /// <summary>
    /// Judges the stacks of a network with a prediction for a batch: each verdict combines the law for infinitely many units with the prediction.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="prediction">Its prediction.</param>
    /// <returns>A verdict for each outermost repeat, in order.</returns>
    public static IReadOnlyList<StackVerdict> Judge(Network network, NetworkPrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return [.. Judge(network).Select(verdict => BatchJudge.Reconcile(network, prediction, verdict))];
    }

    /// <summary>Judges the units of a stack.</summary>
    /// <param name="stack">The stack.</param>
    /// <param name="path">Its path, for the verdict.</param>
    /// <returns>The verdict.</returns>
    public static StackVerdict Judge(Repeat stack, string path)
    {
        ArgumentNullException.ThrowIfNull(stack);
        var verdict = WithinPrecision(() => Judge(UnitLayers.WriteOut(stack.Unit), stack.Times)) with { Path = path, Units = stack.Times };
        return LosesAtBorders(stack.Unit) && verdict.Behaviour != Behaviour.Unknown
            ? verdict with
            {
                Scope = $"{verdict.Scope}, away from the borders, where zero padding loses variance",
            }
            : verdict;
    }

    private static StackVerdict Judge(IReadOnlyList<Layer> layers, int times)
    {
        var attends = layers.Any(layer =>
            layer is Attention || (layer is Residual { Branch: var branch } && UnitLayers.WriteOut(branch).Any(inner => inner is Attention))
        );
        return (attends ? AttentionStack.Judge(layers) : null)
            ?? layers.OfType<Residual>().Count() switch
            {
                0 => UnitLayers.Strange(layers) is var (layer, reason) ? Unknown(layer, reason) : FeedforwardStack.Judge(layers),
                1 => ResidualStack.Judge(layers, times),
                _ => Unknown(layers.OfType<Residual>().Last(), "there is no law of units with several residual sums"),
            };
    }

    /// <summary>Factors and variances that a file may state lead to variances beyond double precision, which is no error of the call.</summary>
    private static StackVerdict WithinPrecision(Func<StackVerdict> judge)
    {
        try
        {
            return judge();
        }
        catch (UnboundedVarianceException)
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                "theory does not reach these units: a variance in them is beyond double precision",
                string.Empty,
                string.Empty
            );
        }
    }

    /// <summary>The verdict for a unit with a layer that no law covers.</summary>
    internal static StackVerdict Unknown(Layer layer, string reason) =>
        new(string.Empty, 0, Behaviour.Unknown, $"theory does not reach units with this {layer.Word}: {reason}", string.Empty, string.Empty);

    private static bool LosesAtBorders(Layers layers) =>
        layers.Any(layer =>
            layer switch
            {
                Convolution convolution => convolution.Boundary == Boundary.ZeroPadding && convolution.Kernel > 1,
                Repeat repeat => LosesAtBorders(repeat.Unit),
                Residual residual => LosesAtBorders(residual.Branch) || LosesAtBorders(residual.Skip),
                _ => false,
            }
        );
}
