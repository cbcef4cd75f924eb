using System.Text.Json.Serialization;

namespace Wellbehaved.Onnx;

/// <summary>An input of a network.</summary>
public sealed class OnnxInput
{
    /// <summary>The command reads it back from the process that runs ONNX Runtime.</summary>
    [JsonConstructor]
    internal OnnxInput(string name, IReadOnlyList<long> shape, bool isReal, int? tokens) => (Name, Shape, IsReal, Tokens) = (name, shape, isReal, tokens);

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>Its shape, batch included.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Whether its elements are real numbers, to which noise is added; for tokens, noise enters after their embedding.</summary>
    public bool IsReal { get; }

    /// <summary>Number of different tokens, if its elements are numbers of tokens; otherwise null.</summary>
    public int? Tokens { get; }
}
