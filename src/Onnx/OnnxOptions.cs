using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Onnx;

/// <summary>How a network of a file is run.</summary>
public sealed record OnnxOptions
{
    /// <summary>Images or sequences in a batch, where the file leaves it open; 8 if null.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Shapes, batch included, of inputs by name, where the file leaves more open than the batch.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> InputShapes { get; init; } = new Dictionary<string, IReadOnlyList<long>>();

    /// <summary>
    /// Shape of the images of inputs with four axes that <see cref="InputShapes"/> does not name and the file leaves open: with channels as second axis, or as
    /// last one where the file's lengths say so.
    /// </summary>
    public Shape? ImageShape { get; init; }

    /// <summary>Which statistics batch normalisation takes.</summary>
    public OnnxBatchNorm BatchNorm { get; init; }

    /// <summary>Whether statistics of the batch are held (the post's noise) or differentiated.</summary>
    public NoiseKind Noise { get; init; }

    /// <summary>Where parameters come from.</summary>
    public OnnxWeights Weights { get; init; }

    /// <summary>Patterns, in which * stands for any text, of names of parameters that stay as they are in the file.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Whether effective ranks of the signal are computed, which takes most of the time in wide nets.</summary>
    public bool ReffSignal { get; init; } = true;

    /// <summary>Whether effective ranks of the noise are computed.</summary>
    public bool ReffNoise { get; init; } = true;

    /// <summary>Greatest number of threads.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Where ONNX Runtime computes: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>. A graphics processor takes ONNX Runtime's library with CUDA in the place of that
    /// for processors alone, and rounds otherwise.
    /// </summary>
    public string Device { get; init; } = "cpu";

    /// <summary>
    /// Gives the elements of an input for a mapping, in the order of its shape. Null, or where it returns null: real numbers are independent standard normal
    /// ones;
    /// integers are numbers of tokens where they choose rows of a table, drawn uniformly, and 1 elsewhere.
    /// </summary>
    public Func<OnnxInput, uint, float[]?>? Signal { get; init; }
}
