using System.CommandLine;
using System.CommandLine.Parsing;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary>The options that describe a network and its inputs.</summary>
/// <param name="source">Where the network comes from.</param>
internal sealed class NetworkOptions(NetworkOptions.Source source)
{
    private const int BatchByDefault = 64;

    private static readonly string[] Layouts = ["nhwc", "nchw", "nhw", "hwc", "chw"];
    private readonly Option<string?> _network = new Option<string?>("--network")
    {
        Description =
            "A network of layers instead of an architecture: its JSON file, or a recipe that wellbehaved network lists"
            + (source == Source.Training ? "; without dropout, and with survival 1" : ""),
        HelpName = "FILE|NAME",
    }.Taking(FileRole.ReadNetwork);
    private readonly Option<string?> _architecture = new("--architecture")
    {
        Description = $"Architecture: {string.Join(", ", Architecture.Names)}; it needs --total-depth, --kernel-size and --num-channels",
        HelpName = "word",
    };
    private readonly Option<int> _totalDepth = OptionFactory.OptionalNumber<int>(
        "--total-depth",
        source switch
        {
            Source.ArchitectureOrNetwork or Source.Training => "Number of layers, or of residual units; the repetitions that a network leaves open as \"L\"",
            _ => "The repetitions that a network leaves open as \"L\"",
        }
    );

    private readonly Option<int> _kernelSize = OptionFactory.OptionalNumber<int>(
        "--kernel-size",
        "Kernel size of an architecture's convolutions; with 1 the images are flattened and the network is fully connected"
    );
    private readonly Option<int> _numChannels = OptionFactory.OptionalNumber<int>(
        "--num-channels",
        source switch
        {
            Source.ArchitectureOrNetwork or Source.Training => "Channels of every layer; those that a network leaves open as \"N\"",
            _ => "The channels that a network leaves open as \"N\"",
        }
    );

    private readonly Option<int> _batchSize =
        source == Source.Network
            ? OptionFactory.Number("--batch-size", "Images in a batch", BatchByDefault)
            : OptionFactory.OptionalNumber<int>(
                "--batch-size",
                source == Source.Training
                    ? "Images in a batch"
                    : "Images in a batch: required, except of an ONNX file, of which the own batch is taken, or 8 if it leaves it open"
            );
    private readonly Option<InputShapes?> _input = ShapeOption.CreateForFiles();
    private readonly Option<string> _noise = OptionFactory.Choice(
        "--noise",
        "Mapping whose derivative propagates the noise: that of one input, with constant batch statistics, or the full one of the whole batch",
        "mapping",
        "full"
    );
    private readonly Option<string> _dataset =
        source == Source.Training
            ? LabelledDataset()
            : new Option<string>("--dataset")
            {
                Description =
                    "Input images: natural (embedded), gaussian, cifar10, cifar100, mnist, fashion_mnist (a part of it is embedded), the path of "
                    + "an .npy file, or FILE.npz:NAME",
                DefaultValueFactory = _ => "natural",
            }.Taking(FileRole.ReadImages);
    private readonly Option<string?> _dataDir = new Option<string?>("--data-dir")
    {
        Description =
            "Folder of the files of cifar10, cifar100 (binary or for Python), mnist or fashion_mnist (IDX), as published or as torchvision keeps them",
    }.Taking(FileRole.ReadFolder);
    private readonly Option<string?> _layout = CreateLayout();
    private readonly Option<double> _epsilon = OptionFactory.Number("--epsilon", "Added to the variance in batch norm", 0.001, "a number");
    private readonly Option<int> _resDepth = OptionFactory.Number("--res-depth", "Feedforward layers in a residual branch", 2);

    /// <summary>The greatest number of depths at which moments are computed by default.</summary>
    private const int MostDepths = 100;

    /// <summary>Fewer depths say little about the effect of depth: a total depth of 103, which is prime, would leave a single one.</summary>
    private const int FewestDepths = 10;

