using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>
/// The theoretical state of signal and noise at one place of a network, over the points of a batch: images × positions, with the positions of an image by rows.
/// </summary>
/// <remarks>Kernels are means over channels, <c>K_ij = E[y_i y_j]</c>; the law of a layer maps a state to the next one (<see cref="LayerMap"/>).</remarks>
internal sealed record KernelState
{
    private KernelState(Shape shape, int images, Matrix<double> signal) => (Shape, Images, Signal) = (shape, images, signal);

    /// <summary>Shape of the features of one image.</summary>
    public Shape Shape { get; internal init; }

    /// <summary>Number of images.</summary>
    public int Images { get; }

    /// <summary>E[y_i y_j] (P × P).</summary>
    public Matrix<double> Signal { get; internal init; }

    /// <summary>E[dy_i dy_j] (P × P); null where theory does not predict it, see <see cref="NoNoise"/>.</summary>
    public Matrix<double>? Noise { get; internal init; }

    /// <summary>E[dy_i y_j] (P × P); null where it is zero.</summary>
    public Matrix<double>? Cross { get; internal init; }

    /// <summary>Why the noise is not predicted, and at which layer; null where it is.</summary>
    public NoTheoryException? NoNoise { get; internal init; }

    /// <summary>Whether, given the previous layer, channels are independent and jointly Gaussian of mean 0 over the points.</summary>
    public bool IsGaussian { get; internal init; }

    /// <summary>The scope in which the numbers hold.</summary>
    public Validity Validity { get; internal init; }

    /// <summary>
    /// The known relative error so far, from quadratures, expansions, interpolations and neglected correlations; 0 for formulas.
    /// </summary>
    public double Error { get; internal init; }

    /// <summary>The same of the noise alone, from its correlations with the signal that were neglected.</summary>
    internal double NoiseError { get; init; }

    /// <summary>Number of points P.</summary>
    public int Points => Signal.RowCount;

    /// <summary>Mean over channels at each point, E y_i; null where it is zero.</summary>
    internal Vector<double>? Means { get; init; }

    /// <summary>Mean of the noise over channels; null where it is zero.</summary>
    internal Vector<double>? NoiseMeans { get; init; }

    /// <summary>
    /// Number of layers with weights before the state that follow a function of the inputs; after a second one the kernel is random at finite width.
    /// </summary>
    internal int RandomLayers { get; init; }

    /// <summary>
    /// Whether masks have dropped features, so that kernels are random, even those of the inputs, and these are their means. What is linear keeps them exact.
    /// After other layers the kernel of the mean stands for the mean over kernels; the difference vanishes with the number of features that a mask is over.
    /// </summary>
    internal bool HasMasks { get; init; }

    /// <summary>
    /// Whether a random choice was made for all channels together, such as whether a branch survives. Then kernels are random at every width, and these are
    /// their means.
    /// </summary>
    internal bool IsMixture { get; init; }

    /// <summary>Whether that choice was of attention weights.</summary>
    internal bool HasRandomScores { get; init; }

    /// <summary>Logarithm of the number by which the signal's kernel has been divided, so that deep networks do not overflow.</summary>
    internal double LogSignalScale { get; init; }

    /// <summary>The same for the noise's kernel.</summary>
    internal double LogNoiseScale { get; init; }

    /// <summary>A batch norm whose joint law with the next activation is known.</summary>
    internal PendingNorm? Pending { get; init; }

    /// <summary>A norm over channels whose joint law with the next activation is known at the norm's own width.</summary>
    internal PendingSphere? Sphere { get; init; }

    /// <summary>Whether channels are Gaussian only in the limit of infinite width, as after a norm over channels.</summary>
    internal bool IsGaussianInTheLimit { get; init; }

    /// <summary>The state of a batch of inputs.</summary>
    /// <param name="shape">Shape of one image.</param>
    /// <param name="features">x (points × channels).</param>
    /// <param name="noise">dx, of the same size.</param>
    /// <returns>The state.</returns>
    /// <exception cref="ArgumentException">Sizes differ, or a number is not finite.</exception>
    public static KernelState FromFeatures(Shape shape, Matrix<double> features, Matrix<double> noise)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(noise);
        var images = CountImages(shape, features.RowCount);
        if (features.ColumnCount != shape.Channels || noise.RowCount != features.RowCount || noise.ColumnCount != features.ColumnCount)
        {
            throw new ArgumentException(
                $"expected signal and noise of {shape.Channels} channels for every point, got {features.RowCount} × {features.ColumnCount} and "
                    + $"{noise.RowCount} × {noise.ColumnCount}",
                nameof(noise)
            );
        }

        if (!features.Enumerate().All(double.IsFinite) || !noise.Enumerate().All(double.IsFinite))
        {
            throw new ArgumentException("expected finite features and noise", nameof(features));
        }

