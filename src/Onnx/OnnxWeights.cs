namespace Wellbehaved.Onnx;

/// <summary>Where the parameters of a mapping come from.</summary>
/// <remarks>
/// Parameters are the weights and biases of convolutions, matrix products and embeddings, and the scales and shifts of normalisations. Statistics that run
/// along in training, tables of positions and masks are none.
/// Fan-in is the number of inputs that an output sums over, fan-out the number of outputs that an input reaches.
/// </remarks>
public enum OnnxWeights
{
    /// <summary>
    /// Each tensor is drawn anew, normal or uniform with the mean and the deviation that it has in the file; one whose elements are all equal stays.
    /// </summary>
    Redrawn,

    /// <summary>As they are in the file: each mapping is the same but for its inputs.</summary>
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
    /// What PyTorch's layers draw by themselves: weights and biases uniform up to 1/sqrt(fan-in); scales 1, shifts 0, embeddings standard normal.
    /// </summary>
    Pytorch,
}
