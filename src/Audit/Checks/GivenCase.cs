using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>A small network with given weights and inputs, on which the deterministic laws are checked.</summary>
/// <param name="Network">The network.</param>
/// <param name="Kernels">Its weights.</param>
/// <param name="Input">Its input.</param>
internal sealed record GivenCase(NetworkSettings Network, IReadOnlyList<double[]> Kernels, Batch Input)
{
    /// <summary>
    /// Cases with a ReLU's input closer to zero than this, relative to its tensor, are drawn again. No verdict rests on it, since rounding bounds allow for a
    /// ReLU that may open or close. But direct sums in single precision err by less: so fully connected cases have no such ReLU, and their bounds are sharp.
    /// </summary>
    private const double LeastGate = 1e-4;

    /// <summary>Up to this multiple of the noise may be added to the signal without opening or closing a ReLU, in a case that is not sparse.</summary>
    public const double Step = 1e-6;

    /// <summary>
    /// Batch norm of nearly constant channels amplifies rounding, and with it the bounds. Cases with a larger amplification are drawn again, to keep bounds
    /// sharp.
    /// </summary>
    private const double MostAmplification = 1e3;

    /// <summary>The relative difference of the ledger in D5 to D7, without batch norm and with it.</summary>
    public const double MostBound = 1e-3,
        MostBoundNormalised = 1e-2;

    /// <summary>The first study of sparse cases; its seed differs from those of the others.</summary>
    private const int FirstSparseStudy = 10;

    /// <summary>The most attempts to draw a case. An attempt succeeds with a probability above one half, since a case has about a thousand ReLUs.</summary>
    private const uint MostAttempts = 1000;

    /// <summary>The case in words, for messages.</summary>
    public string Description =>
        Network.KernelSize == 1
            ? "fully connected"
            : $"{Network.KernelSize}×{Network.KernelSize} {BoundaryWords.WordsOf(Network.Boundary)}{(IsSparse ? ", one pixel" : "")}";

    /// <summary>Whether images have one pixel that is not zero, and outputs one weight.</summary>
    public bool IsSparse { get; init; }

    /// <summary>
    /// Whether the rounding bounds of a subject in single precision stay below the differences that the ledger says must be seen (D5 to D7), relative to the
    /// largest number of each tensor. Otherwise, fully connected and sparse cases are drawn again: a nearly constant channel enlarges errors in its batch norm.
    /// </summary>
    private bool IsSharp
    {
        get
        {
            var most = Network.Architecture.HasBatchNorm ? MostBoundNormalised : MostBound;
            return new CarriedRounding(Network, Kernels, Math.ScaleB(1, -24))
                .Through(Input)
                .All(place => Below(place.SignalBound, place.Signal) && Below(place.NoiseBound, place.Noise));

            bool Below(double[] bounds, double[] values) => bounds.Max() < most * values.Max(Math.Abs);
        }
    }

    /// <summary>Propagates.</summary>
    public Trace Trace(ISubject subject, Action<Snapshot>? look = null) => Audit.Trace.Record(subject, Network, new Weights.Given(Kernels), Input, look);

    /// <summary>
    /// All four kinds of convolution: fully connected, with each boundary, and with an even kernel; with residual branches of one and two layers. Only networks
    /// that the subject offers, with the nearest ε that it offers.
    /// </summary>
    public static IEnumerable<GivenCase> All(CheckContext context, Architecture architecture, double epsilon, bool zeroWillDo = false) =>
        Collect(context, [.. Cyclic(architecture, epsilon), .. Bounded(architecture, epsilon)], zeroWillDo);

    /// <summary>Those of all cases for which a cyclic shift of the image is a symmetry.</summary>
    public static IEnumerable<GivenCase> Periodic(CheckContext context, Architecture architecture, double epsilon, bool zeroWillDo = false) =>
        Collect(context, Cyclic(architecture, epsilon), zeroWillDo);

    /// <summary>The convolutional cases again, each with images of one nonzero pixel and outputs of one nonzero weight.</summary>
    /// <remarks>
    /// Algorithms that transform images err in proportion to norms of images and weights. Here these norms are the pixel and the weight, so the bounds are near
    /// those of a product. A subject that rounds pixels, weights or products more coarsely than it says is then found, whatever its algorithm. Signals and
    /// weights are positive, so the pixel passes every ReLU.
    /// </remarks>
    public static IEnumerable<GivenCase> Sparse(CheckContext context, Architecture architecture, double epsilon, bool zeroWillDo = false) =>
        Sparse(context, [.. Cyclic(architecture, epsilon), .. Bounded(architecture, epsilon)], zeroWillDo);

