using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>
/// What theory knows of signal and noise at one place of a network, over the points of a batch: images × positions, the positions of an image in rows.
/// </summary>
/// <remarks>Kernels are means over channels, <c>K_ij = E[y_i y_j]</c>; laws of one layer turn a state into the next (<see cref="LayerMap"/>).</remarks>
internal sealed record KernelState
{
    private KernelState(Shape shape, int images, Matrix<double> signal) => (Shape, Images, Signal) = (shape, images, signal);

    /// <summary>Shape of the features of one image.</summary>
    public Shape Shape { get; internal init; }

    /// <summary>Number of images.</summary>
    public int Images { get; }

    /// <summary>E[y_i y_j] (P × P).</summary>
    public Matrix<double> Signal { get; internal init; }

    /// <summary>E[dy_i dy_j] (P × P); null where theory does not say it, see <see cref="NoNoise"/>.</summary>
    public Matrix<double>? Noise { get; internal init; }

    /// <summary>E[dy_i y_j] (P × P); null where it is zero.</summary>
    public Matrix<double>? Cross { get; internal init; }

    /// <summary>Why there is no noise, and at which layer; null where there is.</summary>
    public NoTheoryException? NoNoise { get; internal init; }

    /// <summary>Whether channels are, given the layer below, independent and jointly Gaussian of mean 0 over the points.</summary>
    public bool IsGaussian { get; internal init; }

    /// <summary>What the numbers hold for.</summary>
    public Validity Validity { get; internal init; }

    /// <summary>
    /// The relative error of quadratures, expansions, interpolations and neglected correlations so far, as far as it is known; 0 for formulas.
    /// </summary>
    public double Error { get; internal init; }

    /// <summary>Number of points P.</summary>
    public int Points => Signal.RowCount;

    /// <summary>Mean over channels at each point, E y_i; null where it is zero.</summary>
    internal Vector<double>? Means { get; init; }

    /// <summary>Mean of the noise over channels; null where it is zero.</summary>
    internal Vector<double>? NoiseMeans { get; init; }

    /// <summary>Layers with weights that a function of the inputs has passed: a second one makes the kernel itself random at finite width.</summary>
    internal int RandomLayers { get; init; }

    /// <summary>
    /// Whether one draw for all channels has been made, such as whether a branch survives: kernels are then random at every width, and these are their means.
    /// </summary>
    internal bool IsMixture { get; init; }

    /// <summary>Whether that draw is one of attention's weights.</summary>
    internal bool HasRandomScores { get; init; }

    /// <summary>The logarithm by which the signal's kernel was divided on the way, so that deep networks do not overflow.</summary>
    internal double LogSignalScale { get; init; }

    /// <summary>The same for the noise's.</summary>
    internal double LogNoiseScale { get; init; }

    /// <summary>A batch norm whose joint law with the next activation is known.</summary>
    internal PendingNorm? Pending { get; init; }

    /// <summary>A norm over channels whose joint law with the next activation is known at its own width.</summary>
    internal PendingSphere? Sphere { get; init; }

    /// <summary>Whether channels are Gaussian in the limit of infinite width alone, as after a norm over them.</summary>
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
    /// <exception cref="ArgumentException">Not a kernel, indefinite, or sizes differ.</exception>
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
    /// <returns>Mean of the diagonal; not a number where theory does not say it.</returns>
    public double NoisePower() => Noise?.Diagonal().Average() ?? double.NaN;

    /// <summary>χ: noise over centred signal, each over its value at a start, in roots.</summary>
    /// <param name="start">The start.</param>
    /// <returns>The normalised sensitivity; not a number where theory does not say the noise.</returns>
    public double Chi(KernelState start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return Math.Sqrt(NoisePower() / start.NoisePower() * KernelMatrix.Mu2(start.Signal) / KernelMatrix.Mu2(Signal));
    }

    /// <summary>A state of other points: everything that is not said is 0 or unknown.</summary>
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
    /// The same state with a noise of mean square 1, and a signal too where nothing on the way depends on its scale; what was divided by is remembered.
    /// </summary>
    internal KernelState Rescaled(bool signalToo)
    {
        var (signal, noise) = (signalToo ? Usable(Nu2()) : 1, Usable(NoisePower()));
        var (x, dx) = (Math.Sqrt(signal), Math.Sqrt(noise));
        return this with
        {
            Signal = signal == 1 ? Signal : Signal / signal,
            Noise = Noise is null || noise == 1 ? Noise : Noise / noise,
            Cross = Cross is null ? null : Cross / (x * dx),
            Means = Means is null ? null : Means / x,
            NoiseMeans = NoiseMeans is null ? null : NoiseMeans / dx,
            Pending = null,
            Sphere = null,
            LogSignalScale = LogSignalScale + Math.Log(signal),
            LogNoiseScale = LogNoiseScale + Math.Log(noise),
        };

        static double Usable(double square) => square > 0 && double.IsFinite(square) ? square : 1;
    }

    /// <summary>Why a layer that needs Gaussian channels has no law here, in words that follow the layer's.</summary>
    internal string WhyNotGaussian(string otherwise) =>
        HasRandomScores
            ? "it follows attention, whose weights are drawn for all channels of a head: the kernel depends on that draw, and its mean is not enough"
        : IsMixture ? "it follows a branch that only some mappings have: the kernel is one or the other, and its mean is neither"
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

        // At a scale of 1, where the decomposition neither overflows nor underflows; one into eigenvalues takes long, and is made to name one alone.
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
