using System.Text.Json.Serialization;

namespace Wellbehaved.Onnx;

/// <summary>The role of a tensor of parameters in the network.</summary>
public enum OnnxParameterRole
{
    /// <summary>Weights of a convolution or of a matrix product.</summary>
    Weights,

    /// <summary>Biases.</summary>
    Bias,

    /// <summary>An embedding: a table whose rows are selected by tokens.</summary>
    Embedding,

    /// <summary>The scale γ of a normalisation.</summary>
    Scale,

    /// <summary>The shift β of a normalisation.</summary>
    Shift,
}

/// <summary>A tensor of parameters, and its source in each mapping.</summary>
public sealed class OnnxParameter
{
    /// <summary>The command reads it back from the process that runs ONNX Runtime.</summary>
    [JsonConstructor]
    internal OnnxParameter(string name, IReadOnlyList<long> shape, OnnxParameterRole role, string law, string tensor) =>
        (Name, Shape, Role, Law, Tensor) = (name, shape, role, law, tensor);

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>Its shape.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Its role in the network.</summary>
    public OnnxParameterRole Role { get; }

    /// <summary>Its law in words, such as <c>normal, mean 0, deviation 0.059</c>, <c>constant 1</c> or <c>as in the file</c>.</summary>
    public string Law { get; }

    /// <summary>The tensor that it is read from; this is another name where equal parameters share one tensor.</summary>
    public string Tensor { get; }
}
