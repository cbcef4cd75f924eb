using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>The weights of one convolution: their arrangement and the variance that they are initialised with.</summary>
/// <param name="Size">Kernel extent k along each axis.</param>
/// <param name="InputChannels">Channels read.</param>
/// <param name="OutputChannels">Channels written.</param>
/// <param name="VarianceTimesFanIn">2 where a ReLU precedes (He), 1 in the very first convolution (LeCun).</param>
public readonly record struct KernelShape(int Size, int InputChannels, int OutputChannels, double VarianceTimesFanIn)
{
    /// <summary>Inputs that add up in one output: k²·(input channels).</summary>
    public int FanIn => checked(Size * Size * InputChannels);

    /// <summary>Number of weights. They are ordered (kernel row, kernel column, input channel, output channel), the last running fastest.</summary>
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
