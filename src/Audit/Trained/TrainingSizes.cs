namespace Wellbehaved.Audit;

/// <summary>
/// At which depth, width, data, budget and optimiser the claims about trained networks are checked. Depths count layers with weights after the first one.
/// </summary>
/// <param name="Channels">Width of every layer.</param>
/// <param name="DeepLayers">Layers of nets whose signal, or SNR, is gone.</param>
/// <param name="ShallowLayers">Layers before that.</param>
/// <param name="PairLayers">Layers of the pairs that are trained to the same loss.</param>
/// <param name="Steps">Steps of Adam.</param>
/// <param name="PairSteps">Steps, at most, of the pairs that are trained to the same loss.</param>
/// <param name="Mappings">Mappings of each net.</param>
/// <param name="Pairs">Pairs of mappings that are trained to the same loss.</param>
/// <param name="TrainImages">Training images.</param>
internal sealed record TrainingSizes(
    int Channels,
    int DeepLayers,
    int ShallowLayers,
    int PairLayers,
    int Steps,
    int PairSteps,
    int Mappings,
    int Pairs,
    int TrainImages
)
{
    /// <summary>Images in a batch.</summary>
    public const int BatchSize = 100;

    /// <summary>Training loss at which the pairs stop.</summary>
    public const double PairLoss = 0.1;

    /// <summary>The learning rate of the pairs, one for both: what a net makes of corruption depends on it.</summary>
    public const double PairRate = 0.003;

    /// <summary>Standard deviation of the noise on test images that pairs are compared under.</summary>
    public const double Corruption = 2;

    /// <summary>The learning rates that are tried on each mapping.</summary>
    public static IReadOnlyList<double> LearningRates { get; } = [0.0003, 0.001, 0.003];

    /// <summary>What <c>verify --scale training</c> trains.</summary>
    public static TrainingSizes OfScale { get; } =
        new(Channels: 64, DeepLayers: 80, ShallowLayers: 10, PairLayers: 16, Steps: 300, PairSteps: 1000, Mappings: 18, Pairs: 20, TrainImages: 1000);
}
