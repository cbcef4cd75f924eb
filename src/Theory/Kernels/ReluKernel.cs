using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Theory;

/// <summary>The kernel after a ReLU, from the kernel of its Gaussian pre-activations. Law S1, exact at every width given the previous layer.</summary>
internal static class ReluKernel
{
    /// <summary><c>E[x_i x_j] = ½ sqrt(q_i q_j) k₁(c_ij)</c>.</summary>
    /// <param name="kernel">Kernel of the pre-activations (P × P); <c>q_i = K_ii</c>, <c>c_ij = K_ij/sqrt(q_i q_j)</c>.</param>
    /// <returns>Kernel of the activations, V (P × P).</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static Matrix<double> Signal(Matrix<double> kernel) => Map(kernel, (scale, correlation) => 0.5 * scale * ArcCosineKernel.Order1(correlation));

    /// <summary><c>E[1{y_i &gt; 0} 1{y_j &gt; 0}] = ½ k₀(c_ij)</c>: the factor of independent noise in the ReLU.</summary>
    /// <param name="kernel">Kernel of the pre-activations (P × P).</param>
    /// <returns>Probabilities (P × P); zero for a point whose variance is zero.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static Matrix<double> BothActive(Matrix<double> kernel) => Map(kernel, (_, correlation) => 0.5 * ArcCosineKernel.Order0(correlation));

    /// <summary><c>E[x_i² x_j²] = ½ q_i q_j k₂(c_ij)</c>.</summary>
    /// <param name="kernel">Kernel of the pre-activations (P × P).</param>
    /// <returns>Mixed second moments of squares (P × P).</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static Matrix<double> Squares(Matrix<double> kernel) =>
        Map(kernel, (scale, correlation) => 0.5 * scale * scale * ArcCosineKernel.Order2(correlation));

    /// <summary><c>E[x_i⁴ x_j⁴] = ½ q_i² q_j² k₄(c_ij)</c>; together with <see cref="Squares"/> it gives the exact variance of <c>x_i² x_j²</c>.</summary>
    /// <param name="kernel">Kernel of the pre-activations (P × P).</param>
    /// <returns>Mixed second moments of fourth powers (P × P).</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static Matrix<double> FourthPowers(Matrix<double> kernel) =>
        Map(kernel, (scale, correlation) => 0.5 * scale * scale * scale * scale * ArcCosineKernel.Order4(correlation));

    private static Matrix<double> Map(Matrix<double> kernel, Func<double, double, double> function)
    {
        KernelMatrix.Require(kernel);
        var (entries, size) = (DenseProduct.Columns(kernel), kernel.RowCount);
        var result = new double[size * size];
        Parallel.For(
            0,
            size,
            Sharing.Options(size),
            i =>
            {
                for (var j = 0; j <= i; j++)
                {
                    var scale = Math.Sqrt(entries[i * (size + 1)] * entries[j * (size + 1)]);
                    var correlation = i == j ? 1 : Math.Clamp(entries[(i * size) + j] / scale, -1, 1);
                    result[(i * size) + j] = result[(j * size) + i] = scale == 0 ? 0 : function(scale, correlation);
                }
            }
        );
        return Matrix<double>.Build.Dense(size, size, result);
    }
}
