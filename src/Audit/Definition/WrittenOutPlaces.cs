using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Counts the places of a propagation and keeps what they show.</summary>
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

    /// <summary>Announces a layer outside of every unit: with weights it is a unit itself, but for the first of the network.</summary>
    public void Precede(Layer layer)
    {
        if (HasWeights(layer) && _hasWeights)
        {
            (_depth, _next) = (_depth + 1, 1);
        }
    }

    /// <summary>Shows what a layer has made.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="features">Its output.</param>
    /// <param name="shown">Whether there is a place: repetitions within a branch have one for the first only.</param>
    public void Pass(Layer layer, WrittenOutFeatures features, bool shown)
    {
        _hasWeights |= HasWeights(layer);

        // Flattened features are the same ones.
        if (shown && layer is not Flatten)
        {
            Show(PlaceKind.After, layer, features);
        }
    }

    /// <summary>Shows the end of a residual branch, at the last place where it is seen there already.</summary>
    /// <param name="input">What went into the branch: where it comes out again the branch does nothing and has no end.</param>
    /// <param name="last">The last layer of the branch that made something; null if there is none.</param>
    /// <param name="features">What came out.</param>
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