    /// <summary>Those of the sparse cases for which a cyclic shift of the image is a symmetry.</summary>
    public static IEnumerable<GivenCase> SparsePeriodic(CheckContext context, Architecture architecture, double epsilon, bool zeroWillDo = false) =>
        Sparse(context, Cyclic(architecture, epsilon), zeroWillDo);

    /// <summary>The case with an input of one point far away from all others, which are equal: the extreme of D3.</summary>
    public GivenCase WithOutlier() =>
        this with
        {
            Input = Input with
            {
                Signal = [.. Input.Signal.Select((value, i) => i < Input.Shape.Elements / Input.Shape.Images ? 1000 + value : 0.001 * value)],
            },
        };

    private static NetworkSettings[] Cyclic(Architecture architecture, double epsilon) =>
        [
            Settings(architecture, 2, 1, Boundary.Periodic, epsilon),
            Settings(architecture, 1, 1, Boundary.Periodic, epsilon),
            Settings(architecture, 1, 3, Boundary.Periodic, epsilon),
            Settings(architecture, 2, 2, Boundary.Periodic, epsilon),
        ];

    private static NetworkSettings[] Bounded(Architecture architecture, double epsilon) =>
        [Settings(architecture, 1, 3, Boundary.Symmetric, epsilon), Settings(architecture, 1, 3, Boundary.ZeroPadding, epsilon)];

    private static IEnumerable<GivenCase> Sparse(CheckContext context, NetworkSettings[] networks, bool zeroWillDo)
    {
        for (var study = 0; study < networks.Length; study++)
        {
            var network = context.Fitted(networks[study], zeroWillDo);
            if (network.KernelSize > 1 && context.Offers(network, given: true))
            {
                yield return DrawSparse(context, network, context.SeedOf(FirstSparseStudy + study));
            }
        }
    }

    private static GivenCase DrawSparse(CheckContext context, NetworkSettings network, ulong seed)
    {
        for (var attempt = 0u; attempt < MostAttempts; attempt++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var given = SparseCase.Draw(network, attempt == 0 ? seed : Mixing.Mix(seed ^ Mixing.Mix(attempt)));
            if (given.IsSharp)
            {
                return given;
            }
        }

        throw new InvalidOperationException("expected a sharp case of one pixel among a thousand");
    }

    private static IEnumerable<GivenCase> Collect(CheckContext context, NetworkSettings[] networks, bool zeroWillDo)
    {
        for (var study = 0; study < networks.Length; study++)
        {
            var network = context.Fitted(networks[study], zeroWillDo);
            if (context.Offers(network, given: true))
            {
                yield return Draw(context, study, network);
            }
        }
    }

    private static NetworkSettings Settings(Architecture architecture, int residualDepth, int kernelSize, Boundary boundary, double epsilon) =>
        kernelSize == 1
            ? new(architecture.WithResidualDepth(residualDepth), new TensorShape(8, 1, 1, 10), 2, 6, 1, boundary, epsilon)
            : new(architecture.WithResidualDepth(residualDepth), new TensorShape(2, 8, 6, 2), 2, 4, kernelSize, boundary, epsilon);

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
            var given = new GivenCase(network, kernels, input);
            if (
                written.SmallestGate > LeastGate
                && written.FirstCrossing > Step
                && written.Amplification < MostAmplification
                && (network.KernelSize > 1 || given.IsSharp)
            )
            {
                return given;
            }
        }

        // A subject may offer nothing but an epsilon beside which every variance vanishes. That is its offer, not a defect.
        throw network.Architecture.HasBatchNorm && context.Subject.Description.Epsilons is not null
            ? new DeclinedException(FormattableString.Invariant($"an epsilon beside which variances do not vanish, as they do beside {network.Epsilon}"))
            : new InvalidOperationException("expected a case without ties among a thousand");
    }

    /// <summary>Normal weights of He's variance for a convolution.</summary>
    internal static double[] Kernel(KernelShape shape, ulong seed, uint attempt, uint index)
    {
        var kernel = new double[shape.Length];
        new RandomNumbers(seed, attempt, index, RandomPurpose.Weights).FillNormal<double>(kernel, shape.StandardDeviation);
        return kernel;
    }
}