    private readonly Option<int> _numComputations = OptionFactory.OptionalNumber<int>(
        "--num-computations",
        "Number of depths at which moments are computed, evenly spaced. It divides the total depth; by default it is its largest divisor up to "
            + "100, and where that is below 10, 100 depths are spread as evenly as whole numbers can be"
    );
    private readonly Option<string?> _depths = new("--depths")
    {
        Description = "The depths at which moments are computed, in increasing order up to the total depth, instead of evenly spaced ones: 1,2,4,8,16",
        HelpName = "list",
    };
    private readonly Option<ulong> _seed = OptionFactory.Number("--seed", "Seed of all randomness", 0UL, "a whole number of at least 0");
    private readonly Option<string> _boundary = OptionFactory.Choice(
        "--boundary",
        "Values that a convolution reads beyond the border",
        "periodic",
        "symmetric",
        "zero_padding"
    );
    private readonly Option<string> _normalize = OptionFactory.Choice(
        "--normalize",
        "Normalisation of the input signal over the batch",
        "channel",
        "global",
        "none"
    );

    /// <summary>How a command is told its network.</summary>
    public enum Source
    {
        /// <summary>From <c>--architecture</c> or <c>--network</c>.</summary>
        ArchitectureOrNetwork,

        /// <summary>From an argument of the command, which names a network of layers.</summary>
        Network,

        /// <summary>From <c>--architecture</c> or <c>--network</c>, for training: images have labels and are normalised over the whole data set.</summary>
        Training,
    }

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
        source switch
        {
            Source.Training =>
            [
                _architecture,
                _network,
                _totalDepth,
                _kernelSize,
                _numChannels,
                _batchSize,
                _boundary,
                _dataset,
                _dataDir,
                _epsilon,
                _resDepth,
                _seed,
            ],
            Source.ArchitectureOrNetwork =>
            [
                _architecture,
                _network,
                _totalDepth,
                _kernelSize,
                _numChannels,
                _batchSize,
                _boundary,
                _input,
                _noise,
                .. Inputs,
                _epsilon,
                _resDepth,
                _numComputations,
                _depths,
                _seed,
            ],
            _ => [_totalDepth, _numChannels, _batchSize, _input, _noise, .. Inputs, _numComputations, _depths, _seed],
        };

    private IEnumerable<Option> Inputs => [_dataset, _dataDir, _layout, _normalize];

    /// <summary>The options that an architecture requires. A network of layers states these values itself or leaves them open.</summary>
    private Option[] OfArchitecture => [_architecture, _totalDepth, _kernelSize, _numChannels, _batchSize];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _architecture.CompletionSources.Add([.. Architecture.Names]);
        _network.CompletionSources.Add([.. NetworkSource.RecipeNames]);
        _dataset.CompletionSources.Add([.. source == Source.Training ? LabelledSources.Names : ImageSources.Names]);
        foreach (var option in All)
        {
            command.Options.Add(option);
        }

