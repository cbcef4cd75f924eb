using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Onnx;

/// <summary>How a network of a file is run.</summary>
public sealed record OnnxOptions
{
    /// <summary>Number of images or sequences in a batch, where the file leaves it open; null means 8.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Shapes, batch included, by the name of the input, for inputs of which the file leaves more open than the batch.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> InputShapes { get; init; } = new Dictionary<string, IReadOnlyList<long>>();

    /// <summary>
    /// Shape of images for inputs of four axes that the file leaves open and that <see cref="InputShapes"/> does not name. Channels are the second axis, or the
    /// last one if the lengths in the file show it.
    /// </summary>
    public Shape? ImageShape { get; init; }

    /// <summary>Which statistics batch normalisation uses.</summary>
    public OnnxBatchNorm BatchNorm { get; init; }

    /// <summary>Whether statistics of the batch are held (the post's noise) or differentiated.</summary>
    public NoiseKind Noise { get; init; }

    /// <summary>The source of the parameters.</summary>
    public OnnxWeights Weights { get; init; }

    /// <summary>Patterns of names of parameters that keep their values from the file; * stands for any text.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Whether effective ranks of the signal are computed, which takes most of the time in wide networks.</summary>
    public bool ReffSignal { get; init; } = true;

    /// <summary>Whether effective ranks of the noise are computed.</summary>
    public bool ReffNoise { get; init; } = true;

    /// <summary>Greatest number of threads.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// The device on which ONNX Runtime computes: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>. A graphics processor needs ONNX Runtime's library with CUDA in
    /// place of the one for processors only, and rounds differently.
    /// </summary>
    public string Device { get; init; } = "cpu";

    /// <summary>
    /// Gives the elements of an input for a mapping, in the order of its shape. If it is null or returns null, real numbers are independent standard normal;
    /// integers are numbers of tokens, drawn uniformly, if they select rows of a table, and 1 otherwise.
    /// </summary>
    public Func<OnnxInput, uint, float[]?>? Signal { get; init; }
}
