using Wellbehaved.Model;

namespace Wellbehaved.Onnx;

/// <summary>How a network of a file is run.</summary>
public sealed record OnnxOptions
{
    /// <summary>Images or sequences in a batch, where the file leaves it open; 8 if null.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Shapes, batch included, of inputs by name, where the file leaves more open than the batch.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> InputShapes { get; init; } = new Dictionary<string, IReadOnlyList<long>>();

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
    /// Gives the elements of an input of real numbers for a mapping, in the order of its shape; null, or where it returns null: independent standard normal numbers.
    /// Inputs of integers are numbers of tokens where they choose rows of a table, drawn uniformly, and 1 elsewhere.
    /// </summary>
    public Func<OnnxInput, uint, float[]?>? Signal { get; init; }
}
