using System.CommandLine;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary>The options that describe a network and its inputs.</summary>
internal sealed class NetworkOptions
{
    private static readonly string[] Layouts = ["nhwc", "nchw", "nhw", "hwc", "chw"];
    private readonly Option<string> _architecture = new("--architecture") { Description = $"Architecture: {string.Join(", ", Architecture.Names)}", Required = true, HelpName = "word" };
    private readonly Option<int> _totalDepth = OptionFactory.RequiredNumber<int>("--total-depth", "Number of layers, or of residual units");
    private readonly Option<int> _kernelSize = OptionFactory.RequiredNumber<int>("--kernel-size", "Extent of the kernels; 1 flattens the images: a fully connected net");
    private readonly Option<int> _numChannels = OptionFactory.RequiredNumber<int>("--num-channels", "Channels of every layer");
    private readonly Option<int> _batchSize = OptionFactory.RequiredNumber<int>("--batch-size", "Images in a batch");
    private readonly Option<string> _dataset = new("--dataset") { Description = "Input images: natural (embedded), gaussian, cifar10, cifar100, mnist, fashion_mnist, the path of an .npy file, or FILE.npz:NAME", DefaultValueFactory = _ => "natural" };
    private readonly Option<string?> _dataDir = new("--data-dir") { Description = "Folder of the files of cifar10, cifar100 (binary or for Python), mnist or fashion_mnist (IDX), as published or as torchvision keeps them" };
    private readonly Option<string?> _layout = CreateLayout();
    private readonly Option<double> _epsilon = OptionFactory.Number("--epsilon", "Added to the variance in batch norm", 0.001, "a number");
    private readonly Option<int> _resDepth = OptionFactory.Number("--res-depth", "Feedforward layers in a residual branch", 2);
    private readonly Option<int> _numComputations = OptionFactory.OptionalNumber<int>("--num-computations", "Depths at which moments are computed, evenly spaced; divides the total depth, and by default is its largest divisor up to 100");
    private readonly Option<string?> _depths = new("--depths") { Description = "Depths at which moments are computed, increasing, up to the total depth, instead of evenly spaced ones: 1,2,4,8,16", HelpName = "list" };
    private readonly Option<ulong> _seed = OptionFactory.Number("--seed", "Seed of all randomness", 0UL, "a whole number of at least 0");
    private readonly Option<string> _boundary = OptionFactory.Choice("--boundary", "What a convolution sees beyond the border", "periodic", "symmetric", "zero_padding");
    private readonly Option<string> _normalize = OptionFactory.Choice("--normalize", "Normalisation of the input signal over the batch", "channel", "global", "none");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _architecture.CompletionSources.Add([.. Architecture.Names]);
        _dataset.CompletionSources.Add([.. ImageSources.Names]);
        foreach (var option in new Option[] { _architecture, _totalDepth, _kernelSize, _numChannels, _batchSize, _boundary, _dataset, _dataDir, _layout, _normalize, _epsilon, _resDepth, _numComputations, _depths, _seed })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Options without which there is no network of the paper.</summary>
    public IReadOnlyList<Option> Required => [_architecture, _totalDepth, _kernelSize, _numChannels, _batchSize];

