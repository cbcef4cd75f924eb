using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The networks whose weights are recovered: one with many weights, one with a kernel, a small one for many simulations, and a deep one.</summary>
/// <remarks>
/// Signal and noise of P points give 2P equations. P is about the number of unknowns of an output or more, so that the equations of random inputs are
/// well-conditioned. Input and features of the narrow network have the same number of channels, so that the first convolution can be compared with the others.
/// Residual nets have half as many units of two layers each, and so the same number of convolutions.
/// </remarks>
/// <param name="architecture">The architecture.</param>
/// <param name="epsilon">ε of batch norm.</param>
internal sealed class WeightNetworks(Architecture architecture, double epsilon)
{
    /// <summary>Convolutions of the wide network after the first: three disjoint pairs of successive ones begin at odd numbers, two at even numbers.</summary>
    public const int WideConvolutions = 6;

    /// <summary>Convolutions of the network with kernels after the first.</summary>
    public const int KernelConvolutions = 4;

    /// <summary>Channels of the wide network.</summary>
    public const int WideWidth = 64;

    private const int WideInputs = 96;
    private const int KernelSize = 2;
    private const int KernelWidth = 8;
    private const int NarrowConvolutions = 2;
    private const int DeepConvolutions = 32;
    private const int DeepVanillaConvolutions = 16;
    private const int NarrowWidth = 16;
    private readonly Architecture _architecture = architecture.WithResidualDepth(2);

    /// <summary>
    /// Fully connected, 64 channels from 96 inputs, so that fan-in and fan-out differ: 6,144 weights in the first convolution, 4,096 in each of the six others.
    /// </summary>
    public NetworkSettings Wide =>
        new(
            _architecture,
            new TensorShape(WideInputs, 1, 1, WideInputs),
            WideConvolutions / _architecture.ConvolutionsPerUnit,
            WideWidth,
            1,
            Boundary.Periodic,
            epsilon
        );

    /// <summary>
    /// Kernels of 2 × 2, with a first convolution of stride 2 from 6 × 6 positions: 192 weights in the first convolution, 256 in each of the four others. With
    /// 3 × 3 kernels, the possible rounding of Winograd's tiles would be larger than the last digits that show a bias.
    /// </summary>
    public NetworkSettings Kernel =>
        new(
            _architecture,
            new TensorShape(10, 6, 6, 6),
            KernelConvolutions / _architecture.ConvolutionsPerUnit,
            KernelWidth,
            KernelSize,
            Boundary.Periodic,
            epsilon
        );

    /// <summary>Fully connected, 16 channels: 256 weights in each of 3 convolutions.</summary>
    public NetworkSettings Narrow =>
        new(
            _architecture,
            new TensorShape(32, 1, 1, NarrowWidth),
            NarrowConvolutions / _architecture.ConvolutionsPerUnit,
            NarrowWidth,
            1,
            Boundary.Periodic,
            epsilon
        );

    /// <summary>
    /// Fully connected, 16 channels: 256 weights in each of 33 convolutions. Without batch norm or a skip connection the points become so similar with depth
    /// that more and more channels are off at all of them, or nearly proportional. Measured: 15 % of the weights of 17 convolutions are lost, and 37 % of those
    /// of 33, most of them in the last ones. There the network has 17 convolutions, so that the last repeats the first if weights repeat after 16.
    /// </summary>
    public NetworkSettings Deep => new(_architecture, new TensorShape(64, 1, 1, NarrowWidth), DeepDepth, NarrowWidth, 1, Boundary.Periodic, epsilon);

    private int DeepDepth =>
        _architecture.HasBatchNorm || _architecture.ConvolutionsPerUnit > 1 ? DeepConvolutions / _architecture.ConvolutionsPerUnit : DeepVanillaConvolutions;

    /// <summary>The network in words, for messages.</summary>
    /// <param name="network">One of these networks.</param>
    public static string Describe(NetworkSettings network) => network.KernelSize > 1 ? "2×2 kernels" : $"fully connected, {network.Channels} channels";
}
