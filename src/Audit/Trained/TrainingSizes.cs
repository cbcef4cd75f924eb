namespace Wellbehaved.Audit;

/// <summary>
/// Depths, width, data, budget and optimiser with which the claims about trained networks are checked. Depths are numbers of layers with weights after the
/// first one.
/// </summary>
/// <param name="Channels">Width of every layer.</param>
/// <param name="DeepLayers">Number of layers of nets whose signal or SNR is lost.</param>
/// <param name="ShallowLayers">Number of layers of nets whose signal and SNR are not yet lost.</param>
/// <param name="PairLayers">Number of layers of the pairs that are trained to the same loss.</param>
/// <param name="Steps">Number of steps of Adam.</param>
/// <param name="PairSteps">The most steps of the pairs that are trained to the same loss.</param>
/// <param name="Mappings">Number of mappings of each net.</param>
/// <param name="Pairs">Number of pairs of mappings that are trained to the same loss.</param>
/// <param name="TrainImages">Number of training images.</param>
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
    /// <summary>Number of images in a batch.</summary>
    public const int BatchSize = 100;

    /// <summary>Training loss at which the pairs stop.</summary>
    public const double PairLoss = 0.1;

    /// <summary>The learning rate of the pairs, the same for both nets, because the effect of corruption on a net depends on it.</summary>
    public const double PairRate = 0.003;

    /// <summary>Standard deviation of the noise on the test images with which pairs are compared.</summary>
    public const double Corruption = 2;

    /// <summary>The learning rates that are tried on each mapping.</summary>
    public static IReadOnlyList<double> LearningRates { get; } = [0.0003, 0.001, 0.003];

    /// <summary>The sizes that <c>verify --scale training</c> uses.</summary>
    public static TrainingSizes OfScale { get; } =
        new(Channels: 64, DeepLayers: 80, ShallowLayers: 10, PairLayers: 16, Steps: 300, PairSteps: 1000, Mappings: 18, Pairs: 20, TrainImages: 1000);
}
