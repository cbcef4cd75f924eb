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
}
