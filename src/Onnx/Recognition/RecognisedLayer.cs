using Wellbehaved.Networks;

namespace Wellbehaved.Onnx;

/// <summary>A layer that was recognised.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Before">Its input value.</param>
/// <param name="After">Its output value.</param>
internal sealed record RecognisedLayer(Layer Layer, string Before, string After)
{
    /// <summary>Layers of the branch of a residual layer.</summary>
    public IReadOnlyList<RecognisedLayer> Branch { get; init; } = [];

    /// <summary>The value at the end of the branch, before it is scaled and added.</summary>
    public string? BranchEnd { get; init; }

    /// <summary>The layers of a list, as a description.</summary>
    public static Layers LayersOf(IEnumerable<RecognisedLayer> layers) => [.. layers.Select(layer => layer.Layer)];

    /// <summary>The value at each place of a network without repeats, in the order of its places.</summary>
    public static List<string> ValuesAtPlaces(Network network, IReadOnlyList<RecognisedLayer> layers)
    {
        var values = new List<string>();
        foreach (var layer in layers)
        {
            if (layer.Layer is Residual)
            {
                values.Add(layer.Before);
            }

            Pass(layer);
        }

        return values;

        void Pass(RecognisedLayer layer)
        {
            foreach (var inner in layer.Branch)
            {
                Pass(inner);
            }

            if (layer.BranchEnd is { } end && values.Count < network.Places.Count && network.Places[values.Count].Kind == PlaceKind.BranchEnd)
            {
                values.Add(end);
            }

            if (layer.Layer is Residual { Skip.Count: > 0 })
            {
                foreach (var inner in layer.Skip)
                {
                    Pass(inner);
                }
            }

            if (layer.Layer is not Flatten)
            {
                values.Add(layer.After);
            }
        }
    }

    /// <summary>Layers of the skip connection of a residual layer.</summary>
    public IReadOnlyList<RecognisedLayer> Skip { get; init; } = [];
}
