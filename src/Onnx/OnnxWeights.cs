namespace Wellbehaved.Onnx;

/// <summary>The source of a mapping's parameters.</summary>
/// <remarks>
/// Parameters are the weights and biases of convolutions, matrix products and embeddings, and the scales and shifts of normalisations. Running statistics of
/// training, tables of positions and masks are not parameters.
/// Fan-in is the number of inputs that are summed for an output, fan-out the number of outputs that an input contributes to.
/// </remarks>
public enum OnnxWeights
{
    /// <summary>
    /// Each tensor is drawn anew, normal or uniform, with the mean and the standard deviation that it has in the file. A tensor of equal elements is kept.
    /// </summary>
    Redrawn,

    /// <summary>The values in the file, so that mappings differ only in their inputs.</summary>
    File,

    /// <summary>
    /// Weights are normal with variance 2/fan-in. K. He et al., <i>Delving deep into rectifiers</i>, ICCV 2015. Biases and shifts are 0, scales 1, and
    /// embeddings standard normal.
    /// </summary>
    He,

    /// <summary>Weights are normal with variance 1/fan-in; the rest as with <see cref="He"/>. Y. LeCun et al., <i>Efficient BackProp</i>, 1998.</summary>
    Lecun,

    /// <summary>Weights are uniform with variance 2/(fan-in + fan-out); the rest as with <see cref="He"/>. X. Glorot and Y. Bengio, AISTATS 2010.</summary>
    Glorot,

    /// <summary>
    /// The default of PyTorch's layers: weights and biases uniform up to 1/sqrt(fan-in), scales 1, shifts 0, embeddings standard normal.
    /// </summary>
    Pytorch,
}
