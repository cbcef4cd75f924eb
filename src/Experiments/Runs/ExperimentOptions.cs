using System.Diagnostics;
using System.Text.Json.Serialization;
using Wellbehaved.Networks;

namespace Wellbehaved.Experiments;

/// <summary>
/// Everything that determines the result of an experiment, on one of the post's architectures or on any network of layers. Names are those of the author's
/// package.
/// </summary>
public sealed record ExperimentOptions
{
    /// <summary>
    /// The greatest number of channels, far more than a machine can run. So products of sizes fit 64 bits, and theory's tables by width fit memory.
    /// </summary>
    private const int MostChannels = 1 << 20;

    /// <summary>The greatest number of places; readers of result files would refuse the texts of more.</summary>
    private const int MostPlaces = 1 << 14;

    /// <summary>The greatest number of characters in a configuration; readers accept four megabytes, at four bytes for each character.</summary>
    private const int MostCharacters = 1 << 20;

    private const int MostImages = 1 << 24;

    private const int MostSpatialPositions = 1 << 20;

    private readonly int _numComputations = 100;

    /// <summary>Name of the architecture; null where <see cref="Network"/> is run instead.</summary>
    public required string? Architecture { get; init; }

    /// <summary>The network, where it is described by its layers; <see cref="ForNetwork(Networks.Network, int, int)"/> makes such options.</summary>
    [JsonIgnore]
    public Network? Network { get; private init; }

    /// <summary>The network's name in results, titles and messages.</summary>
    [JsonIgnore]
    public string Name => Network?.Name ?? Architecture ?? throw new UnreachableException("options have an architecture or a network");

    /// <summary>The mapping whose derivative the noise is. A configuration omits the default, because older files have no such key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NoiseKind Noise { get; init; } = NoiseKind.Mapping;

    /// <summary>Number of layers or residual units.</summary>
    public required int TotalDepth { get; init; }

    /// <summary>Kernel size of an architecture; 1 means fully connected. 0 for a described network, whose layers have their own.</summary>
    public required int KernelSize { get; init; }

    /// <summary>Channels of every layer of an architecture. 0 for a described network, whose layers have their own.</summary>
    public required int NumChannels { get; init; }

    /// <summary>Images in a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Number of simulations, each with its own batch, noise and weights.</summary>
    public required int NumSims { get; init; }

    /// <summary>What a convolution reads beyond the border of the image.</summary>
    public Boundary Boundary { get; init; } = Boundary.Periodic;

    /// <summary>Input images; see <see cref="ImageSources.Open"/>.</summary>
    public string Dataset { get; init; } = "natural";

    /// <summary>Folder of the data set's files, where it needs one.</summary>
    public string? DataDir { get; init; }

    /// <summary>
    /// The meaning of each axis of a file of images; null for the default. A configuration omits the default, because older files have no such key.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageLayout? Layout { get; init; }

    /// <summary>Normalisation of the input signal.</summary>
    public InputNormalization Normalize { get; init; } = InputNormalization.Channel;

    /// <summary>ε of batch norm.</summary>
    public double Epsilon { get; init; } = 0.001;

    /// <summary>Feedforward layers in a residual branch, H.</summary>
    public int ResDepth { get; init; } = 2;

    /// <summary>Number of depths at which moments are computed; they are evenly spaced up to the total depth, unless <see cref="Depths"/> lists them.</summary>
    public int NumComputations
    {
        get => Depths?.Count ?? _numComputations;
        init => _numComputations = value;
    }

    /// <summary>
    /// The depths at which moments are computed; null for evenly spaced ones. A configuration omits evenly spaced ones, because older files have no such key.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DepthList? Depths { get; init; }

    /// <summary>The seed of all randomness.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the effective rank of the signal is computed.</summary>
    public bool ReffSignal { get; init; } = true;

    /// <summary>Whether the effective rank of the noise is computed.</summary>
    public bool ReffNoise { get; init; } = true;

    /// <summary>Whether gradients are passed back through each mapping. A configuration omits the default, because older files have no such key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Gradients { get; init; }

    /// <summary>The difference between neighbouring depths at which moments are computed, where these are evenly spaced.</summary>
    internal int DepthInterval => TotalDepth / NumComputations;

    /// <summary>The depths at which moments are computed, listed or evenly spaced.</summary>
    [JsonIgnore]
    internal IReadOnlyList<int> ComputedDepths => Depths ?? (IReadOnlyList<int>)[.. Enumerable.Range(1, NumComputations).Select(i => i * DepthInterval)];

