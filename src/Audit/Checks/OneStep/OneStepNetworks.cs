using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The small networks on whose layers the one-step laws are tested: exact at every width, so small ones decide as well as large ones.</summary>
internal static class OneStepNetworks
{
    /// <summary>Channels of the fully connected ones.</summary>
    public const int Width = 32;

    /// <summary>Channels of the convolutional ones, whose cost goes with the square and whose samples go with the inverse.</summary>
    private const int ConvolutionalWidth = 16;

    /// <summary>A fully connected network; eight points keep laws over pairs of points cheap.</summary>
    /// <param name="architecture">Name of the architecture.</param>
    /// <param name="residualDepth">Layers in a residual branch.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    public static NetworkSettings FullyConnected(string architecture, int residualDepth = 2, double epsilon = 0) =>
        new(Architecture.Named(architecture, residualDepth), new TensorShape(8, 1, 1, 24), 3, Width, 1, Boundary.Periodic, epsilon);

    /// <summary>A convolutional network: two images that the first convolution halves to 3 × 3 positions.</summary>
    /// <param name="architecture">Name of the architecture.</param>
    /// <param name="boundary">What lies beyond the border.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    public static NetworkSettings Convolutional(string architecture, Boundary boundary, double epsilon = 0) =>
        new(Architecture.Named(architecture, 1), new TensorShape(2, 6, 6, 3), 2, ConvolutionalWidth, 3, boundary, epsilon);

    /// <summary>Fully connected, and convolutional with each boundary.</summary>
    /// <param name="architecture">Name of the architecture.</param>
    public static NetworkSettings[] All(string architecture) =>
        [FullyConnected(architecture), .. Enum.GetValues<Boundary>().Select(boundary => Convolutional(architecture, boundary))];

    /// <summary>Fully connected, and convolutional with the periodic boundary: where nothing is wasted at a border.</summary>
    /// <param name="architecture">Name of the architecture.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    public static NetworkSettings[] Periodic(string architecture, double epsilon = 0) =>
        [FullyConnected(architecture, 2, epsilon), Convolutional(architecture, Boundary.Periodic, epsilon)];

    /// <summary>
    /// What ν₂ of a layer's Gaussian channels deviates by, relative to its mean: for planning only, since each test sees the variance itself.
    /// </summary>
    /// <param name="network">One of these networks.</param>
    /// <returns><c>√(2ρ/N)</c>, ρ the mean squared correlation of the points: 1 at most, measured up to 0.4 on eight of them and 0.25 on eighteen
    /// positions.</returns>
    public static double RelativeDeviation(this NetworkSettings network) => Math.Sqrt((network.KernelSize == 1 ? 0.8 : 0.5) / network.Channels);

    /// <summary>For messages.</summary>
    /// <param name="network">One of these networks.</param>
    public static string Describe(this NetworkSettings network) =>
        network.KernelSize == 1 ? "fully connected" : $"{network.KernelSize}×{network.KernelSize} {Boundaries.WordsOf(network.Boundary)}";
}
