using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>The networks that the claims about training speak about.</summary>
internal static class TrainedNets
{
    private const string Dataset = "fashion_mnist";

    /// <summary>Layers in a residual branch.</summary>
    private const int BranchLayers = 2;

    private static readonly Shape Images = new(28, 28, 1);

    /// <summary>Composed networks, for which theory says before training whether they are well-behaved.</summary>
    public static IReadOnlyList<string> Composed { get; } = ["pre_ln_mlp", "rms_mlp", "tanh_chaos", "bn_tanh"];

    /// <summary>An architecture of the post, fully connected.</summary>
    /// <param name="architecture">Its name.</param>
    /// <param name="layers">Number of layers after the first one.</param>
    /// <param name="channels">Width.</param>
    /// <param name="mappings">Number of mappings.</param>
    /// <param name="seed">The seed.</param>
    public static ExperimentOptions Architecture(string architecture, int layers, int channels, int mappings, ulong seed) =>
        new()
        {
            Architecture = architecture,
            TotalDepth = Model.Architecture.Named(architecture).IsResidual ? layers / BranchLayers : layers,
            KernelSize = 1,
            NumChannels = channels,
            BatchSize = TrainingSizes.BatchSize,
            NumSims = mappings,
            NumComputations = 1,
            ResDepth = BranchLayers,
            Dataset = Dataset,
            Normalize = InputNormalization.Global,
            Seed = seed,
        };

    /// <summary>A composed network.</summary>
    /// <param name="name">One of <see cref="Composed"/>.</param>
    /// <param name="layers">Number of layers after the first one.</param>
    /// <param name="channels">Width.</param>
    /// <param name="mappings">Number of mappings.</param>
    /// <param name="seed">The seed.</param>
    public static ExperimentOptions Compose(string name, int layers, int channels, int mappings, ulong seed)
    {
        var (unit, last, layersOfUnit) = name switch
        {
            "pre_ln_mlp" => (
                """{"residual": {"branch": ["layer_norm", {"dense": {"weight_variance": 1}}, "gelu", "dense"]}}""",
                ", \"layer_norm\"",
                BranchLayers
            ),
            "rms_mlp" => ("""{"residual": {"branch": ["rms_norm", {"dense": {"weight_variance": 1}}, "silu", "dense"]}}""", ", \"rms_norm\"", BranchLayers),
            "tanh_chaos" => (
                """
                "tanh", {"dense": {"weight_variance": 4, "bias_variance": 0.04}}
                """,
                "",
                1
            ),
            "bn_tanh" => ("\"dense\", \"batch_norm\", \"tanh\"", "", 1),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "expected a composed network"),
        };
        var text =
            $$$"""{"name": "{{{name}}}", "layers": ["flatten", {"dense": {"channels": "N", "weight_variance": 1}}, {"repeat": {"times": "L", "unit": [{{{unit}}}]} }{{{last}}}]}""";
        return ExperimentOptions.ForNetwork(NetworkTemplate.Parse(text).With(Images, channels, layers / layersOfUnit), TrainingSizes.BatchSize, mappings) with
        {
            Dataset = Dataset,
            Normalize = InputNormalization.Global,
            Seed = seed,
        };
    }

    /// <summary>The theory's prediction for a composed network.</summary>
    /// <param name="options">The network.</param>
    public static StackVerdict Predicted(ExperimentOptions options) => StackJudge.Judge(options.Network!).Single();
}
