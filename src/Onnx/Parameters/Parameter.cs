using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>A tensor of parameters.</summary>
/// <param name="Value">The value of the graph that it is.</param>
/// <param name="Tensor">What the file has.</param>
/// <param name="Role">What it is to the network.</param>
/// <param name="FanIn">Inputs that an output sums over, of the layer that it belongs to.</param>
/// <param name="FanOut">Outputs that an input reaches.</param>
/// <param name="Law">Where mappings have it from.</param>
internal sealed record Parameter(string Value, TensorProto Tensor, OnnxParameterRole Role, double FanIn, double FanOut, ParameterLaw Law)
{
    /// <summary>The law that a family of laws has for this tensor.</summary>
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
                ? new ParameterLaw(LawShape.Uniform, 0, 1 / Math.Sqrt(3 * FanIn))
                : new ParameterLaw(LawShape.Constant),
            OnnxParameterRole.Weights => weights switch
            {
                OnnxWeights.He => new ParameterLaw(LawShape.Normal, 0, Math.Sqrt(2 / FanIn)),
                OnnxWeights.Lecun => new ParameterLaw(LawShape.Normal, 0, Math.Sqrt(1 / FanIn)),
                OnnxWeights.Glorot => new ParameterLaw(LawShape.Uniform, 0, Math.Sqrt(2 / (FanIn + FanOut))),
                OnnxWeights.Pytorch => new ParameterLaw(LawShape.Uniform, 0, 1 / Math.Sqrt(3 * FanIn)),
                _ => throw new ArgumentOutOfRangeException(nameof(weights), weights, "no such weights"),
            },
            _ => throw new InvalidOperationException($"no role {Role}"),
        };
    }
}
