using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>What a subject must offer for one network, in the words of <see cref="NetworkOffer"/>.</summary>
internal sealed class NetworkNeeds
{
    /// <summary>A convolution with outputs only at every second, third… position.</summary>
    public const string Stride = "stride";

    /// <summary>A convolution whose patch has inputs further apart.</summary>
    public const string Dilation = "dilation";

    /// <summary>A convolution with groups of channels that are not connected.</summary>
    public const string Groups = "groups";

    /// <summary>Biases.</summary>
    public const string Biases = "biases";

    /// <summary>A norm's factor γ other than 1.</summary>
    public const string NormScale = "norm_scale";

    /// <summary>Layer or RMS norm over all features of an input.</summary>
    public const string OverAll = "over_all";

    /// <summary>Layers in the skip connection of a residual unit.</summary>
    public const string Projection = "projection";

    /// <summary>Scales of branch or skip connection other than 1.</summary>
    public const string Scales = "scales";

    /// <summary>Branches that are missing in some mappings.</summary>
    public const string Survival = "survival";

    /// <summary>Dropout with a mask of its own for each point.</summary>
    public const string MaskByPoint = "mask_by_point";

    /// <summary>Attention to the same and earlier positions only.</summary>
    public const string Causal = "causal";

    private readonly SortedSet<string> _layers = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _functions = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _options = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _boundaries = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _weightLaws = new(StringComparer.Ordinal);
    private readonly SortedSet<int> _kernelSizes = [];
    private readonly SortedSet<double> _epsilons = [];

    private NetworkNeeds() { }

    /// <summary>All options that a network may need.</summary>
    public static IReadOnlyList<string> AllOptions { get; } =
    [Stride, Dilation, Groups, Biases, NormScale, OverAll, Projection, Scales, Survival, MaskByPoint, Causal];

    /// <summary>Words for its layers other than activations and repeats.</summary>
    public IReadOnlyCollection<string> Layers => _layers;

    /// <summary>Words for its activations.</summary>
    public IReadOnlyCollection<string> Functions => _functions;

    /// <summary>The options that its layers use.</summary>
    public IReadOnlyCollection<string> Options => _options;

    /// <summary>Words for its boundaries, for kernel sizes above 1.</summary>
    public IReadOnlyCollection<string> Boundaries => _boundaries;

    /// <summary>Laws of its weights.</summary>
    public IReadOnlyCollection<string> WeightLaws => _weightLaws;

    /// <summary>Extents of its convolutions' kernels.</summary>
    public IReadOnlyCollection<int> KernelSizes => _kernelSizes;

    /// <summary>Values of ε of its norms.</summary>
    public IReadOnlyCollection<double> Epsilons => _epsilons;

    /// <summary>The most features of one input at any place, or at the input.</summary>
    public long Features { get; private init; }

    /// <summary>Number of layers with every repetition unrolled; a residual counts the layers of its branch and of its skip connection, and itself.</summary>
    public static long NumberOfLayers(Networks.Layers layers) =>
        layers.Sum(layer =>
            layer switch
            {
                Repeat repeat => repeat.Times * NumberOfLayers(repeat.Unit),
                Residual residual => NumberOfLayers(residual.Branch) + NumberOfLayers(residual.Skip) + 1,
                Convolution or Dense or Attention or Norm or Dropout or Activation or Scaling or Pooling or GlobalAveragePool or Flatten => 1,
                _ => throw new UnknownLayerException(layer),
            }
        );

    /// <summary>Determines what a network needs.</summary>
    /// <param name="network">The network.</param>
    /// <returns>Its needs.</returns>
    public static NetworkNeeds Determine(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var needs = new NetworkNeeds { Features = network.Places.Select(place => place.Shape.Features).Append(network.Input.Features).Max() };
        needs.Add(network.Layers);
        return needs;
    }

    private void Add(Networks.Layers layers)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    Add(repeat.Unit);
                    break;
                case Activation activation:
                    _functions.Add(activation.Function.Word);
                    break;
                default:
                    _layers.Add(layer.Word);
                    AddOptions(layer);
                    break;
            }
        }
    }

    private void AddOptions(Layer layer)
    {
        switch (layer)
        {
            case Convolution convolution:
                Add(convolution.Parameters);
                _kernelSizes.Add(convolution.Kernel);
                AddIf(convolution.Stride > 1, Stride);
                AddIf(convolution.Dilation > 1, Dilation);
                AddIf(convolution.Groups != 1, Groups);
                if (convolution.Kernel > 1)
                {
                    _boundaries.Add(EnumWords.Spell(convolution.Boundary));
                }

                break;
            case Dense dense:
                Add(dense.Parameters);
                break;
            case Attention attention:
                Add(attention.Parameters);
                AddIf(attention.Causal, Causal);
                break;
            case Norm norm:
                _epsilons.Add(norm.Epsilon);
                AddIf(norm.Scale != 1, NormScale);
                AddIf(norm is LayerNorm { Over: NormalisedOver.All } or RmsNorm { Over: NormalisedOver.All }, OverAll);
                break;
            case Dropout dropout:
                AddIf(dropout.Mask == DropoutMask.ByPoint, MaskByPoint);
                break;
            case Residual residual:
                AddIf(residual.Skip.Count > 0, Projection);
                AddIf(residual.Survival < 1, Survival);
                AddIf(residual.BranchScale != ResidualScale.One || residual.SkipScale != ResidualScale.One, Scales);
                Add(residual.Branch);
                Add(residual.Skip);
                break;
            case Scaling or Pooling or GlobalAveragePool or Flatten:
                break;
            default:
                throw new UnknownLayerException(layer);
        }
    }

    private void Add(Initialisation parameters)
    {
        _weightLaws.Add(EnumWords.Spell(parameters.Law));
        AddIf(parameters.BiasVariance > 0, Biases);
    }

    private void AddIf(bool needed, string option)
    {
        if (needed)
        {
            _options.Add(option);
        }
    }
}
