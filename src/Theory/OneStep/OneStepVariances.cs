using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// Variances of the moments after one layer with fresh weights and an activation, given the previous layer: exact at every width, as channels are independent.
/// </summary>
/// <remarks>
/// The variance of a mean over channels is that of one channel divided by their number. For ν₂ the latter is a covariance of squares, given by the dual of s².
/// For the noise's mean square it is a covariance of squared slopes, with fourth moments of Gaussian noise.
/// </remarks>
internal static class OneStepVariances
{
    /// <summary>Var ν₂(x) = Σ_ij Cov(s(y_i)², s(y_j)²)/(P²N).</summary>
    /// <param name="dual">The activation s.</param>
    /// <param name="kernel">Kernel of the pre-activations (P × P).</param>
    /// <param name="channels">N ≥ 1.</param>
    /// <returns>The variance of the mean square.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static double OfNu2(DualActivation dual, Matrix<double> kernel, int channels)
    {
        ArgumentNullException.ThrowIfNull(dual);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        KernelMatrix.Require(kernel);
        var s = dual.Curve;
        var squares = new ActivationCurve(
            $"{s.Name}²",
            u => s.Value(u) * s.Value(u),
            u => 2 * s.Value(u) * s.Slope(u),
            u => 2 * ((s.Slope(u) * s.Slope(u)) + (s.Value(u) * s.Curvature(u))),
            s.Kinks
        );
        var means = kernel.Diagonal().Map(variance => dual.Moments(variance).Square);
        var second = ActivationKernel.Apply(DualActivation.For(squares), kernel).Signal;
        return Math.Max(0, (second - means.OuterProduct(means)).Enumerate().Sum()) / ((double)kernel.RowCount * kernel.RowCount * channels);
    }

    /// <summary>
    /// Var of the noise's mean square, for noise that is independent of the signal: <c>Σ_ij (E s'_i²s'_j² (D_iiD_jj + 2D_ij²) - m_im_jD_iiD_jj)/(P²N)</c>.
    /// </summary>
    /// <param name="dual">Dual of the activation s; its slope must be continuous, or it must be of the leaky family.</param>
    /// <param name="kernel">Kernel of the pre-activations (P × P).</param>
    /// <param name="noise">D, covariance of their noise (P × P).</param>
    /// <param name="channels">N ≥ 1.</param>
    /// <returns>The variance of the mean square.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel, sizes differ, or the slope jumps and the activation is not of the leaky
    /// family.</exception>
    public static double OfNoise(DualActivation dual, Matrix<double> kernel, Matrix<double> noise, int channels)
    {
        ArgumentNullException.ThrowIfNull(dual);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        KernelMatrix.Require(kernel);
        if (noise.RowCount != kernel.RowCount || noise.ColumnCount != kernel.RowCount)
        {
            throw new ArgumentException($"expected noise for {kernel.RowCount} points", nameof(noise));
        }

        var (gains, means, sum) = (SquaredSlopes(dual, kernel), kernel.Diagonal().Map(variance => dual.Moments(variance).SquareSlope), 0.0);
        for (var i = 0; i < kernel.RowCount; i++)
        {
            for (var j = 0; j < kernel.RowCount; j++)
            {
                var product = noise[i, i] * noise[j, j];
                sum += (gains[i, j] * (product + (2 * noise[i, j] * noise[i, j]))) - (means[i] * means[j] * product);
            }
        }

        return Math.Max(0, sum) / ((double)kernel.RowCount * kernel.RowCount * channels);
    }

    /// <summary>E s'(y_i)² s'(y_j)². For a leaky ReLU this is computed with the leaky ReLU whose slope is squared.</summary>
    private static Matrix<double> SquaredSlopes(DualActivation dual, Matrix<double> kernel)
    {
        var ones = Matrix<double>.Build.Dense(kernel.RowCount, kernel.RowCount, 1);
        if (dual is LeakyDual leaky)
        {
            return ActivationKernel.Apply(DualActivation.For(Function.LeakyRelu(leaky.Slope * leaky.Slope)), kernel, ones).Noise!;
        }

        var s = dual.Curve;
        return s.Jumps.All(jump => jump == 0)
            ? ActivationKernel
                .Apply(
                    DualActivation.For(
                        new ActivationCurve($"squared slope of {s.Name}", u => s.Slope(u) * s.Slope(u), u => 2 * s.Slope(u) * s.Curvature(u), null, s.Kinks)
                    ),
                    kernel
                )
                .Signal
            : throw new ArgumentException($"expected a continuous slope, or a leaky ReLU, got {s.Name}", nameof(dual));
    }
}
