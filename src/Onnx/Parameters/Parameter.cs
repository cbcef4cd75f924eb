using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>A tensor of parameters.</summary>
/// <param name="Value">The name of its value in the graph.</param>
/// <param name="Tensor">The tensor in the file.</param>
/// <param name="Role">Its role in the network.</param>
/// <param name="FanIn">Number of inputs that are summed for an output of its layer.</param>
/// <param name="FanOut">Number of outputs that an input contributes to.</param>
/// <param name="Law">The law by which mappings draw it.</param>
internal sealed record Parameter(string Value, TensorProto Tensor, OnnxParameterRole Role, double FanIn, double FanOut, ParameterLaw Law)
{
    /// <summary>Whether it belongs to a transposed convolution.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>
    /// PyTorch counts as fan-in the second axis of a tensor and its window, whatever the layer: of a transposed convolution that is the number of outputs that
    /// an input contributes to.
    /// </summary>
    private double FanInOfPyTorch => IsTransposed ? FanOut : FanIn;

    /// <summary>The law of this tensor under a choice of weights.</summary>
    public ParameterLaw LawOf(OnnxWeights weights)
    {
        if (weights is OnnxWeights.File)
        {
            return ParameterLaw.FromFile;
        }

        if (weights is OnnxWeights.Redrawn)
        {
            return ParameterLaw.Like(Tensors.Reals(Tensor));
        }

        return Role switch
        {
            OnnxParameterRole.Scale => new ParameterLaw(LawShape.Constant, 1),
            OnnxParameterRole.Shift => new ParameterLaw(LawShape.Constant),
            OnnxParameterRole.Embedding => new ParameterLaw(LawShape.Normal, 0, 1),
            OnnxParameterRole.Bias => weights is OnnxWeights.Pytorch
                ? new ParameterLaw(LawShape.Uniform, 0, 1 / Math.Sqrt(3 * FanInOfPyTorch))
                : new ParameterLaw(LawShape.Constant),
            OnnxParameterRole.Weights => weights switch
            {
                OnnxWeights.He => new ParameterLaw(LawShape.Normal, 0, Math.Sqrt(2 / FanIn)),
                OnnxWeights.Lecun => new ParameterLaw(LawShape.Normal, 0, Math.Sqrt(1 / FanIn)),
                OnnxWeights.Glorot => new ParameterLaw(LawShape.Uniform, 0, Math.Sqrt(2 / (FanIn + FanOut))),
                OnnxWeights.Pytorch => new ParameterLaw(LawShape.Uniform, 0, 1 / Math.Sqrt(3 * FanInOfPyTorch)),
                _ => throw new ArgumentOutOfRangeException(nameof(weights), weights, "no such weights"),
            },
            _ => throw new InvalidOperationException($"no role {Role}"),
        };
    }
}