        if (source != Source.Network)
        {
            command.Validators.Add(RequireNetwork);
        }
    }

    /// <summary>The options that were given, as text that can be passed to another command.</summary>
    /// <param name="parsed">The call.</param>
    public string Given(ParseResult parsed) =>
        string.Join(
            ' ',
            All.Where(option => IsGiven(parsed, option))
                .SelectMany(option => parsed.GetResult(option)!.Tokens.Select(token => Audit.Shell.Word(token.Value)).Prepend(option.Name))
        );

    /// <summary>Whether an architecture may be named as well as a network of layers.</summary>
    private bool TakesEither => source is Source.ArchitectureOrNetwork or Source.Training;

    /// <summary>Whether the call names a network of layers.</summary>
    public bool IsOfLayers(ParseResult parsed) => TakesEither && parsed.GetValue(_network) is not null;

    /// <summary>Reads the options.</summary>
    /// <param name="parsed">The call.</param>
    /// <param name="numSims">Number of simulations.</param>
    /// <returns>An experiment on an architecture, or on a network of layers with its sizes filled in.</returns>
    /// <exception cref="InvalidInputException">An option or the file of the network is wrong.</exception>
    public ExperimentOptions Read(ParseResult parsed, int numSims) =>
        TakesEither && parsed.GetValue(_network) is { } network ? Read(network, parsed, numSims)
        : IsGiven(parsed, _input)
            ? throw new InvalidInputException(_input.Name, "expected with --network only: the images of an architecture have the shape that their data set has")
        : OnArchitecture(parsed, numSims);

    /// <summary>Reads the options of an experiment on a network of layers.</summary>
    /// <param name="name">A recipe or a file.</param>
    /// <param name="parsed">The call.</param>
    /// <param name="numSims">Number of simulations.</param>
    /// <returns>The experiment; its network has its sizes filled in.</returns>
    /// <exception cref="InvalidInputException">An option or the file of the network is wrong.</exception>
    public ExperimentOptions Read(string name, ParseResult parsed, int numSims)
    {
        foreach (var option in new Option[] { _architecture, _kernelSize, _boundary, _epsilon, _resDepth }.Where(option => IsGiven(parsed, option)))
        {
            throw new InvalidInputException(option.Name, "expected without --network, whose layers determine it");
        }

        if (OnnxFile.Is(name))
        {
            throw new InvalidInputException(name, "expected a network of layers; one in an ONNX file is run by wellbehaved run or diagnose");
        }

        var template = NetworkSource.Open(name);
        var (dataset, folder, layout) = (parsed.GetRequiredValue(_dataset), parsed.GetValue(_dataDir), LayoutOf(parsed.GetValue(_layout)));
        if (source == Source.Training)
        {
            LabelledSources.RequireLabels(dataset);
        }

        ExperimentOptions.RequireSizes(null, parsed.GetValue(_batchSize), null);
        var asked = ImageOf(parsed);
        var input = template.Template.Input is not null ? asked : InputOf(asked, dataset, folder, layout);
        var sizes = new NetworkSizes(input, Given(parsed, _numChannels), Given(parsed, _totalDepth));
        var network = template.With(sizes);
        return ExperimentOptions.ForNetwork(network, parsed.GetValue(_batchSize), numSims) with
        {
            Noise = NoiseOf(parsed),
            Dataset = dataset,
            DataDir = folder,
            Layout = layout,
            Normalize = NormalizationOf(parsed),
            Depths = DepthsOf(parsed) ?? Spaced(network, parsed),
            Seed = parsed.GetValue(_seed),
        };
    }

    /// <summary>Reads the options of a network in an ONNX file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parsed">The call.</param>
    /// <param name="numSims">Number of simulations.</param>
    /// <returns>The request, without the options that are only for ONNX files.</returns>
    /// <exception cref="InvalidInputException">An option is wrong.</exception>
    public OnnxRequest ReadOnnx(string path, ParseResult parsed, int numSims)
    {
        foreach (
            var option in new Option[]
            {
                _architecture,
                _totalDepth,
                _kernelSize,
                _numChannels,
                _boundary,
                _epsilon,
                _resDepth,
                _numComputations,
                _depths,
            }.Where(option => IsGiven(parsed, option))
        )
        {
            throw new InvalidInputException(option.Name, "expected without an ONNX file, which determines it");
        }

        if (numSims < 1)
        {
            throw new InvalidInputException("--num-sims", $"expected a positive number, got {numSims}");
        }

        var (dataset, input) = (IsGiven(parsed, _dataset) ? parsed.GetValue(_dataset) : null, parsed.GetValue(_input));
        foreach (var option in new Option[] { _dataDir, _layout, _normalize }.Where(option => dataset is null && IsGiven(parsed, option)))
        {
            throw new InvalidInputException(option.Name, "expected with --dataset, without which the inputs of an ONNX file are Gaussian");
        }

        return new OnnxRequest
        {
            Path = path,
            BatchSize = Given(parsed, _batchSize),
            ImageShape = input?.Image,
            InputShapes = input?.Named.ToDictionary() ?? [],
            Noise = NoiseOf(parsed),
            Seed = parsed.GetValue(_seed),
            NumSims = numSims,
            Dataset = dataset,
            DataDir = parsed.GetValue(_dataDir),
            Layout = LayoutOf(parsed.GetValue(_layout)),
            Normalize = NormalizationOf(parsed),
        };
    }

    /// <summary>The ONNX file that the call names; null where the network is not in an ONNX file.</summary>
    public string? OnnxOf(ParseResult parsed) =>
        source == Source.ArchitectureOrNetwork && parsed.GetValue(_network) is { } path && OnnxFile.Is(path) ? path : null;

    /// <summary>The shape of images that <c>--input-shape</c> gives, for a network that is not in an ONNX file.</summary>
    private Shape? ImageOf(ParseResult parsed) =>
        parsed.GetValue(_input) is not { } given ? null
        : given.Named.Count == 0 ? given.Image
        : throw new InvalidInputException(
            _input.Name,
            $"expected height, width and channels such as 32x32x3, got {given.Named.Keys.First()}=…, which names an input of an ONNX file"
        );

    /// <summary>The shape of the images, for a network that leaves it open.</summary>
    /// <exception cref="InvalidInputException">The shape asked for is not that of the data set; gaussian images may have any shape.</exception>
    private static Shape? InputOf(Shape? asked, string dataset, string? folder, ImageLayout? layout)
    {
        if (asked is not null && dataset == GaussianImages.Name && folder is null && layout is null)
        {
            return asked;
        }

        var images = ImageSources.Open(dataset, folder, layout);
        var shape = new Shape(images.Height, images.Width, images.Channels);
        return asked is null || asked == shape
            ? shape
            : throw new InvalidInputException(
                "--input-shape",
                $"expected {ShapeOption.Spell(shape)}, the shape of the images of {dataset}, got {ShapeOption.Spell(asked.Value)}; images of "
                    + "--dataset gaussian have any shape"
            );
    }

    private ExperimentOptions OnArchitecture(ParseResult parsed, int numSims) =>
        new()
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
            Noise = NoiseOf(parsed),
            Dataset = parsed.GetRequiredValue(_dataset),
            DataDir = parsed.GetValue(_dataDir),
            Layout = LayoutOf(parsed.GetValue(_layout)),
            Normalize = NormalizationOf(parsed),
            Epsilon = parsed.GetValue(_epsilon),
            ResDepth = parsed.GetValue(_resDepth),
            NumComputations = Given(parsed, _numComputations) ?? LargestDivisor(parsed.GetValue(_totalDepth)),
            Depths = DepthsOf(parsed) ?? (IsGiven(parsed, _numComputations) ? null : Spread(parsed.GetValue(_totalDepth))),
            Seed = parsed.GetValue(_seed),
        };

    private void RequireNetwork(CommandResult result)
    {
        if (TakesEither && result.GetResult(_network) is { } network)
        {
            if (result.GetResult(_batchSize) is null or { Implicit: true } && !IsOnnx(network))
            {
                result.AddError(CallError.Missing(_batchSize.Name));
            }

            return;
        }

        if (TakesEither && result.GetResult(_architecture) is null)
        {
            result.AddError(CallError.Missing($"{_architecture.Name} or {_network.Name}"));
            return;
        }

        foreach (var option in OfArchitecture.Where(option => result.GetResult(option) is null or { Implicit: true }))
        {
            result.AddError(CallError.Missing(option.Name));
        }
    }

    private static bool IsOnnx(OptionResult network) => network.Tokens is [var path] && OnnxFile.Is(path.Value);

    /// <summary>The option that names images with labels.</summary>
    private static Option<string> LabelledDataset() =>
        new Option<string>("--dataset")
        {
            Description =
                $"Images with labels: {string.Join(", ", LabelledSources.Names)}; without --data-dir fashion_mnist is 3,000 of its training and "
                + "1,000 of its test images, which are embedded",
            DefaultValueFactory = _ => LabelledSources.Names[0],
        }.Taking(FileRole.ReadImages);

    private NoiseKind NoiseOf(ParseResult parsed) =>
        source == Source.Training
            ? NoiseKind.Mapping
            : parsed.GetRequiredValue(_noise) switch
            {
                "mapping" => NoiseKind.Mapping,
                "full" => NoiseKind.Full,
                var word => throw new InvalidInputException("--noise", $"expected a noise, got '{word}'"),
            };

    private InputNormalization NormalizationOf(ParseResult parsed) =>
        source == Source.Training
            ? InputNormalization.Global
            : parsed.GetRequiredValue(_normalize) switch
            {
                "channel" => InputNormalization.Channel,
                "global" => InputNormalization.Global,
                "none" => InputNormalization.None,
                var word => throw new InvalidInputException("--normalize", $"expected a normalisation, got '{word}'"),
            };

    /// <summary>The depths that <c>--depths</c> lists; null if it was not given.</summary>
    /// <exception cref="InvalidInputException">The list is not one of numbers, or a number of depths was given as well.</exception>
    private DepthList? DepthsOf(ParseResult parsed) =>
        parsed.GetValue(_depths) is not { } text ? null
        : IsGiven(parsed, _numComputations)
            ? throw new InvalidInputException("--depths", "expected without --num-computations, which asks for evenly spaced depths")
        : DepthList.Parse("--depths", text);

    /// <summary>Evenly spaced repetitions of the only repeat of a network; null for all repetitions, and for a network without a repeat.</summary>
    private DepthList? Spaced(Networks.Network network, ParseResult parsed)
    {
        var given = Given(parsed, _numComputations);
        if (RecordedPlaces.RepetitionsOf(network) is not var (_, times))
        {
            return given is null
                ? null
                : throw new InvalidInputException(
                    "--num-computations",
                    $"expected only for a network of one repeat, since it selects repetitions; every place of {network.Name} is recorded"
                );
        }

        if (given is null && Spread(times) is { } spread)
        {
            return spread;
        }

        var computations = given ?? LargestDivisor(times);
        if (computations < 1 || times % computations != 0)
        {
            throw new InvalidInputException("--num-computations", $"expected a divisor of the {times} repetitions of {network.Name}, got {computations}");
        }

        return computations == times ? null : new DepthList(Enumerable.Range(1, computations).Select(i => i * (times / computations)));
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static int? Given(ParseResult parsed, Option<int> option) => IsGiven(parsed, option) ? parsed.GetValue(option) : null;

    /// <summary>Depths spread as evenly as whole numbers allow, where the largest divisor of the depth would leave too few; null otherwise.</summary>
    private static DepthList? Spread(int depth) =>
        depth <= MostDepths || LargestDivisor(depth) >= FewestDepths
            ? null
            : new DepthList(Enumerable.Range(1, MostDepths).Select(i => (int)((long)i * depth / MostDepths)));

    /// <summary>The largest divisor of a depth that is at most 100; 1 for an invalid depth, which is refused elsewhere.</summary>
    private static int LargestDivisor(int depth) => Enumerable.Range(1, MostDepths).LastOrDefault(divisor => depth > 0 && depth % divisor == 0, 1);

    /// <summary>The layout that a word names; null for none.</summary>
    /// <exception cref="InvalidInputException">No layout has that name.</exception>
    public static ImageLayout? LayoutOf(string? word) =>
        word switch
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
            Description =
                $"Axes of an array of images, N images, H rows, W columns, C channels: {string.Join(", ", Layouts)} "
                + "(PyTorch's are nchw, a photograph's hwc, or chw in PyTorch); by default four axes are nhwc, three nhw",
            HelpName = "word",
        };
        option.CompletionSources.Add(Layouts);
        return option;
    }
}
