using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>A small network with given weights and inputs: what the deterministic laws are checked on.</summary>
/// <param name="Network">The network.</param>
/// <param name="Kernels">Its weights.</param>
/// <param name="Input">Its input.</param>
/// <param name="Amplification">See <see cref="WrittenOutNetwork.Amplification"/>.</param>
internal sealed record GivenCase(NetworkSettings Network, IReadOnlyList<double[]> Kernels, Batch Input, double Amplification)
{
    /// <summary>A ReLU's input closer to zero than this may change its sign by rounding, which no law speaks about; such cases are drawn again.</summary>
    private const double LeastGate = 1e-4;

    /// <summary>Batch norm of nearly constant channels amplifies rounding; cases beyond this are drawn again.</summary>
    private const double MostAmplification = 1e3;

    /// <summary>A case passes with probability above one half, since it has about a thousand gates.</summary>
    private const uint MostAttempts = 1000;

    /// <summary>For messages.</summary>
    public string Description => Network.KernelSize == 1 ? "fully connected" : $"{Network.KernelSize}×{Network.KernelSize} {Network.Boundary}";

    /// <summary>Propagates.</summary>
    public Trace Trace(ISubject subject, Action<Snapshot>? look = null) => Audit.Trace.Of(subject, Network, new Weights.Given(Kernels), Input, look);

    /// <summary>What the four kinds of convolution have to show: fully connected, each boundary, an even kernel; with residual branches of one and two layers. Those that the subject offers.</summary>
    public static IEnumerable<GivenCase> All(CheckContext context, string architecture, double epsilon) => Of(
        context,
        [
            .. Cyclic(architecture, epsilon),
            Settings(architecture, 1, 3, Boundary.Symmetric, epsilon),
            Settings(architecture, 1, 3, Boundary.ZeroPadding, epsilon),
        ]);

    /// <summary>Those of them that a cyclic shift of the image leaves alone.</summary>
    public static IEnumerable<GivenCase> Periodic(CheckContext context, string architecture, double epsilon) => Of(context, Cyclic(architecture, epsilon));

    /// <summary>An input whose points are one far away from all others, equal ones: the extreme of D3.</summary>
    public GivenCase WithOutlier() =>
        this with { Input = Input with { Signal = [.. Input.Signal.Select((value, i) => i < Input.Shape.Elements / Input.Shape.Images ? 1000 + value : 0.001 * value)] } };

    private static NetworkSettings[] Cyclic(string architecture, double epsilon) =>
    [
        Settings(architecture, 2, 1, Boundary.Periodic, epsilon),
        Settings(architecture, 1, 1, Boundary.Periodic, epsilon),
        Settings(architecture, 1, 3, Boundary.Periodic, epsilon),
        Settings(architecture, 2, 2, Boundary.Periodic, epsilon),
    ];

    private static IEnumerable<GivenCase> Of(CheckContext context, NetworkSettings[] networks)
    {
        for (var study = 0; study < networks.Length; study++)
        {
            if (context.Offers(networks[study], given: true))
            {
                yield return Draw(context, study, networks[study]);
            }
        }
    }

    private static NetworkSettings Settings(string architecture, int residualDepth, int kernelSize, Boundary boundary, double epsilon) => kernelSize == 1
        ? new(Architecture.Named(architecture, residualDepth), new TensorShape(8, 1, 1, 10), 2, 6, 1, boundary, epsilon)
        : new(Architecture.Named(architecture, residualDepth), new TensorShape(2, 8, 6, 2), 2, 4, kernelSize, boundary, epsilon);

    private static GivenCase Draw(CheckContext context, int study, NetworkSettings network)
    {
        for (var attempt = 0u; attempt < MostAttempts; attempt++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var seed = context.SeedOf(study);
            var input = Batch.Gaussian(network, seed, attempt);
            var kernels = network.Kernels.Select((shape, index) => Kernel(shape, seed, attempt, (uint)index)).ToArray();
            var written = new WrittenOutNetwork(network, kernels);
            written.Propagate(input);
            if (written.SmallestGate > LeastGate && written.Amplification < MostAmplification)
            {
                return new GivenCase(network, kernels, input, written.Amplification);
            }
        }

        throw new InvalidOperationException("expected a case without ties among a thousand");
    }

    private static double[] Kernel(KernelShape shape, ulong seed, uint attempt, uint index)
    {
        var kernel = new double[shape.Length];
        new RandomNumbers(seed, attempt, index, RandomPurpose.Weights).FillNormal<double>(kernel, shape.StandardDeviation);
        return kernel;
    }
}
