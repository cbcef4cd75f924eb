using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// Layer, RMS and group norm over the channels of one point at their own width, and the activation after them: LN1 to LN4, exact given the previous layer.
/// </summary>
/// <remarks>
/// The signal of every pair and the mean squares of the noise are exact. Covariances of the noise between points, on which its effective rank depends, are
/// those of the limit of many channels, scaled to the mean squares.
/// Before the first layer with weights kernels are those of the inputs; from the second on they are random at finite width, and only the limit is known.
/// </remarks>
internal static class SphereMap
{
    /// <summary>Least number of dimensions for which E 1/σ⁴, which bounds the effect of ε, is finite.</summary>
    private const int FewestDimensions = 5;

    /// <summary>Greatest relative effect of ε; with a greater one, the laws, which are for ε = 0, are not used.</summary>
    private const double MostOfEpsilon = 0.01;

    /// <summary>
    /// From this γ on quadratures do not resolve the waves of sin γz: one and a half of them on a panel of unit length leave six digits of pairs.
    /// </summary>
    private const double MostScaleOfSine = 10;

    /// <summary>A bound on the relative effect of ε: <c>E 1/σ² - E 1/(σ²+ε) ≤ ε E 1/σ⁴</c>.</summary>
    /// <param name="state">The state before the norm.</param>
    /// <param name="norm">The norm.</param>
    /// <param name="dimension">n.</param>
    private static double ErrorOfEpsilon(KernelState state, Norm norm, int dimension) =>
        norm.Epsilon == 0 ? 0 : norm.Epsilon * (dimension + 1.0) / (dimension - 4.0) / state.Signal.Diagonal().Minimum();

    /// <summary>Whether the laws hold: channels are Gaussian, vary, and are numerous enough.</summary>
    /// <param name="state">The state before the norm.</param>
    /// <param name="norm">The norm.</param>
    /// <param name="channels">Number of channels that share their statistics.</param>
    /// <param name="subtractsMean">Whether it subtracts their mean.</param>
    public static bool Holds(KernelState state, Norm norm, int channels, bool subtractsMean)
    {
        var dimension = subtractsMean ? channels - 1 : channels;
        return state.IsGaussian
            && !state.IsGaussianInTheLimit
            && dimension >= FewestDimensions
            && state.Signal.Diagonal().Minimum() > 0
            && ErrorOfEpsilon(state, norm, dimension) <= MostOfEpsilon;
    }

    /// <summary>The state after the norm.</summary>
    /// <param name="before">The state before the norm.</param>
    /// <param name="norm">The norm.</param>
    /// <param name="channels">Number of channels that share their statistics.</param>
    /// <param name="subtractsMean">Whether it subtracts their mean.</param>
    /// <param name="limit">The state after the norm in the limit of many channels.</param>
    public static KernelState Apply(KernelState before, Norm norm, int channels, bool subtractsMean, KernelState limit)
    {
        var deviations = before.Signal.Diagonal().PointwiseSqrt();
        var correlations = Matrix<double>.Build.Dense(
            before.Points,
            before.Points,
            (i, j) => i == j ? 1 : Math.Clamp(before.Signal[i, j] / (deviations[i] * deviations[j]), -1, 1)
        );
        var pending = new PendingSphere(norm, channels, subtractsMean, correlations, limit);
        var n = (double)pending.Dimension;
        return limit with
        {
            // The scale of each point is that of the limit, which includes ε.
            Signal = Pairs(pending, new Function(FunctionKind.Linear), 1, i => Math.Sqrt(limit.Signal[i, i])),
            Noise = limit.Noise is null ? null : limit.Noise * ((n - 1) / (n - 2)),
            Validity = LayerMap.AfterNonlinear(before),
            Error = Math.Max(before.Error, ErrorOfEpsilon(before, norm, pending.Dimension)),
            IsGaussianInTheLimit = true,
            Sphere = pending,
        };
    }

    /// <summary>The state after the activation that follows the norm.</summary>
    /// <param name="layer">The activation.</param>
    /// <param name="dual">Its dual.</param>
    /// <param name="after">The state after the norm.</param>
    /// <param name="pending">The norm.</param>
    public static KernelState ApplyActivation(Activation layer, DualActivation dual, KernelState after, PendingSphere pending)
    {
        var (limit, n, scale) = (pending.Limit, (double)pending.Dimension, pending.Norm.Scale);
        if (layer.Function.Kind == FunctionKind.Sine && Math.Abs(scale) >= MostScaleOfSine)
        {
            throw NoTheoryException.OfPrecision(
                layer,
                FormattableString.Invariant($"the norm before it has the scale {scale:g3}, and quadratures resolve its waves only below {MostScaleOfSine}")
            );
        }

        var laws = new SphereLaws(pending.Channels, pending.SubtractsMean);
        var wide = ActivationKernel.Apply(dual, limit.Signal, limit.Noise, limit.Noise is null ? null : limit.Cross);
        var kinks = KinksOf(dual, scale);
        double Passed(double z) => Math.Pow(dual.Curve.Slope(scale * z), 2) * (1 - (z * z / n));
        var wideSlope = dual.Moments(scale * scale).SquareSlope;
        var gain = wideSlope == 0 ? 1 : n / (n - 2) * laws.Expectation(Passed, scale, kinks) / wideSlope;
        return after.With(after.Shape, Pairs(pending, layer.Function, scale, _ => 1), wide.Noise is null ? null : wide.Noise * gain, wide.Cross) with
        {
            IsGaussian = false,
            Error = Math.Max(after.Error, wide.Error),
            Means = Vector<double>.Build.Dense(after.Points, laws.Expectation(z => dual.Curve.Value(scale * z), scale, kinks)),
        };
    }

    /// <summary>E s'(γ√n U)²: what the gradient after the activation is multiplied by between norm and activation.</summary>
    /// <param name="layer">The activation.</param>
    /// <param name="pending">The norm.</param>
    /// <returns>The factor at each point (P); it is the same at all.</returns>
    public static Vector<double> Slopes(Activation layer, PendingSphere pending)
    {
        var (dual, scale) = (DualActivation.For(layer.Function), pending.Norm.Scale);
        var laws = new SphereLaws(pending.Channels, pending.SubtractsMean);
        return Vector<double>.Build.Dense(
            pending.Correlations.RowCount,
            laws.Expectation(z => Math.Pow(dual.Curve.Slope(scale * z), 2), scale, KinksOf(dual, scale))
        );
    }

    private static double[] KinksOf(DualActivation dual, double scale) => scale == 0 ? [] : [.. dual.Curve.Kinks.Select(kink => kink / scale)];

    private static Matrix<double> Pairs(PendingSphere pending, Function function, double scale, Func<int, double> factor)
    {
        var (law, size) = (SpherePairs.Find(function, pending.Dimension, scale), pending.Correlations.RowCount);
        var signal = new double[size * size];
        var diagonal = law.At(1);
        Parallel.For(
            0,
            size,
            Sharing.Options(size),
            i =>
            {
                for (var j = 0; j <= i; j++)
                {
                    signal[(i * size) + j] = signal[(j * size) + i] = factor(i) * factor(j) * (i == j ? diagonal : law.At(pending.Correlations[i, j]));
                }
            }
        );
        return Matrix<double>.Build.Dense(size, size, signal);
    }
}
