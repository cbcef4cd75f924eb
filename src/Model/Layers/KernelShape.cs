using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>The arrangement of the weights of one convolution, and the variance of their initialisation.</summary>
/// <param name="Size">Kernel size k along each axis.</param>
/// <param name="InputChannels">Number of input channels.</param>
/// <param name="OutputChannels">Number of output channels.</param>
/// <param name="VarianceTimesFanIn">2 after a ReLU (He), 1 in the first convolution of a network (LeCun).</param>
internal readonly record struct KernelShape(int Size, int InputChannels, int OutputChannels, double VarianceTimesFanIn)
{
    /// <summary>Number of inputs that are summed for one output: k²·(input channels).</summary>
    public int FanIn => checked(Size * Size * InputChannels);

    /// <summary>Number of weights. They are ordered (kernel row, kernel column, input channel, output channel), with the last index fastest.</summary>
    public int Length => checked(FanIn * OutputChannels);

    /// <summary>Standard deviation of a weight.</summary>
    public double StandardDeviation => Math.Sqrt(VarianceTimesFanIn / FanIn);

    /// <summary>The arrangement of weights of a convolution in one group, or of a dense layer.</summary>
    internal static KernelShape Read(ParameterTensor tensor)
    {
        var (size, parameters) = tensor.Layer switch
        {
            Convolution convolution => (convolution.Kernel, convolution.Parameters),
            Dense dense => (1, dense.Parameters),
            Attention attention => (1, attention.Parameters),
            _ => throw new UnknownLayerException(tensor.Layer),
        };
        return new(size, checked((int)(tensor.FanIn / ((long)size * size))), tensor.Outputs, parameters.WeightVariance);
    }

    /// <summary>The same weights as a parameter of a network.</summary>
    internal ParameterTensor Tensor()
    {
        var parameters = new Initialisation(VarianceTimesFanIn);
        Layer layer =
            Size == 1
                ? new Dense { Channels = OutputChannels, Parameters = parameters }
                : new Convolution(Size) { Channels = OutputChannels, Parameters = parameters };
        return new(ParameterKind.Weights, 0, layer, FanIn, OutputChannels) { Variance = VarianceTimesFanIn / FanIn };
    }
}