        var channels = shape.Channels;
        return new KernelState(shape, images, DenseProduct.OfTransposed(features, features) / channels)
        {
            Noise = DenseProduct.OfTransposed(noise, noise) / channels,
            Cross = DenseProduct.OfTransposed(noise, features) / channels,
            Means = features.RowSums() / channels,
            NoiseMeans = noise.RowSums() / channels,
        };
    }

    /// <summary>The state of Gaussian channels with a given kernel, such as those after a first layer with weights.</summary>
    /// <param name="shape">Shape of one image.</param>
    /// <param name="signal">K (P × P).</param>
    /// <param name="noise">D (P × P).</param>
    /// <param name="cross">C (P × P); null where it is zero.</param>
    /// <returns>The state.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel or is indefinite, or sizes differ.</exception>
    public static KernelState Gaussian(Shape shape, Matrix<double> signal, Matrix<double> noise, Matrix<double>? cross = null)
    {
        RequireSemidefinite(signal, nameof(signal));
        RequireSemidefinite(noise, nameof(noise));
        var points = signal.RowCount;
        if (noise.RowCount != points || (cross is not null && (cross.RowCount != points || cross.ColumnCount != points)))
        {
            throw new ArgumentException($"expected noise and its covariance with the signal for {points} points", nameof(noise));
        }

        return new KernelState(shape, CountImages(shape, points), signal)
        {
            Noise = noise,
            Cross = cross,
            IsGaussian = true,
            RandomLayers = 1,
        };
    }

    /// <summary>The mean square of the signal, ν₂.</summary>
    /// <returns>Mean of the diagonal.</returns>
    public double Nu2() => KernelMatrix.Nu2(Signal);

    /// <summary>The mean square of the noise.</summary>
    /// <returns>Mean of the diagonal; NaN where theory does not predict the noise.</returns>
    public double NoisePower() => Noise?.Diagonal().Average() ?? double.NaN;

    /// <summary>χ: the root of the noise's power over the centred signal's, each relative to its value at a start.</summary>
    /// <param name="start">The start.</param>
    /// <returns>The normalised sensitivity; NaN where theory does not predict the noise.</returns>
    public double Chi(KernelState start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return Math.Sqrt(NoisePower() / start.NoisePower() * KernelMatrix.Mu2(start.Signal) / KernelMatrix.Mu2(Signal));
    }

    /// <summary>A state of other points; every property that is not given is 0 or unknown.</summary>
    internal KernelState With(Shape shape, Matrix<double> signal, Matrix<double>? noise, Matrix<double>? cross) =>
        this with
        {
            Shape = shape,
            Signal = signal,
            Noise = noise,
            Cross = cross,
            Means = null,
            NoiseMeans = null,
            Pending = null,
            Sphere = null,
        };

    /// <summary>
    /// The same state with the noise scaled to a mean square of 1, and also the signal where nothing later depends on its scale; the factors are recorded.
    /// </summary>
    internal KernelState Rescaled(bool signalToo)
    {
        // A signal that a batch norm has just left has the scale of the norm, and its law is needed by an activation at the beginning of the next unit.
        var (signal, noise) = (signalToo && Pending is null ? Usable(Nu2()) : 1, Usable(NoisePower()));
        return Over(signal, noise) with { Pending = Pending is { } norm ? norm with { Before = norm.Before.Over(1, noise) } : null, Sphere = null };

        static double Usable(double square) => square > 0 && double.IsFinite(square) ? square : 1;
    }

    /// <summary>The same state with signal and noise divided by the roots of two numbers, which are recorded.</summary>
    private KernelState Over(double signal, double noise)
    {
        var (x, dx) = (Math.Sqrt(signal), Math.Sqrt(noise));
        return this with
        {
            Signal = signal == 1 ? Signal : Signal / signal,
            Noise = Noise is null || noise == 1 ? Noise : Noise / noise,
            Cross = Cross is null ? null : Cross / (x * dx),
            Means = Means is null ? null : Means / x,
            NoiseMeans = NoiseMeans is null ? null : NoiseMeans / dx,
            LogSignalScale = LogSignalScale + Math.Log(signal),
            LogNoiseScale = LogNoiseScale + Math.Log(noise),
        };
    }

    /// <summary>Why a layer that needs Gaussian channels has no law here, as text that follows the layer's name.</summary>
    internal string WhyNotGaussian(string otherwise) =>
        HasRandomScores
            ? "it follows attention, whose random weights are shared by the channels of a head: the kernel is random, and its mean does not determine the law"
        : IsMixture ? "it follows a branch that is dropped in some mappings: the kernel is one of two, and their mean is neither of them"
        : otherwise;

    private static int CountImages(Shape shape, int points)
    {
        var positions = shape.Positions;
        return positions > 0 && points > 0 && points % positions == 0
            ? (int)(points / positions)
            : throw new ArgumentException($"expected points that {positions} positions of {shape} divide, got {points}", nameof(points));
    }

    private static void RequireSemidefinite(Matrix<double> kernel, string name)
    {
        KernelMatrix.Require(kernel);
        var largest = kernel.Diagonal().Maximum();
        if (largest == 0)
        {
            return;
        }

        // The kernel is scaled to order 1, where the decomposition neither overflows nor underflows. An eigendecomposition takes long and is only made for the
        // message.
        var points = kernel.RowCount;
        var entries = Array.ConvertAll(DenseProduct.Columns(kernel), entry => entry / largest);
        for (var i = 0; i < points; i++)
        {
            entries[i * (points + 1)] += 1e-8 * points;
        }

        using var product = new MatrixProduct<double>(Environment.ProcessorCount);
        if (BlockedCholesky.Reduce(entries, points, null, 0, product))
        {
            return;
        }

        var least = (kernel / largest).Evd(Symmetricity.Symmetric).EigenValues.Min(value => value.Real);
        if (least < -1e-8 * kernel.RowCount)
        {
            throw new ArgumentException($"expected a positive semidefinite kernel, got an eigenvalue {least * largest}", name);
        }
    }
}
