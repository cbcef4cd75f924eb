using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Kernel states after batch norm, alone or together with the activation that follows it. Laws B1 to B3 and B5, statistics held.</summary>
internal static class BatchNormMap
{
    /// <summary>Applies batch norm alone: gives second moments, and keeps the norm for an activation that may follow.</summary>
    /// <exception cref="NoTheoryException">Theory does not say it, or double precision does not hold it.</exception>
    public static KernelState Apply(BatchNorm norm, KernelState state) => WithinPrecision(norm, () => Find(norm, state));

    private static KernelState Find(BatchNorm norm, KernelState state)
    {
        var kernel = Decompose(norm, state);
        var before = WithoutNegligible(norm, kernel, state);
        var (signal, error) = kernel.Linear();
        var after = After(
            norm,
            kernel,
            before,
            () => signal,
            () =>
            {
                var (noise, cross, noiseError) = kernel.LinearNoise(before.Noise!, before.Cross);
                return new(signal, noise, cross, noiseError);
            },
            Math.Max(state.Error, error)
        );
        return after with { Pending = new(norm, kernel, before) };
    }

    /// <summary>Applies batch norm together with the activation after it.</summary>
    /// <param name="layer">The activation.</param>
    /// <param name="dual">Its dual.</param>
    /// <param name="pending">The norm.</param>
    /// <exception cref="NoTheoryException">Theory does not say it, or double precision does not hold it.</exception>
    public static KernelState ApplyActivation(Activation layer, DualActivation dual, PendingNorm pending) =>
        WithinPrecision(layer, () => Find(layer, dual, pending));

    /// <summary>E s'(z)² after a batch norm: what the gradient after the activation is multiplied by between norm and activation.</summary>
    /// <param name="layer">The activation, for which theory has a law after this norm.</param>
    /// <param name="pending">The norm.</param>
    /// <returns>The factor at each point (P); for leaky functions the same at all, since signs are symmetric.</returns>
    /// <exception cref="NoTheoryException">Double precision does not hold it.</exception>
    public static Vector<double> Slopes(Activation layer, PendingNorm pending)
    {
        var (dual, kernel, scale) = (DualActivation.For(layer.Function), pending.Kernel, pending.Norm.Scale);
        return WithinPrecision(
            layer,
            () =>
                dual is LeakyDual leaky ? Vector<double>.Build.Dense(kernel.Points, leaky.Moments(kernel.IsConstant ? 0 : 1).SquareSlope)
                : ExactIntegral(layer, dual, kernel, scale, noise: false) is not { } exact ? LargeBatchNorm.Slopes(kernel, dual, scale)
                : kernel.Rank == 0 ? Vector<double>.Build.Dense(kernel.Points, exact.Dual.T(0, 0, 0).Real)
                : exact.Slopes()
        );
    }

    /// <summary>The exact integral; null where the expansion for many directions stands for it.</summary>
    /// <exception cref="NoTheoryException">The integral loses its digits, and there are too few directions for the expansion.</exception>
    private static BatchNormTalbot? ExactIntegral(Activation layer, DualActivation dual, BatchNormKernel kernel, double scale, bool noise)
    {
        if (dual is not IComplexDual complex || LargeBatchNorm.IsPreferred(kernel))
        {
            return null;
        }

        var exact = new BatchNormTalbot(kernel, complex, scale);
        return kernel.Rank == 0 || exact.KeepsDigits(noise) ? exact
            : LargeBatchNorm.Directions(kernel) >= LargeBatchNorm.LeastDirections ? null
            : throw NoTheoryException.OfPrecision(
                layer,
                FormattableString.Invariant(
                    $"it follows batch norm of {LargeBatchNorm.Directions(kernel):F1} directions and scale {scale:g3}: the integral over the batch's variance "
                ) + $"loses its digits to cancellation, and the expansion for many directions requires at least {LargeBatchNorm.LeastDirections}"
            );
    }

