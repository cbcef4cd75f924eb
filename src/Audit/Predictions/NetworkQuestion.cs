namespace Wellbehaved.Audit;

/// <summary>A question about a network of layers, for the batch and the noise that the first simulation would draw.</summary>
/// <param name="Network">The network.</param>
/// <param name="BatchSize">Number of images in a batch.</param>
internal sealed record NetworkQuestion(Networks.Network Network, int BatchSize)
{
    /// <summary>The name of the images in messages.</summary>
    public string Dataset { get; init; } = "natural";

    /// <summary>Normalisation of the input signal.</summary>
    public InputNormalization Normalize { get; init; } = InputNormalization.Channel;

    /// <summary>The seed of all randomness.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of points to predict for; null for as many as fit.</summary>
    public int? Points { get; init; }

    /// <summary>Whether batch statistics are differentiated too.</summary>
    public bool FullNoise { get; init; }

    /// <summary>Number of networks to sample at the width of the description; null to sample ten where that takes seconds, 0 for none.</summary>
    public int? Samples { get; init; }

    /// <summary>The depths at which moments are computed; null for all.</summary>
    public IReadOnlySet<int>? Depths { get; init; }

    /// <summary>
    /// Whether a flatten as the first layer makes all features of an image one point. Inputs are then normalised over it, as for the paper's fully connected
    /// networks.
    /// </summary>
    public bool IsFlattened => Network.Layers.Count > 0 && Network.Layers[0] is Networks.Flatten;

    /// <summary>Shape of one input as the first layer with weights may see it.</summary>
    public Networks.Shape Shape => IsFlattened ? Network.Layers[0].OutputOf(Network.Input) : Network.Input;

    /// <summary>Whether moments are computed at a place.</summary>
    public bool IsWanted(int place) => Depths is null || Network.Places[place].Depth is var depth && (depth == 0 || Depths.Contains(depth));
}
