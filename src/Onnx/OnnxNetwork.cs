using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>A network of an ONNX file, with its derivative: signal and noise are propagated together.</summary>
/// <remarks>
/// The derivative is written as nodes of the same graph, by a rule for each operator. ONNX Runtime runs both in segments, so that only activations of a few
/// layers are in memory at once.
/// Noise of variance 1 enters at each input of real numbers, and after the embedding for an input of tokens.
/// A seed gives the same parameters and inputs everywhere. The arithmetic is that of ONNX Runtime, whose last digits depend on the processor.
/// </remarks>
public sealed class OnnxNetwork : IDisposable
{
    private readonly PreparedNetwork _prepared;

    private OnnxNetwork(string name, string sha256, PreparedNetwork prepared) => (Name, Sha256, _prepared) = (name, sha256, prepared);

    /// <summary>The file's name without its ending.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of the file in lower-case hexadecimal digits; external data is not included.</summary>
    internal string Sha256 { get; }

    /// <summary>Inputs.</summary>
    public IReadOnlyList<OnnxInput> Inputs => _prepared.Inputs;

    /// <summary>Places, in the order in which they are computed.</summary>
    public IReadOnlyList<OnnxPlace> Places => _prepared.Places;

    /// <summary>Parameters, in the order in which they are used.</summary>
    public IReadOnlyList<OnnxParameter> Parameters => _prepared.Parameters;

    /// <summary>What a reader of results should know about the file, as sentences.</summary>
    public IReadOnlyList<string> Remarks => _prepared.Remarks;

    /// <summary>Least number of bytes that a mapping needs.</summary>
    internal long LeastMemory => _prepared.LeastMemory;

    /// <summary>Number of multiply-adds of a mapping: of products, for signal and noise, and of effective ranks.</summary>
    internal double MultiplyAdds => _prepared.MultiplyAdds;

    /// <summary>The network as a composition of described layers, if it is one.</summary>
    internal OnnxComposition Composition => _prepared.Composition;

    /// <summary>Reads a file and differentiates its network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is run.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidInputException">
    /// The file is not a model, takes more memory than there is, has an operator that is not supported or whose derivative is not known, or an option is
    /// required. The message names the node or tensor.
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

    /// <summary>Runs mappings and records moments at each place.</summary>
    /// <param name="simulations">Number of mappings, each with its own parameters, inputs and noise.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="progress">Receives the number of finished mappings.</param>
    /// <param name="cancellation">Stops the work between two segments.</param>
    /// <returns>What was recorded.</returns>
    /// <exception cref="InvalidInputException">ONNX Runtime reports an error.</exception>
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
    /// <param name="simulation">Number of the mapping: parameters, inputs and noise are functions of seed and number.</param>
    /// <param name="progress">Receives the finished share of the mapping after each segment.</param>
    /// <param name="cancellation">Stops the work between two segments.</param>
    /// <returns>Moments at each place.</returns>
    /// <exception cref="InvalidInputException">ONNX Runtime reports an error.</exception>
    /// <exception cref="OperationCanceledException">The work was ended.</exception>
    public OnnxMapping Map(ulong seed, uint simulation, Action<double>? progress = null, CancellationToken cancellation = default) =>
        _prepared.Run(seed, simulation, progress, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _prepared.Dispose();
}
