namespace Wellbehaved.Model;

/// <summary>Everything that describes a network except its weights.</summary>
/// <param name="Architecture">The steps of a layer or residual unit.</param>
/// <param name="Input">Shape of the images; fully connected networks flatten them.</param>
/// <param name="Depth">Number of layers or residual units.</param>
/// <param name="Channels">Channels N of every layer.</param>
/// <param name="KernelSize">Kernel size k; 1 means fully connected.</param>
/// <param name="Boundary">What a convolution reads beyond the border of the image.</param>
/// <param name="Epsilon">ε of batch norm.</param>
public sealed record NetworkSettings(
    Architecture Architecture,
    TensorShape Input,
    int Depth,
    int Channels,
    int KernelSize = 1,
    Boundary Boundary = Boundary.Periodic,
    double Epsilon = 0.001
)
{
    /// <summary>Stride of the first convolution: it halves images, and is 1 for vectors.</summary>
    public int FirstStride => KernelSize > 1 ? 2 : 1;

    /// <summary>Shape of the first convolution's input.</summary>
    public TensorShape NetworkInput => KernelSize == 1 ? Input.Flattened() : Input;

    /// <summary>Shape of signal and noise inside the network.</summary>
    public TensorShape FeatureShape =>
        new(
            Input.Images,
            ConvolutionGeometry.OutputExtent(NetworkInput.Height, FirstStride),
            ConvolutionGeometry.OutputExtent(NetworkInput.Width, FirstStride),
            Channels
        );

    /// <summary>Arrangement of the weights of the first convolution, which have variance 1/fan-in because no ReLU precedes it.</summary>
    internal KernelShape FirstKernel => new(KernelSize, NetworkInput.Channels, Channels, VarianceTimesFanIn: 1);

    /// <summary>Arrangement of the weights of each convolution in the order of propagation.</summary>
    internal IEnumerable<KernelShape> Kernels =>
        Enumerable
            .Repeat(new KernelShape(KernelSize, Channels, Channels, VarianceTimesFanIn: 2), Depth * Architecture.ConvolutionsPerUnit)
            .Prepend(FirstKernel);
}