    /// <summary>What an ε or a variance near the end of double precision keeps a quadrature from finding is no theory of the layer, and no defect.</summary>
    private static T WithinPrecision<T>(Layer layer, Func<T> find)
    {
        try
        {
            return find();
        }
        catch (ArithmeticException exception)
        {
            throw new NoTheoryException(layer, $"its ε and the variances before it are too far apart for double precision ({exception.Message})");
        }
    }

    private static KernelState Find(Activation layer, DualActivation dual, PendingNorm pending)
    {
        var (norm, kernel, state) = pending;
        if (dual is LeakyDual leaky)
        {
            var after = After(
                norm,
                kernel,
                state,
                () => kernel.Homogeneous(leaky, null, null).Signal,
                () => kernel.Homogeneous(leaky, state.Noise, state.Cross),
                state.Error
            );
            var (ofSignal, ofNoise) = kernel.Means(leaky.Slope, after.Noise is null ? null : state.Cross);
            return after with { Means = Math.Abs(norm.Scale) * ofSignal, NoiseMeans = ofNoise is null ? null : Math.Abs(norm.Scale) * ofNoise };
        }

        var share = state.Cross is null ? 0 : SharedNoise(kernel, state);
        var correlated = !(share <= LargestShare);
        var noise = state.Noise is not null && !correlated && IsFinite(kernel);
        var (directions, expanded) = (LargeBatchNorm.Directions(kernel), true);
        var (signal, gain, means, error, noiseError) =
            ExactIntegral(layer, dual, kernel, norm.Scale, noise) is { } exact ? Exact(kernel, exact, norm.Scale, noise, out expanded)
            : directions >= LargeBatchNorm.LeastDirections ? LargeBatchNorm.Apply(kernel, dual, norm.Scale, noise)
            : throw NoTheoryException.OfBatch(
                layer,
                $"it follows batch norm of {directions:F1} directions: its dual cannot be evaluated for complex covariances, and the expansion for many "
                    + $"directions requires at least {LargeBatchNorm.LeastDirections}"
            );
        return state.With(state.Shape, signal, gain is null ? null : gain.PointwiseMultiply(state.Noise!), null) with
        {
            IsGaussian = false,
            Validity = expanded ? LayerMap.Widest(LayerMap.AfterNonlinear(state), Validity.LargeBatch) : LayerMap.AfterNonlinear(state),
            Error = Math.Max(state.Error, error),
            NoiseError = state.NoiseError + noiseError + (noise ? 2 * share : 0),
            Means = means,
            NoNoise = noise
                ? state.NoNoise
                : state.NoNoise ?? new NoTheoryException(layer, correlated ? "batch norm before it has noise that is correlated with the signal" : Infinite),
        };
    }

    /// <summary>Beyond it squares of 1/ε are below the smallest number, and multiples of ε beyond the largest.</summary>
    private const double LargestEpsilon = 1e150;

    private const string Infinite = "the batch's points vary in two directions at most and ε = 0, so the mean square of the noise is infinite";

    /// <summary>
    /// The greatest share of the noise in the directions of the signal for which there is a prediction. A given noise has by chance a share of about
    /// (directions)/(features) there. Before an activation that is not homogeneous it is treated as independent. The error of that is the share times a factor
    /// below 2 (N1: 2q m'/m, and the scatter of σ²), and it is the reported error of the noise.
    /// </summary>
    private const double LargestShare = 0.25;

    /// <summary>
    /// If the share of the noise in the directions of the signal is less than this, the noise counts as independent: χ changes by less than the quadratures'
    /// errors.
    /// </summary>
    private const double NegligibleShare = 1e-10;

