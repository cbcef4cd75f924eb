using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>A network of an ONNX file, with its derivative: signal and noise travel through it together.</summary>
/// <remarks>
/// The derivative is written as nodes of the same graph, a rule for each operator, and ONNX Runtime runs both, in stretches, so that activations of a few
/// layers are in memory at once.
/// Noise of variance 1 enters at each input of real numbers, and after the embedding where an input holds numbers of tokens.
/// A seed gives the same parameters and inputs everywhere; the arithmetic is ONNX Runtime's, whose last digits depend on the processor.
/// </remarks>
public sealed class OnnxNetwork : IDisposable
{
    private readonly PreparedNetwork _prepared;

    private OnnxNetwork(string name, string sha256, PreparedNetwork prepared) => (Name, Sha256, _prepared) = (name, sha256, prepared);

    /// <summary>The file's name without its ending.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of the file, in lower-case hexadecimal digits; data outside of the file is not in it.</summary>
    public string Sha256 { get; }

    /// <summary>Inputs.</summary>
    public IReadOnlyList<OnnxInput> Inputs => _prepared.Inputs;

    /// <summary>Places, in the order in which they are computed.</summary>
    public IReadOnlyList<OnnxPlace> Places => _prepared.Places;

    /// <summary>Parameters, in the order in which they are used.</summary>
    public IReadOnlyList<OnnxParameter> Parameters => _prepared.Parameters;

    /// <summary>What a reader of results should know about the file, a sentence each.</summary>
    public IReadOnlyList<string> Remarks => _prepared.Remarks;

    /// <summary>Bytes that a mapping takes at least, in all.</summary>
    public long LeastMemory => _prepared.LeastMemory;

    /// <summary>Multiplications with additions of a mapping: of products, for signal and noise, and of effective ranks.</summary>
    public double MultiplyAdds => _prepared.MultiplyAdds;

    /// <summary>The same as a description, where it is one.</summary>
    internal OnnxComposition Composition => _prepared.Composition;

    /// <summary>Reads a file and differentiates its network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is run.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidInputException">
    /// The file is no model, takes more memory than there is, has operators that are not run or whose derivative is not known, or needs an option. The message
    /// names the node or tensor.
    /// </exception>
    public static OnnxNetwork Open(string path, OnnxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new OnnxOptions();
        var (model, sha256) = ModelFile.Read(path);
        var graph = GraphReader.Read(model, path);
        Precision.Change(graph, [DataType.Float16, DataType.Bfloat16], DataType.Float);
        return new OnnxNetwork(Path.GetFileNameWithoutExtension(path), sha256, PreparedNetwork.Prepare(graph, options));
    }

    /// <summary>Runs mappings and takes moments at each place.</summary>
    /// <param name="simulations">Number of mappings, each with parameters, inputs and noise of its own.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="progress">Told the number of mappings that are done.</param>
    /// <param name="cancellation">Ends the work between two stretches.</param>
    /// <returns>What was recorded.</returns>
    /// <exception cref="InvalidInputException">ONNX Runtime gives up.</exception>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public OnnxRecord Record(int simulations, ulong seed, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(simulations);
        var mappings = new List<OnnxMapping>();
        for (var simulation = 0; simulation < simulations; simulation++)
        {
            mappings.Add(Map(seed, (uint)simulation, null, cancellation));
            progress?.Report(simulation + 1);
        }

        return new OnnxRecord(Places, mappings);
    }

    /// <summary>Runs one mapping.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="simulation">Number of the mapping: parameters, inputs and noise are functions of both.</param>
    /// <param name="progress">Told after each stretch which share of the mapping is done.</param>
    /// <param name="cancellation">Ends the work between two stretches.</param>
    /// <returns>Moments at each place.</returns>
    /// <exception cref="InvalidInputException">ONNX Runtime gives up.</exception>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public OnnxMapping Map(ulong seed, uint simulation, Action<double>? progress = null, CancellationToken cancellation = default) =>
        _prepared.Run(seed, simulation, progress, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _prepared.Dispose();
}
