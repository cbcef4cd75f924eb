using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// The small networks on which the one-step laws are tested. The laws are exact at every width, so small networks decide as well as large ones.
/// </summary>
internal static class OneStepNetworks
{
    /// <summary>Channels of the fully connected networks.</summary>
    public const int Width = 32;

    /// <summary>
    /// Channels of the convolutional networks. Their cost grows with the square of it, while the samples they need fall only with its inverse.
    /// </summary>
    private const int ConvolutionalWidth = 16;

    /// <summary>A fully connected network; eight points keep laws over pairs of points cheap.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="residualDepth">Layers in a residual branch.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    public static NetworkSettings FullyConnected(Architecture architecture, int residualDepth = 2, double epsilon = 0) =>
        new(architecture.WithResidualDepth(residualDepth), new TensorShape(8, 1, 1, 24), 3, Width, 1, Boundary.Periodic, epsilon);

    /// <summary>A convolutional network: two images that the first convolution halves to 3 × 3 positions.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="boundary">What lies beyond the border.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    public static NetworkSettings Convolutional(Architecture architecture, Boundary boundary, double epsilon = 0) =>
        new(architecture.WithResidualDepth(1), new TensorShape(2, 6, 6, 3), 2, ConvolutionalWidth, 3, boundary, epsilon);

    /// <summary>Fully connected, and convolutional with each boundary.</summary>
    /// <param name="architecture">The architecture.</param>
    public static NetworkSettings[] All(Architecture architecture) =>
        [FullyConnected(architecture), .. Enum.GetValues<Boundary>().Select(boundary => Convolutional(architecture, boundary))];

    /// <summary>Fully connected, and convolutional with the periodic boundary, with which no position is at a border.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    public static NetworkSettings[] Periodic(Architecture architecture, double epsilon = 0) =>
        [FullyConnected(architecture, 2, epsilon), Convolutional(architecture, Boundary.Periodic, epsilon)];

    /// <summary>
    /// Standard deviation of ν₂ of a layer's Gaussian channels, relative to its mean. It is for planning only, since each test computes the variance itself.
    /// </summary>
    /// <param name="network">One of these networks.</param>
    /// <returns>
    /// <c>√(2ρ/N)</c>, where ρ is the mean squared correlation of the points: 1 at most; measured up to 0.4 on eight points and 0.25 on eighteen positions.
    /// </returns>
    public static double RelativeDeviation(this NetworkSettings network) => Math.Sqrt((network.KernelSize == 1 ? 0.8 : 0.5) / network.Channels);

    /// <summary>The network in words, for messages.</summary>
    /// <param name="network">One of these networks.</param>
    public static string Describe(this NetworkSettings network) =>
        network.KernelSize == 1 ? "fully connected" : $"{network.KernelSize}×{network.KernelSize} {BoundaryWords.WordsOf(network.Boundary)}";
}
