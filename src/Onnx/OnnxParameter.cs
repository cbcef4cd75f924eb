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
/// <param name="Name">Its name in the file.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Role">Its role in the network.</param>
/// <param name="Law">Its law in words, such as <c>normal, mean 0, deviation 0.059</c>, <c>constant 1</c> or <c>as in the file</c>.</param>
public sealed record OnnxParameter(string Name, IReadOnlyList<long> Shape, OnnxParameterRole Role, string Law)
{
    /// <summary>The tensor that it is read from; this is another name where equal parameters share one tensor.</summary>
    public string Tensor { get; init; } = Name;
}