    /// <summary>
    /// The state without a covariance of noise and signal that is too small to matter, and costs most of the time; without noise where rounding decides what
    /// becomes of it.
    /// </summary>
    private static KernelState WithoutNegligible(BatchNorm norm, BatchNormKernel kernel, KernelState state)
    {
        if (state.Cross is null || state.Noise is null)
        {
            return state;
        }

        double[] variances = [.. state.Noise.Diagonal()];
        var shares = kernel.ReachedNoise(state.Cross, variances);
        try
        {
            kernel.RequireResolved(shares, state.Cross, variances);
        }
        catch (UnresolvedKernelException refusal)
        {
            return state with { Noise = null, Cross = null, NoiseMeans = null, NoNoise = new NoTheoryException(norm, refusal.Message) };
        }

        return shares.Largest() <= NegligibleShare ? state with { Cross = null, NoiseMeans = null } : state;
    }

    private static (Matrix<double> Signal, Matrix<double>? Gain, Vector<double> Means, double Error, double NoiseError) Exact(
        BatchNormKernel kernel,
        BatchNormTalbot talbot,
        double scale,
        bool noise,
        out bool isExpansion
    )
    {
        isExpansion = false;
        if (kernel.Rank == 0)
        {
            // Nothing varies, so every normalised feature is 0.
            var dual = talbot.Dual;
            var zero = Matrix<double>.Build.Dense(kernel.Points, kernel.Points, dual.V(0, 0, 0).Real);
            var gain = noise ? Matrix<double>.Build.Dense(kernel.Points, kernel.Points, scale * scale * dual.T(0, 0, 0).Real / kernel.Epsilon) : null;
            return (zero, gain, Vector<double>.Build.Dense(kernel.Points, dual.Mean(0).Real), 0, 0);
        }

        var (signal, error) = talbot.Signal();
        if (!noise)
        {
            return (signal, null, talbot.Means(), error, 0);
        }

        var (passed, noiseError) = talbot.Noise();
        return (signal, passed, talbot.Means(), Math.Max(error, noiseError), 0);
    }

    private static KernelState After(
        BatchNorm norm,
        BatchNormKernel kernel,
        KernelState state,
        Func<Matrix<double>> signal,
        Func<ActivationKernel> all,
        double error
    )
    {
        var square = norm.Scale * norm.Scale;
        var noise = state.Noise is not null && IsFinite(kernel);
        var after = noise ? all() : new ActivationKernel(signal(), null, null, error);
        Matrix<double>? Scaled(Matrix<double>? matrix) => square == 1 ? matrix : matrix?.Multiply(square);
        return state.With(state.Shape, Scaled(after.Signal)!, Scaled(after.Noise), Scaled(after.Cross)) with
        {
            IsGaussian = false,
            Validity = LayerMap.AfterNonlinear(state),
            Error = Math.Max(error, after.Error),
            NoNoise = noise ? state.NoNoise : state.NoNoise ?? new NoTheoryException(norm, Infinite),
        };
    }

    private static BatchNormKernel Decompose(BatchNorm norm, KernelState state)
    {
        if (!state.IsGaussian)
        {
            throw new NoTheoryException(norm, state.WhyNotGaussian("it follows channels that are not Gaussian, each of which has statistics of its own"));
        }

        if (state.Points < 2)
        {
            throw new NoTheoryException(norm, "it maps a single point to zero");
        }

        if (norm.Epsilon > LargestEpsilon)
        {
            throw new NoTheoryException(norm, $"its ε of {norm.Epsilon:g2} leaves nothing that double precision holds");
        }

        try
        {
            return new BatchNormKernel(state.Signal, norm.Epsilon);
        }
        catch (ArgumentException refusal)
        {
            throw new NoTheoryException(norm, refusal.Message);
        }
    }

    private static bool IsFinite(BatchNormKernel kernel) => kernel.VariesEnough;

    private static double SharedNoise(BatchNormKernel kernel, KernelState state) =>
        state.Noise is null ? 0 : kernel.SharedNoise(state.Cross!, [.. state.Noise.Diagonal()]).Largest();
}
