using System.Text.Json.Serialization;

namespace Wellbehaved.Experiments;

/// <summary>Everything that determines the result of an experiment. Names are those of the author's package.</summary>
public sealed record ExperimentOptions
{
    /// <summary>Far beyond what a machine can run; within it no product of sizes leaves 64 bits, and what theory tabulates by width fits memory.</summary>
    private const int MostChannels = 1 << 20;

    private const int MostImages = 1 << 24;

    private const int MostSpatialPositions = 1 << 20;

    private readonly int _numComputations = 100;

    /// <summary>Name of the architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>Number of layers or residual units.</summary>
    public required int TotalDepth { get; init; }

    /// <summary>Kernel extent; 1 means fully connected.</summary>
    public required int KernelSize { get; init; }

    /// <summary>Channels of every layer.</summary>
    public required int NumChannels { get; init; }

    /// <summary>Images in a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Number of simulations, each with its own batch, noise and weights.</summary>
    public required int NumSims { get; init; }

    /// <summary>What lies beyond the border of the image.</summary>
    public Boundary Boundary { get; init; } = Boundary.Periodic;

    /// <summary>Input images; see <see cref="ImageSources.Open"/>.</summary>
    public string Dataset { get; init; } = "natural";

    /// <summary>Folder of the data set's files, where it needs one.</summary>
    public string? DataDir { get; init; }

    /// <summary>Which axis of a file of images is which; null for the default, of which a configuration says nothing: older files have no such key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageLayout? Layout { get; init; }

    /// <summary>Normalisation of the input signal.</summary>
    public InputNormalization Normalize { get; init; } = InputNormalization.Channel;

    /// <summary>ε of batch norm.</summary>
    public double Epsilon { get; init; } = 0.001;

    /// <summary>Feedforward layers in a residual branch, H.</summary>
    public int ResDepth { get; init; } = 2;

    /// <summary>Number of depths at which moments are computed: evenly spaced up to the total depth, unless <see cref="Depths"/> says which they are.</summary>
    public int NumComputations { get => Depths?.Count ?? _numComputations; init => _numComputations = value; }

    /// <summary>The depths at which moments are computed; null for evenly spaced ones, of which a configuration says nothing: older files have no such key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DepthList? Depths { get; init; }

    /// <summary>The seed of all randomness.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the effective rank of the signal is computed.</summary>
    public bool ReffSignal { get; init; } = true;

    /// <summary>Whether the effective rank of the noise is computed.</summary>
    public bool ReffNoise { get; init; } = true;

    /// <summary>Depths between two computations of moments where these are evenly spaced.</summary>
    public int DepthInterval => TotalDepth / NumComputations;

    /// <summary>The depths at which moments are computed, whoever chose them.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> ComputedDepths => Depths ?? (IReadOnlyList<int>)[.. Enumerable.Range(1, NumComputations).Select(i => i * DepthInterval)];

    /// <summary>Whether the net has a single point, over which nothing varies: variance 0, χ and r_eff undefined.</summary>
    /// <param name="images">The input images.</param>
    /// <returns>True for one image in a fully connected net, or a net that shrinks it to one position.</returns>
    public bool HasSinglePoint(ImageSource images) => Settings(images).FeatureShape.Points == 1;

    /// <summary>Describes the network.</summary>
    /// <param name="images">The input images.</param>
    /// <returns>The settings.</returns>
    public NetworkSettings Settings(ImageSource images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Settings(images.BatchShape(BatchSize));
    }

    /// <summary>Describes the network.</summary>
    /// <param name="batch">Shape of a batch of input images.</param>
    /// <returns>The settings.</returns>
    internal NetworkSettings Settings(TensorShape batch) =>
        new(Model.Architecture.Named(Architecture, ResDepth), batch, TotalDepth, NumChannels, KernelSize, Boundary, Epsilon);

    /// <summary>Refuses an architecture that nobody knows.</summary>
    /// <param name="name">What <c>--architecture</c> was given.</param>
    /// <exception cref="InvalidInputException">It is none of <see cref="Model.Architecture.Names"/>.</exception>
    public static void RequireArchitecture(string name)
    {
        if (!Model.Architecture.Names.Contains(name))
        {
            throw new InvalidInputException("--architecture", $"expected {string.Join(", ", Model.Architecture.Names)}, got '{name}'{Spelling.Hint(name, Model.Architecture.Names)}");
        }
    }

    /// <summary>Refuses sizes that no experiment has, wherever they were given: on the command line or in a file.</summary>
    /// <param name="numChannels">Channels of every layer; null if not given.</param>
    /// <param name="batchSize">Images in a batch; null if not given.</param>
    /// <param name="kernelSize">Kernel extent; null if not given.</param>
    /// <exception cref="InvalidInputException">One of them is out of range; names it and what is expected.</exception>
    public static void RequireSizes(int? numChannels, int? batchSize, int? kernelSize)
    {
        RequireUpTo("--num-channels", numChannels, MostChannels);
        RequireUpTo("--batch-size", batchSize, MostImages);
        RequireUpTo("--kernel-size", kernelSize, MostSpatialPositions);
    }

