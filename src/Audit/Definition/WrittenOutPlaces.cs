using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Numbers the places of a propagation and keeps what they show.</summary>
internal sealed class WrittenOutPlaces
{
    private readonly List<WrittenOutPlace> _all = [];
    private int _depth;
    private int _next;
    private bool _hasWeights;

    /// <summary>The places so far.</summary>
    public IReadOnlyList<WrittenOutPlace> All => _all;

    /// <summary>Begins a unit: a repetition of a stack, or a residual outside of one.</summary>
    public void Enter(WrittenOutFeatures features)
    {
        (_depth, _next) = (_depth + 1, 1);
        Show(PlaceKind.Before, null, features);
    }

    /// <summary>Announces a layer outside of every unit. A layer with weights is a unit itself, except for the first of the network.</summary>
    public void Precede(Layer layer)
    {
        if (HasWeights(layer) && _hasWeights)
        {
            (_depth, _next) = (_depth + 1, 1);
        }
    }

    /// <summary>Shows the output of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="features">Its output.</param>
    /// <param name="shown">Whether there is a place: of the repetitions within a branch only the first has places.</param>
    public void Pass(Layer layer, WrittenOutFeatures features, bool shown)
    {
        _hasWeights |= HasWeights(layer);

        // Flattened features are the same numbers, so there is no place for them.
        if (shown && layer is not Flatten)
        {
            Show(PlaceKind.After, layer, features);
        }
    }

    /// <summary>Shows the end of a residual branch: at the last place, if that shows the same features, otherwise at a place of its own.</summary>
    /// <param name="input">The branch's input. If it is also the output, the branch does nothing and has no end.</param>
    /// <param name="last">The last layer of the branch that has an output of its own; null if there is none.</param>
    /// <param name="features">The branch's output.</param>
    public void EndBranch(WrittenOutFeatures input, Layer? last, WrittenOutFeatures features)
    {
        if (ReferenceEquals(features.Signal, input.Signal))
        {
            return;
        }

        if (ReferenceEquals(features.Signal, _all[^1].Features.Signal))
        {
            _all[^1] = _all[^1] with { EndsBranch = true };
        }
        else
        {
            _all.Add(new(_depth, _next, PlaceKind.BranchEnd, last, features) { EndsBranch = true });
        }
    }

    private static bool HasWeights(Layer layer) => layer is Convolution or Dense or Attention;

    private void Show(PlaceKind kind, Layer? after, WrittenOutFeatures features) => _all.Add(new(_depth, _next++, kind, after, features));
}