    /// <summary>Refuses options that say of what layers a network is, where a description does.</summary>
    /// <exception cref="InvalidInputException">One is given.</exception>
    public void RefuseArchitectures(ParseResult parsed)
    {
        foreach (var option in new Option[] { _architecture, _kernelSize, _boundary, _epsilon, _resDepth })
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                throw new InvalidInputException(option.Name, "expected without --network, whose layers say it");
            }
        }
    }

    /// <summary>Reads the options that networks of layers have too.</summary>
    /// <exception cref="InvalidInputException">No layout has the name that was given, or the depths are no list.</exception>
    public SharedInputs ReadInputs(ParseResult parsed) => new(
        Number(parsed, _numChannels),
        Number(parsed, _totalDepth),
        Number(parsed, _batchSize),
        parsed.GetRequiredValue(_dataset),
        parsed.GetValue(_dataDir),
        LayoutOf(parsed.GetValue(_layout)),
        NormalizationOf(parsed),
        parsed.GetValue(_seed),
        DepthsOf(parsed),
        Number(parsed, _numComputations));

    /// <summary>Reads the options.</summary>
    public ExperimentOptions Read(ParseResult parsed, int numSims) => new()
    {
        Architecture = parsed.GetRequiredValue(_architecture),
        TotalDepth = parsed.GetValue(_totalDepth),
        KernelSize = parsed.GetValue(_kernelSize),
        NumChannels = parsed.GetValue(_numChannels),
        BatchSize = parsed.GetValue(_batchSize),
        NumSims = numSims,
        Boundary = parsed.GetRequiredValue(_boundary) switch
        {
            "periodic" => Boundary.Periodic,
            "symmetric" => Boundary.Symmetric,
            "zero_padding" => Boundary.ZeroPadding,
            var word => throw new InvalidInputException("--boundary", $"expected a boundary, got '{word}'"),
        },
        Dataset = parsed.GetRequiredValue(_dataset),
        DataDir = parsed.GetValue(_dataDir),
        Layout = LayoutOf(parsed.GetValue(_layout)),
        Normalize = NormalizationOf(parsed),
        Epsilon = parsed.GetValue(_epsilon),
        ResDepth = parsed.GetValue(_resDepth),
        NumComputations = parsed.GetResult(_numComputations) is { Implicit: false } ? parsed.GetValue(_numComputations) : LargestDivisor(parsed.GetRequiredValue(_totalDepth)),
        Depths = DepthsOf(parsed),
        Seed = parsed.GetValue(_seed),
    };

    private static int? Number(ParseResult parsed, Option<int> option) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    private InputNormalization NormalizationOf(ParseResult parsed) => parsed.GetRequiredValue(_normalize) switch
    {
        "channel" => InputNormalization.Channel,
        "global" => InputNormalization.Global,
        "none" => InputNormalization.None,
        var word => throw new InvalidInputException("--normalize", $"expected a normalisation, got '{word}'"),
    };

    /// <summary>The depths that were listed; null if none were.</summary>
    /// <exception cref="InvalidInputException">They are no list of numbers, or a number of depths was given as well.</exception>
    private DepthList? DepthsOf(ParseResult parsed) => parsed.GetValue(_depths) is not { } text ? null
        : parsed.GetResult(_numComputations) is { Implicit: false } ? throw new InvalidInputException("--depths", "expected without --num-computations: the one lists the depths, the other spaces them evenly")
        : DepthList.Parse("--depths", text);

    /// <summary>The largest divisor of a depth up to 100; 1 for a depth that is refused elsewhere.</summary>
    private static int LargestDivisor(int depth) => Enumerable.Range(1, 100).LastOrDefault(divisor => depth > 0 && depth % divisor == 0, 1);

    /// <summary>The layout that a word names; null for none.</summary>
    /// <exception cref="InvalidInputException">No layout has that name.</exception>
    public static ImageLayout? LayoutOf(string? word) => word switch
    {
        null => null,
        "nhwc" => ImageLayout.Nhwc,
        "nchw" => ImageLayout.Nchw,
        "nhw" => ImageLayout.Nhw,
        "hwc" => ImageLayout.Hwc,
        "chw" => ImageLayout.Chw,
        _ => throw new InvalidInputException("--layout", $"expected {string.Join(", ", Layouts)}, got '{word}'"),
    };

    /// <summary>The option that takes a layout.</summary>
    public static Option<string?> CreateLayout()
    {
        var option = new Option<string?>("--layout")
        {
            Description = $"Axes of an array of images, N images, H rows, W columns, C channels: {string.Join(", ", Layouts)} "
                + "(PyTorch's are nchw, a photograph's hwc, or chw in PyTorch); four axes are nhwc if nothing is said, three nhw",
            HelpName = "word",
        };
        option.CompletionSources.Add(Layouts);
        return option;
    }
}
