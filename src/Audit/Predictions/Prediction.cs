using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>A law that a prediction rests on.</summary>
/// <param name="Law">Id and name.</param>
/// <param name="Quantities">What was predicted with it.</param>
/// <param name="Exactness"><c>exact</c>, <c>infinite width</c> or <c>infinite width and large batch</c>.</param>
public sealed record PredictionBasis(string Law, string Quantities, string Exactness);

/// <summary>What theory says of a network before any simulation.</summary>
/// <param name="Moments">Predicted moments at each depth.</param>
/// <param name="Mu2InputSignal">μ₂(x⁰) of the batch.</param>
/// <param name="LogChiAtDepth0">ln χ behind the first convolution.</param>
/// <param name="Walk">The exact walk of ln ν₂, for fully connected <c>vanilla</c> nets.</param>
/// <param name="Tau">Exponent of χ ~ l^τ, for <c>bn_res</c>.</param>
/// <param name="DeltaChiLimit">Limit of δχ, where there is one.</param>
/// <param name="Basis">The laws that were used.</param>
/// <param name="ImagesUsed">Images of the batch that the kernel was computed for.</param>
/// <param name="QuadratureError">Estimate of the largest relative error of a quadrature.</param>
public sealed record Prediction(
    IReadOnlyList<PredictedMoments> Moments,
    double Mu2InputSignal,
    double LogChiAtDepth0,
    RandomWalk? Walk,
    double? Tau,
    double? DeltaChiLimit,
    IReadOnlyList<PredictionBasis> Basis,
    int ImagesUsed,
    double QuadratureError)
{
    /// <summary>What sampled networks of the given width do, if these were asked for.</summary>
    public FiniteWidthPrediction? FiniteWidth { get; init; }

    /// <summary>A kernel has the square of this number of entries; beyond it only some of the images are used.</summary>
    public const int MostPoints = 2048;

    /// <summary>ln χ by depth, relative to the input.</summary>
    public IReadOnlyList<double> LogChi { get; } = [.. Moments.Select(moments => moments.LogChi(Mu2InputSignal))];

    /// <summary>ln δχ by depth: the growth of χ in each layer or residual unit.</summary>
    public IReadOnlyList<double> LogDeltaChi => [.. LogChi.Zip(LogChi.Prepend(LogChiAtDepth0), (after, before) => after - before)];

    /// <summary>Predicts for the batch that simulation 0 of the same options would draw.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="images">The input images.</param>
    /// <param name="depthReached">Called after each layer or residual unit.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The prediction.</returns>
    /// <exception cref="InvalidInputException">The batch cannot be normalised, or has too few directions for batch norm with ε = 0.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static Prediction Of(ExperimentOptions options, ImageSource images, Action? depthReached = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = options.Settings(images);
        var pointsPerImage = settings.FeatureShape.Points / options.BatchSize;
        if (pointsPerImage > MostPoints)
        {
            throw new InvalidInputException("--dataset", $"expected images of at most {MostPoints} positions inside the network, got {pointsPerImage}");
        }

        var used = Math.Min(options.BatchSize, MostPoints / pointsPerImage);
        var (features, mu2Input) = InputFeatures.Of(options, images, used);
        var inputShape = settings.NetworkInput with { Images = used };
        var border = options.Boundary switch { Boundary.Periodic => Border.Periodic, Boundary.Symmetric => Border.Symmetric, _ => Border.Zero };
        var first = new ConvolutionKernel(used, inputShape.Height, inputShape.Width, options.KernelSize, border, settings.FirstStride);
        var inner = new ConvolutionKernel(used, first.OutputHeight, first.OutputWidth, options.KernelSize, border);
        var kind = PredictedKind.Of(options);
        var kernel = first.OfFeatures(features, gain: 1);
        var noise = first.Apply(Enumerable.Repeat(1.0, inputShape.Points).ToArray(), gain: 1);
        var logChi0 = 0.5 * (Math.Log(noise.Average()) - Math.Log(KernelMatrix.Mu2(kernel)) + Math.Log(mu2Input));
        try
        {
            var recursion = new KernelRecursion(kind, kernel, noise, inner, options.Epsilon);
            var moments = new List<PredictedMoments>();
            for (var depth = 0; depth < options.TotalDepth; depth++)
            {
                cancellation.ThrowIfCancellationRequested();
                moments.Add(recursion.Next());
                depthReached?.Invoke();
            }

            var walk = options is { Architecture: "vanilla", KernelSize: 1 } ? new RandomWalk(options.NumChannels) : null;
            return new Prediction(moments, mu2Input, logChi0, walk, TauOf(kind), LimitOf(kind), BasisOf(kind, walk), used, recursion.QuadratureError);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidInputException("--epsilon, --batch-size", exception.Message, exception);
        }
    }

    private static double? TauOf(NetworkKind kind) => kind is { BatchNorm: true, Residual: true } ? LargeBatchLimits.ResidualExponent(kind.ResidualDepth) : null;

    private static double? LimitOf(NetworkKind kind) => kind switch
    {
        { BatchNorm: false } => LargeBatchLimits.VanillaIncrement,
        { Residual: false } => LargeBatchLimits.BatchNormIncrement,
        _ => null,
    };

    private static List<PredictionBasis> BasisOf(NetworkKind kind, RandomWalk? walk)
    {
        var basis = new List<PredictionBasis>
        {
            kind.BatchNorm
                ? new("R2 recursion of the batch-norm kernels S5", "chi, mu2_signal, nu2_signal, reff_signal, delta_chi", "infinite width")
                : new("R1 recursion of the arc-cosine kernels S1", "chi, mu2_signal, nu2_signal, reff_signal, delta_chi", "infinite width"),
        };
        if (walk is not null)
        {
            basis.Add(new("W1 random walk of ln ν₂", "log_nu2_drift, log_nu2_variance", "exact"));
        }

        if (kind is { BatchNorm: true, Residual: true })
        {
            basis.Add(new("A2 power law of χ", "tau", "infinite width and large batch"));
        }
        else
        {
            basis.Add(new(kind.BatchNorm ? "A1 exponential growth of χ" : "A3 collapse of the signal", "delta_chi_limit", kind.BatchNorm ? "infinite width and large batch" : "infinite width"));
        }

        return basis;
    }
}
