using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>A law that a prediction rests on.</summary>
/// <param name="Law">Id and name.</param>
/// <param name="Quantities">The quantities that were predicted with it.</param>
/// <param name="Exactness"><c>exact</c>, <c>infinite width</c> or <c>infinite width and large batch</c>.</param>
internal sealed record PredictionBasis(string Law, string Quantities, string Exactness);

/// <summary>The theory's prediction for a network, before any simulation.</summary>
/// <param name="Moments">Predicted moments at each depth.</param>
/// <param name="Mu2InputSignal">μ₂(x⁰) of the batch.</param>
/// <param name="LogChiAtDepth0">ln χ after the first convolution.</param>
/// <param name="Walk">The exact walk of ln ν₂, for fully connected <c>vanilla</c> nets.</param>
/// <param name="Tau">Exponent of χ ~ l^τ, for <c>bn_res</c>.</param>
/// <param name="DeltaChiLimit">Limit of δχ, where there is one.</param>
/// <param name="Basis">The laws that were used.</param>
/// <param name="ImagesUsed">Images of the batch that the kernel was computed for.</param>
/// <param name="QuadratureError">Estimate of the largest relative error of a quadrature.</param>
internal sealed record Prediction(
    IReadOnlyList<PredictedMoments> Moments,
    double Mu2InputSignal,
    double LogChiAtDepth0,
    RandomWalk? Walk,
    double? Tau,
    double? DeltaChiLimit,
    IReadOnlyList<PredictionBasis> Basis,
    int ImagesUsed,
    double QuadratureError
)
{
    /// <summary>The prediction by sampled networks of the given width, if they were asked for.</summary>
    public FiniteWidthPrediction? FiniteWidth { get; init; }

    /// <summary>The input noise, if the prediction was made for given noise.</summary>
    public GivenNoise? Noise { get; init; }

    /// <summary>The most points of a kernel, which has the square of this number of entries. If the batch has more, only some images are used.</summary>
    public const int MostPoints = 2048;

    /// <summary>ln χ by depth, relative to the input.</summary>
    public IReadOnlyList<double> LogChi { get; } = [.. Moments.Select(moments => moments.LogChi(Mu2InputSignal))];

    /// <summary>ln δχ by depth: the growth of χ in each layer or residual unit.</summary>
    public IReadOnlyList<double> LogDeltaChi => [.. LogChi.Zip(LogChi.Prepend(LogChiAtDepth0), (after, before) => after - before)];

    /// <summary>
    /// Predicts for the batch that simulation 0 of the same options would draw. The noise is taken as it is in the mean: of unit variance, independent of the
    /// signal.
    /// </summary>
    /// <param name="options">Valid options.</param>
    /// <param name="images">The input images.</param>
    /// <param name="depthReached">Called after each layer or residual unit.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The prediction.</returns>
    /// <exception cref="InvalidInputException">The batch cannot be normalised, varies less than can be computed, or batch norm finds directions too few or too
    /// unlike for its ε.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static Prediction Predict(ExperimentOptions options, ImageSource images, Action? depthReached = null, CancellationToken cancellation = default) =>
        Predict(options, images, isNoiseGiven: false, MostPoints, depthReached, cancellation);

    /// <summary>Predicts for the batch and the noise that simulation 0 of the same options would draw.</summary>
    /// <remarks>
    /// The N⁰ numbers of noise at a point lie by chance in the directions of P points of signal, to a share of about P/N⁰. Unless this share is small, batch
    /// norm passes less of the noise than <see cref="Predict(ExperimentOptions, ImageSource, Action?, CancellationToken)"/> says. This method regresses the
    /// noise on the signal from layer to layer: theory.md's S5.
    /// </remarks>
    /// <param name="options">Valid options.</param>
    /// <param name="images">The input images.</param>
    /// <param name="depthReached">Called after each layer or residual unit.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The prediction.</returns>
    /// <exception cref="InvalidInputException">The batch cannot be normalised, varies less than can be computed, or batch norm finds directions too few or too
    /// unlike for its ε.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static Prediction GivenNoise(ExperimentOptions options, ImageSource images, Action? depthReached = null, CancellationToken cancellation = default) =>
        GivenNoise(options, images, MostPoints, depthReached, cancellation);

    /// <summary>The same for a limited number of points: the first images of the batch.</summary>
    internal static Prediction GivenNoise(
        ExperimentOptions options,
        ImageSource images,
        int mostPoints,
        Action? depthReached,
        CancellationToken cancellation
    ) => Predict(options, images, isNoiseGiven: true, mostPoints, depthReached, cancellation);

    private static Prediction Predict(
        ExperimentOptions options,
        ImageSource images,
        bool isNoiseGiven,
        int mostPoints,
        Action? depthReached,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = options.Settings(images);
        var pointsPerImage = settings.FeatureShape.Points / options.BatchSize;
        if (pointsPerImage > mostPoints)
        {
            throw new InvalidInputException(
                mostPoints < MostPoints ? ParameterName.Spell(nameof(NetworkQuestion.Points)) : ParameterName.Spell(nameof(ExperimentOptions.Dataset)),
                $"expected images of at most {mostPoints} positions inside the network, got {pointsPerImage}"
            );
        }

        var used = Math.Min(options.BatchSize, mostPoints / pointsPerImage);
        var (signal, drawnNoise, mu2Input) = InputFeatures.Draw(options, images, used);
        var inputShape = settings.NetworkInput with { Images = used };
        var border = options.Boundary;
        var first = new ConvolutionKernel(used, inputShape.Height, inputShape.Width, options.KernelSize, border, settings.FirstStride);
        var inner = new ConvolutionKernel(used, first.OutputHeight, first.OutputWidth, options.KernelSize, border);
        var kind = PredictedKind.Find(options);
        var noise = first.Apply(isNoiseGiven ? MeanSquares(drawnNoise) : [.. Enumerable.Repeat(1.0, inputShape.Points)], gain: 1);
        var walk = options is { Architecture: "vanilla", KernelSize: 1 } ? new RandomWalk(options.NumChannels) : null;
        var given = isNoiseGiven ? new GivenNoise(MeanSquares(drawnNoise).Average(), null) : null;
        var patches = first.Patches(signal);
        var variation = InputVariation.Measure(patches);
        if (patches.RowCount > 1 && variation.AreEqual)
        {
            var equal = EqualPoints.Moments(kind, variation.MeanSquare, noise.Average(), options);
            return new Prediction(equal, mu2Input, double.NaN, walk, null, null, BasisOf(kind, walk), used, QuadratureError: 0) { Noise = given };
        }

        if (patches.RowCount > 1 && variation.VariesTooLittle)
        {
            throw variation.Refusal(ParameterName.Spell(nameof(ExperimentOptions.Dataset)), options);
        }

        // Batch norm subtracts means: so its effect on nearly equal points is computed from their differences.
        // The mean, which skip connections keep, is added to ν₂.
        var isCentred = kind.BatchNorm && patches.RowCount > 1 && variation.NeedsCentring;
        var offset = isCentred ? variation.MeanSquare - variation.Variance : 0;
        patches = isCentred ? InputVariation.Centred(patches) : patches;
        var kernel = isCentred
            ? new ConvolutionKernel(patches.RowCount, 1, 1, 1, Boundary.Periodic).OfFeatures(patches, gain: 1)
            : first.OfFeatures(signal, gain: 1);
        var logChi0 = 0.5 * (Math.Log(noise.Average()) - Math.Log(KernelMatrix.Mu2(kernel)) + Math.Log(mu2Input));
        try
        {
            var recursion =
                isNoiseGiven && kind.BatchNorm
                    ? KernelRecursion.Given(
                        kind,
                        kernel,
                        noise,
                        first.Patches(drawnNoise).TransposeAndMultiply(patches) / patches.ColumnCount,
                        inner,
                        options.Epsilon
                    )
                    : new KernelRecursion(kind, kernel, noise, inner, options.Epsilon);
            var moments = new List<PredictedMoments>();
            for (var depth = 0; depth < options.TotalDepth; depth++)
            {
                cancellation.ThrowIfCancellationRequested();
                var next = recursion.Next();
                moments.Add(isCentred && kind.Residual ? next with { LogNu2Signal = Math.Log(Math.Exp(next.LogNu2Signal) + offset) } : next);
                depthReached?.Invoke();
            }

            RequireNumbers(moments, recursion.QuadratureError);
            return new Prediction(moments, mu2Input, logChi0, walk, TauOf(kind), LimitOf(kind), BasisOf(kind, walk), used, recursion.QuadratureError)
            {
                Noise = given is null ? null : given with { SharedWithSignal = Resolved(recursion.SharedNoise) },
            };
        }
        catch (UnresolvedKernelException exception)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Dataset), nameof(ExperimentOptions.Epsilon)),
                exception.Message,
                exception
            );
        }
        catch (ArgumentException exception)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Epsilon), nameof(ExperimentOptions.BatchSize)),
                WithoutParameter(exception),
                exception
            );
        }
        catch (ArithmeticException exception)
        {
            // The batch has one or two directions, and ε is practically 0.
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Epsilon), nameof(ExperimentOptions.BatchSize)),
                "expected points that vary in more directions, or an ε nearer to their variance, got an expectation that double precision does not "
                    + $"hold ({exception.Message})",
                exception
            );
        }
    }

    /// <summary>A share that rounding has made of directions which ε outweighs is none: shares are at most 1.</summary>
    private static double? Resolved(double? share) => share <= 1 + ShareRounding ? Math.Min(1, share.Value) : null;

    private const double ShareRounding = 1e-6;

    /// <summary>Says no number rather than one that is none.</summary>
    /// <exception cref="ArithmeticException">The noise has no mean square, or no quadrature found it.</exception>
    private static void RequireNumbers(IEnumerable<PredictedMoments> moments, double quadratureError)
    {
        if (!double.IsFinite(quadratureError))
        {
            throw new ArithmeticException($"error of the quadratures: {quadratureError}");
        }

        foreach (var lost in moments.Where(each => double.IsNaN(each.LogMu2Noise) || double.IsPositiveInfinity(each.LogMu2Noise)))
        {
            throw new ArithmeticException($"the noise has no mean square at depth {lost.Depth}");
        }
    }

    /// <summary>Mean squares over the channels, of each point.</summary>
    private static double[] MeanSquares(Matrix<double> features) => [.. features.EnumerateRows().Select(row => row.DotProduct(row) / row.Count)];

    /// <summary>The message of an exception without the name of a parameter, which means nothing to a user.</summary>
    private static string WithoutParameter(ArgumentException exception)
    {
        var appended = exception.Message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return appended < 0 ? exception.Message : exception.Message[..appended];
    }

    private static double? TauOf(NetworkKind kind) =>
        kind is { BatchNorm: true, Residual: true } ? LargeBatchLimits.ResidualExponent(kind.ResidualDepth) : null;

    private static double? LimitOf(NetworkKind kind) =>
        kind switch
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
            basis.Add(
                new(
                    kind.BatchNorm ? "A1 exponential growth of χ" : "A3 collapse of the signal",
                    "delta_chi_limit",
                    kind.BatchNorm ? "infinite width and large batch" : "infinite width"
                )
            );
        }

        return basis;
    }
}