    /// <summary>Options of an experiment on a network of layers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batchSize">Images in a batch.</param>
    /// <param name="numSims">Number of simulations.</param>
    /// <returns>Options with defaults for everything else.</returns>
    public static ExperimentOptions ForNetwork(Network network, int batchSize, int numSims)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new()
        {
            Architecture = null,
            Network = network,
            TotalDepth = Math.Max(1, RecordedPlaces.RepetitionsOf(network)?.Times ?? network.Depth),
            KernelSize = 0,
            NumChannels = 0,
            BatchSize = batchSize,
            NumSims = numSims,
            NumComputations = 1,
        };
    }

    /// <summary>The same options on another network.</summary>
    internal ExperimentOptions On(Network network) => this with { Network = network };

    /// <summary>The same experiment on another network of the same inputs; every place is recorded.</summary>
    /// <param name="network">The network.</param>
    /// <returns>The options.</returns>
    internal ExperimentOptions WithNetwork(Network network) => this with { Network = network, Depths = null };

    /// <summary>Number of units.</summary>
    internal int Units => Network?.Depth ?? TotalDepth;

    /// <summary>
    /// Number of steps of a simulation, after each of which progress is reported: its units, and as many again for each pass that gradients need, forward and
    /// back.
    /// </summary>
    internal int Steps => (Gradients ? 3 : 1) * Units;

    /// <summary>Whether the network has a single point, so that nothing varies over points: the variance is 0, χ and r_eff are undefined.</summary>
    /// <param name="images">The input images.</param>
    /// <returns>True for one image in a fully connected network, or in a network that shrinks it to one position.</returns>
    internal bool HasSinglePoint(ImageSource images) => Settings(images).FeatureShape.Points == 1;

    /// <summary>Describes the network.</summary>
    /// <param name="images">The input images.</param>
    /// <returns>The settings.</returns>
    internal NetworkSettings Settings(ImageSource images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Settings(images.BatchShape(BatchSize));
    }

    /// <summary>Opens the input images. Gaussian images have the shape of the described network's input.</summary>
    /// <returns>The images.</returns>
    /// <exception cref="InvalidInputException">The data set is unknown, or its files are missing or damaged.</exception>
    public ImageSource OpenImages() =>
        Network is { } network && Dataset == GaussianImages.Name && DataDir is null && Layout is null
            ? new GaussianImages(network.Input.Height, network.Input.Width, network.Input.Channels)
            : ImageSources.Open(Dataset, DataDir, Layout);

    /// <summary>
    /// The network in the form for which its input is prepared. A network that begins with a flattening layer receives vectors instead of images: their
    /// features are normalised one by one, as for a fully connected architecture.
    /// </summary>
    internal Network? PreparedNetwork
    {
        get
        {
            Layer[] rest = [.. (Network?.Layers ?? Layers.None).SkipWhile(layer => layer is Flatten)];
            return Network is { } network && rest.Length > 0 && rest.Length < network.Layers.Count
                ? Networks.Network.PartOf(network.Name, new Flatten().OutputOf(network.Input), [.. rest])
                : Network;
        }
    }

    /// <summary>The places of a described network at which moments are taken; null for an architecture.</summary>
    [JsonIgnore]
    internal RecordedPlaces? RecordedPlaces => Network is { } network ? Experiments.RecordedPlaces.Recall(network, BatchSize, Depths) : null;

    /// <summary>The repeated unit of which the network consists; null for an architecture, and for any other network.</summary>
    [JsonIgnore]
    internal RepeatedUnit? RepeatedUnit => RecordedPlaces is { } places ? Experiments.RepeatedUnit.Find(Network!, places) : null;

    /// <summary>The architecture that is repeated.</summary>
    /// <exception cref="InvalidOperationException">These are options of a described network.</exception>
    [JsonIgnore]
    internal Model.Architecture NamedArchitecture =>
        Architecture is { } name
            ? Model.Architecture.Named(name, ResDepth)
            : throw new InvalidOperationException("expected an architecture, got a described network");

    /// <summary>Describes the network.</summary>
    /// <param name="batch">Shape of a batch of input images.</param>
    /// <returns>The settings.</returns>
    internal NetworkSettings Settings(TensorShape batch) => new(NamedArchitecture, batch, TotalDepth, NumChannels, KernelSize, Boundary, Epsilon);

    /// <summary>Refuses an unknown architecture.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidInputException">The name is not one of <see cref="Model.Architecture.Names"/>.</exception>
    internal static void RequireArchitecture(string name)
    {
        if (!Model.Architecture.Names.Contains(name))
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(Architecture)),
                $"expected {string.Join(", ", Model.Architecture.Names)}, got '{name}'{Spelling.Hint(name, Model.Architecture.Names)}"
            );
        }
    }

    /// <summary>Refuses sizes that no experiment can have, whether they come from the command line or from a file.</summary>
    /// <param name="numChannels">Channels of every layer; null if not given.</param>
    /// <param name="batchSize">Images in a batch; null if not given.</param>
    /// <param name="kernelSize">Kernel size; null if not given.</param>
    /// <exception cref="InvalidInputException">A size is out of range; the message names it and what is expected.</exception>
    internal static void RequireSizes(int? numChannels, int? batchSize, int? kernelSize)
    {
        RequireUpTo(ParameterName.Spell(nameof(NumChannels)), numChannels, MostChannels);
        RequireUpTo(ParameterName.Spell(nameof(BatchSize)), batchSize, MostImages);
        RequireUpTo(ParameterName.Spell(nameof(KernelSize)), kernelSize, MostSpatialPositions);
    }

    /// <summary>Refuses a batch norm over a single point.</summary>
    /// <param name="architecture">Name of the architecture.</param>
    /// <param name="kernelSize">Kernel size; null if not known.</param>
    /// <param name="batchSize">Images in a batch; null if not known.</param>
    /// <exception cref="InvalidInputException">A fully connected network with batch norm would get a single image.</exception>
    internal static void RequireVariance(string architecture, int? kernelSize, int? batchSize)
    {
        if (kernelSize == 1 && batchSize == 1 && Model.Architecture.Named(architecture).HasBatchNorm)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(BatchSize)),
                $"expected at least 2 for a fully connected {architecture}, since batch norm maps a single point to zero; got 1"
            );
        }
    }

    /// <summary>Checks each option by itself; call it before anything is opened or allocated.</summary>
    /// <exception cref="InvalidInputException">An option is out of range; the message names it and what is expected.</exception>
    public void Validate()
    {
        RequirePositive(ParameterName.Spell(nameof(NumSims)), NumSims);
        RequireInputs();
        if (Network is { } network)
        {
            RequireSizes(null, BatchSize, null);
            if (Depths is not null && RecordedPlaces.RepetitionsOf(network) is null)
            {
                throw new InvalidInputException(
                    ParameterName.Spell(nameof(Depths)),
                    $"expected only for a network of one repeat, since it selects repetitions; {network.Name} has none, or several, so every "
                        + "place of it is recorded"
                );
            }

            Depths?.RequireWithin(ParameterName.Spell(nameof(Depths)), TotalDepth);

            // Before the places are listed: a few words describe millions of them.
            if (RecordedPlaces.CountOf(network, Depths) is > MostPlaces and var places)
            {
                throw new InvalidInputException(
                    ParameterName.Spell(nameof(Depths)),
                    $"expected at most {MostPlaces} places to be recorded, got {places}; record fewer repetitions of the one repeat, where the network has one"
                );
            }

            return;
        }

        RequireArchitecture(Architecture ?? "");
        RequirePositive(ParameterName.Spell(nameof(TotalDepth)), TotalDepth);
        RequireSizes(NumChannels, BatchSize, KernelSize);
        RequirePositive(ParameterName.Spell(nameof(ResDepth)), ResDepth);
        Depths?.RequireWithin(ParameterName.Spell(nameof(Depths)), TotalDepth);
        RequirePositive(ParameterName.Spell(nameof(NumComputations)), NumComputations);
        if ((long)TotalDepth * ResDepth > int.MaxValue)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(TotalDepth)),
                $"expected at most {int.MaxValue} layers in all, got {TotalDepth} units of {ResDepth}"
            );
        }

        if (!Enum.IsDefined(Boundary))
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(Boundary)), "expected one of the values that run accepts, got another one");
        }

        if (Depths is null && TotalDepth % NumComputations != 0)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(TotalDepth)),
                $"expected a multiple of {ParameterName.Spell(nameof(NumComputations))} {NumComputations}, got {TotalDepth}"
            );
        }

        if (Boundary == Boundary.Symmetric && KernelSize % 2 == 0)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(KernelSize)),
                $"expected an odd kernel with {ParameterName.Spell(nameof(Boundary))} symmetric, got {KernelSize}"
            );
        }

        if (!double.IsFinite(Epsilon) || Epsilon < 0)
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(Epsilon)), $"expected a finite number of at least 0, got {Epsilon}");
        }
    }

    /// <summary>Checks the options against the images and the machine's memory.</summary>
    /// <param name="images">The input images.</param>
    /// <param name="threads">Threads of a simulation, some of whose memory each has for itself.</param>
    /// <exception cref="InvalidInputException">The batch is larger than the data set, the kernel size exceeds the images, batch norm would get a single
    /// point, or the buffers would not fit memory.</exception>
    internal void ValidateFor(ImageSource images, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count < BatchSize)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(BatchSize)),
                $"expected at most the {Counted.Spell(images.Count.Value, "image")} of {ParameterName.Spell(nameof(Dataset))} {Dataset}, got {BatchSize}"
            );
        }

        if (Network is { } network)
        {
            RequireFit(network, images);
            ValidateFor(images.Height, images.Width, images.Channels, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, threads);
            return;
        }

        // In an image of one row or one column, the other extent limits the kernel size.
        var side = Math.Min(images.Height, images.Width) is > 1 and var shorter ? shorter : Math.Max(images.Height, images.Width);
        if (KernelSize > side)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(KernelSize)),
                $"expected at most {side}, the extent of the {images.Height}×{images.Width} images, got {KernelSize}"
            );
        }

        ValidateFor(images.Height, images.Width, images.Channels, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, threads);

        RequireDescription(images);

        if (HasSinglePoint(images) && NamedArchitecture.HasBatchNorm)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(BatchSize)),
                $"expected at least 2 for a fully connected {Architecture}, since batch norm maps a single point to zero; got {BatchSize}"
            );
        }
    }

    /// <summary>Refuses differentiated statistics, and gradients, of an architecture that cannot be described as layers, which both need.</summary>
    private void RequireDescription(ImageSource images)
    {
        if (Noise != NoiseKind.Full && !Gradients)
        {
            return;
        }

        if (Settings(images).WhyUndescribed() is { } reason)
        {
            throw new InvalidInputException(
                ParameterName.Spell(Gradients ? nameof(Gradients) : nameof(Noise)),
                $"expected a network that a description by layers allows: {reason}"
            );
        }
    }

    /// <summary>Checks the options against the shape of the images.</summary>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="available">Bytes of memory; infinite for an experiment that another machine ran.</param>
    /// <param name="threads">Threads of a simulation.</param>
    /// <exception cref="InvalidInputException">The buffers would not fit memory, or an array.</exception>
    internal void ValidateFor(int height, int width, int channels, double available, int threads = 1)
    {
        var needed = MemoryFootprint.Bytes(this, height, width, channels, threads);
        if (needed.LargestBuffer > Array.MaxLength || needed.Total > available)
        {
            throw new InvalidInputException(
                Network is null
                    ? ParameterName.Spell(nameof(NumChannels), nameof(BatchSize), nameof(KernelSize), nameof(NumSims))
                    : ParameterName.Spell(nameof(Network), nameof(BatchSize), nameof(NumSims)),
                $"expected sizes that fit memory: one simulation and the results need {ByteCount.Spell(needed.Total)}, there are "
                    + $"{ByteCount.Spell(available)}, and a single buffer may hold {Array.MaxLength} elements, an array of a result file as many bytes"
            );
        }
    }

    /// <summary>Requires that the options of the input have valid values, since a file may give them any number.</summary>
    private void RequireInputs()
    {
        if (Dataset is null || !Enum.IsDefined(Normalize))
        {
            throw new InvalidInputException(
                Dataset is null ? ParameterName.Spell(nameof(Dataset)) : ParameterName.Spell(nameof(Normalize)),
                "expected one of the values that run accepts, got another one"
            );
        }

        if (!Enum.IsDefined(Noise))
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(Noise)), "expected mapping, full, got neither");
        }

        if (Layout is { } layout && !Enum.IsDefined(layout))
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(Layout)), $"expected {ImageAxes.Names}, got '{layout}'");
        }
    }

    /// <summary>Refuses images that do not have the shape of the network's input, and a batch norm over a single point.</summary>
    private void RequireFit(Network network, ImageSource images)
    {
        var shape = new Shape(images.Height, images.Width, images.Channels);
        if (shape != network.Input)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(Dataset)),
                $"expected images of {network.Input}, which {network.Name} reads, got {shape} of {Dataset}; images of "
                    + $"{ParameterName.Spell(nameof(Dataset))} gaussian have any shape"
            );
        }

        if (RecordedPlaces!.Ends.Count == 0)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(Network)),
                $"expected a repeat, a residual or a layer with weights, by which depth is counted; {network.Name} has none"
            );
        }

        if (ResultConfiguration.Write(this).Length > MostCharacters)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(Network)),
                $"expected a network of at most {MostCharacters} characters in its JSON form, with its sizes put in"
            );
        }

        if (network.Places.Any(place => place.After is BatchNorm && BatchSize * place.Shape.Positions == 1))
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(BatchSize)),
                $"expected at least 2 for {network.Name}, since batch norm maps a single point to zero; got 1"
            );
        }
    }

    private static void RequireUpTo(string parameter, int? value, int most)
    {
        if (value is { } given)
        {
            RequirePositive(parameter, given);
            if (given > most)
            {
                throw new InvalidInputException(parameter, $"expected at most {most}, got {given}");
            }
        }
    }

    private static void RequirePositive(string parameter, int value)
    {
        if (value <= 0)
        {
            throw new InvalidInputException(parameter, $"expected a positive number, got {value}");
        }
    }
}
