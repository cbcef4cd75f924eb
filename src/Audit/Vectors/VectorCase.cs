using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>A conformance vector: a small network with given weights and inputs, and all signals and noises in it.</summary>
/// <param name="Network">The network.</param>
/// <param name="Kernels">Its weights, numbers of single precision.</param>
/// <param name="Input">Its input, numbers of single precision.</param>
internal sealed record VectorCase(NetworkSettings Network, IReadOnlyList<double[]> Kernels, Batch Input)
{
    private const ulong Seed = 20190611;
    private const double Epsilon = 0.1;

    private static readonly (int KernelSize, Boundary Boundary)[] Convolutions =
    [
        (1, Boundary.Periodic),
        (3, Boundary.Periodic),
        (2, Boundary.Periodic),
        (3, Boundary.Symmetric),
        (3, Boundary.ZeroPadding),
        (2, Boundary.ZeroPadding),
    ];

    /// <summary>Every architecture, fully connected and with each boundary and kernel; residual branches of two layers.</summary>
    public static IEnumerable<VectorCase> All =>
        from architecture in Architecture.Names
        from convolution in Convolutions
        select Draw(architecture, convolution.KernelSize, convolution.Boundary);

    /// <summary>Name of its file, without the extension.</summary>
    public string Name =>
        Network.KernelSize == 1 ? $"{Network.Architecture.Name}_fc" : $"{Network.Architecture.Name}_{EnumWords.Spell(Network.Boundary)}_k{Network.KernelSize}";

    private static VectorCase Draw(string architecture, int kernelSize, Boundary boundary)
    {
        var network = new NetworkSettings(
            Architecture.Named(architecture),
            kernelSize == 1 ? new TensorShape(6, 2, 2, 2) : new TensorShape(2, 6, 8, 2),
            2,
            4,
            kernelSize,
            boundary,
            Epsilon
        );

        // The first attempt without a ReLU input so near to zero that single precision might give it the other sign.
        for (var attempt = 0u; ; attempt++)
        {
            double[][] kernels = [.. network.Kernels.Select((shape, index) => RandomKernel(shape, attempt, (uint)index))];
            var input = Batch.Gaussian(network, Seed, attempt);
            var written = new WrittenOutNetwork(network, kernels);
            written.Propagate(input);
            if (written.SmallestGate > 1e-4)
            {
                return new VectorCase(network, kernels, input);
            }
        }
    }

    private static double[] RandomKernel(KernelShape shape, uint attempt, uint index)
    {
        var kernel = new double[shape.Length];
        new RandomNumbers(Seed, attempt, index, RandomPurpose.Weights).FillNormal<double>(kernel, shape.StandardDeviation);
        return kernel;
    }
}