    /// <summary>Refuses a batch norm over a single point.</summary>
    /// <param name="architecture">Name of the architecture.</param>
    /// <param name="kernelSize">Kernel extent; null if not known.</param>
    /// <param name="batchSize">Images in a batch; null if not known.</param>
    /// <exception cref="InvalidInputException">A fully connected network with batch norm is given one image.</exception>
    public static void RequireVariance(string architecture, int? kernelSize, int? batchSize)
    {
        if (kernelSize == 1 && batchSize == 1 && Model.Architecture.Named(architecture).HasBatchNorm)
        {
            throw new InvalidInputException("--batch-size", $"expected at least 2 for a fully connected {architecture}, since batch norm leaves nothing of a single point; got 1");
        }
    }

    /// <summary>Checks each option alone; call it before anything is opened or allocated.</summary>
    /// <exception cref="InvalidInputException">An option is out of range; names it and what is expected.</exception>
    public void Validate()
    {
        RequireArchitecture(Architecture);
        RequirePositive("--total-depth", TotalDepth);
        RequireSizes(NumChannels, BatchSize, KernelSize);
        RequirePositive("--num-sims", NumSims);
        RequirePositive("--res-depth", ResDepth);
        Depths?.RequireWithin("--depths", TotalDepth);
        RequirePositive("--num-computations", NumComputations);
        if ((long)TotalDepth * ResDepth > int.MaxValue)
        {
            throw new InvalidInputException("--total-depth", $"expected at most {int.MaxValue} layers in all, got {TotalDepth} units of {ResDepth}");
        }

        if (Dataset is null || !Enum.IsDefined(Boundary) || !Enum.IsDefined(Normalize))
        {
            throw new InvalidInputException(Dataset is null ? "--dataset" : Enum.IsDefined(Boundary) ? "--normalize" : "--boundary", "expected one of the words that run takes, got none of them");
        }

        if (Depths is null && TotalDepth % NumComputations != 0)
        {
            throw new InvalidInputException("--total-depth", $"expected a multiple of --num-computations {NumComputations}, got {TotalDepth}");
        }

        if (Boundary == Boundary.Symmetric && KernelSize % 2 == 0)
        {
            throw new InvalidInputException("--kernel-size", $"expected an odd kernel with --boundary symmetric, got {KernelSize}");
        }

        if (Layout is { } layout && !Enum.IsDefined(layout))
        {
            throw new InvalidInputException("--layout", $"expected {ImageAxes.Names}, got '{layout}'");
        }

        if (!double.IsFinite(Epsilon) || Epsilon < 0)
        {
            throw new InvalidInputException("--epsilon", $"expected a finite number of at least 0, got {Epsilon}");
        }
    }

    /// <summary>Checks the options against the images and the machine's memory.</summary>
    /// <param name="images">The input images.</param>
    /// <exception cref="InvalidInputException">The batch is larger than the data set, the kernel is larger than the images, batch norm would see a single point, or the buffers would not fit memory.</exception>
    public void ValidateFor(ImageSource images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count < BatchSize)
        {
            throw new InvalidInputException("--batch-size", $"expected at most the {Counted.Of(images.Count.Value, "image")} of --dataset {Dataset}, got {BatchSize}");
        }

        // Images of one row or column are signals over the other one.
        var side = Math.Min(images.Height, images.Width) is > 1 and var shorter ? shorter : Math.Max(images.Height, images.Width);
        if (KernelSize > side)
        {
            throw new InvalidInputException("--kernel-size", $"expected at most {side}, the extent of the {images.Height}×{images.Width} images, got {KernelSize}");
        }

        ValidateFor(images.Height, images.Width, images.Channels, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

        if (HasSinglePoint(images) && Model.Architecture.Named(Architecture).HasBatchNorm)
        {
            throw new InvalidInputException("--batch-size", $"expected at least 2 for a fully connected {Architecture}, since batch norm leaves nothing of a single point; got {BatchSize}");
        }
    }

    /// <summary>Checks the options against the shape of the images.</summary>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="available">Bytes of memory; infinite for an experiment that another machine ran.</param>
    /// <exception cref="InvalidInputException">The buffers would not fit memory, or an array.</exception>
    internal void ValidateFor(int height, int width, int channels, double available)
    {
        var needed = MemoryFootprint.Bytes(this, height, width, channels);
        if (needed.LargestBuffer > Array.MaxLength || needed.Total > available)
        {
            throw new InvalidInputException("--num-channels, --batch-size, --kernel-size, --num-sims", $"expected sizes that fit memory: one simulation and the results need {ByteCount.Spell(needed.Total)}, there are {ByteCount.Spell(available)}, and a single buffer may hold {Array.MaxLength} elements");
        }
    }

    private static void RequireUpTo(string option, int? value, int most)
    {
        if (value is { } given)
        {
            RequirePositive(option, given);
            if (given > most)
            {
                throw new InvalidInputException(option, $"expected at most {most}, got {given}");
            }
        }
    }

    private static void RequirePositive(string option, int value)
    {
        if (value <= 0)
        {
            throw new InvalidInputException(option, $"expected a positive number, got {value}");
        }
    }
}
