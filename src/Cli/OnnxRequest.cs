using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>The options for a network in an ONNX file; the process that runs ONNX Runtime receives them as JSON.</summary>
internal sealed record OnnxRequest
{
    /// <summary>The processor, on which files are computed unless another device is asked for.</summary>
    public const string Cpu = "cpu";

    /// <summary>The model's file.</summary>
    public required string Path { get; init; }

    /// <summary>Images or sequences in a batch; null for the number in the file, or 8 where the file leaves it open.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Shape of the images of inputs that the file leaves open.</summary>
    public Shape? ImageShape { get; init; }

    /// <summary>Shapes of inputs by name, batch included.</summary>
    public Dictionary<string, long[]> InputShapes { get; init; } = [];

    /// <summary>Which statistics batch normalisation uses.</summary>
    public OnnxBatchNorm BatchNorm { get; init; }

    /// <summary>The mapping whose derivative the noise is.</summary>
    public NoiseKind Noise { get; init; }

    /// <summary>Where parameters come from.</summary>
    public OnnxWeights Weights { get; init; }

    /// <summary>Patterns of names of the parameters that keep their values from the file.</summary>
    public string[] Keep { get; init; } = [];

    /// <summary>Whether effective ranks of the signal are computed.</summary>
    public bool ReffSignal { get; init; } = true;

    /// <summary>Whether effective ranks of the noise are computed.</summary>
    public bool ReffNoise { get; init; } = true;

    /// <summary>Greatest number of threads.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of mappings.</summary>
    public int NumSims { get; init; }

    /// <summary>What the process may take.</summary>
    public OnnxLimits Limits { get; init; } = OnnxLimits.Default;

    /// <summary>Indices of mappings that are finished already, and are not done again.</summary>
    public int[] Finished { get; init; } = [];

    /// <summary>The data set of images; null for Gaussian numbers of the input's own shape.</summary>
    public string? Dataset { get; init; }

    /// <summary>Folder of the data set.</summary>
    public string? DataDir { get; init; }

    /// <summary>Axes of an array of images.</summary>
    public ImageLayout? Layout { get; init; }

    /// <summary>How images are normalised.</summary>
    public InputNormalization Normalize { get; init; }

    /// <summary>A file of tokens; null for tokens that are drawn uniformly.</summary>
    public string? Tokens { get; init; }

    /// <summary>The device on which ONNX Runtime computes.</summary>
    public string Device { get; init; } = Cpu;
}
