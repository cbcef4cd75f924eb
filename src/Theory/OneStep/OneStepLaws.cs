using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Theory;

/// <summary>Conditional expectations of the moments after one layer, given the previous layer: exact at every width.</summary>
/// <remarks>
/// All laws take the kernel K of the pre-activations. <see cref="ConvolutionKernel"/> computes it from the Gram matrix of the previous layer, for fully
/// connected layers and for convolutions with any border. Noise moments are mean squares that are not centred over the sample; centred ones do not obey S3 (see
/// the counterexample in the tests).
/// </remarks>
internal static class OneStepLaws
{
    /// <summary>S2: <c>E ν₂(x) = ½ mean q</c> after a ReLU.</summary>
    /// <param name="kernel">Kernel of the pre-activations (P × P).</param>
    /// <returns>The expected mean square; it equals ν₂ of the previous layer where the boundary loses no variance.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static double ExpectedNu2AfterRelu(Matrix<double> kernel) => 0.5 * KernelMatrix.Nu2(kernel);

    /// <summary>
    /// S3: <c>E ν₂(dx_i) = ½ E dy_i²</c> after a ReLU, for any correlation of noise and signal. Points that are zero stay zero: there no noise passes (O2).
    /// </summary>
    /// <param name="variances">q_i = E y_i² of each point (P).</param>
    /// <param name="preactivationNoise">E dy_i² of each point (P).</param>
    /// <returns>Expected mean squares (P).</returns>
    public static double[] ExpectedNoiseAfterRelu(IReadOnlyList<double> variances, IReadOnlyList<double> preactivationNoise)
    {
        ArgumentNullException.ThrowIfNull(variances);
        ArgumentNullException.ThrowIfNull(preactivationNoise);
        return [.. preactivationNoise.Zip(variances, (noise, variance) => variance > 0 ? 0.5 * noise : 0)];
    }

    /// <summary>S4: <c>E μ₂(x) = (Tr V - 1ᵀV1/P)/P</c> after a ReLU, with V from S1.</summary>
    /// <param name="kernel">Kernel of the pre-activations (P × P).</param>
    /// <returns>The expected variance of the signal.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static double ExpectedMu2AfterRelu(Matrix<double> kernel) => KernelMatrix.Mu2(ReluKernel.Signal(kernel));

    /// <summary>S5: kernel of the signal after batch norm and ReLU.</summary>
    /// <param name="kernel">Kernel of the pre-activations (P × P).</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <returns>V (P × P) and an estimate of the quadrature's relative error.</returns>
    /// <exception cref="ArgumentException">See <see cref="BatchNormKernel"/>.</exception>
    public static (Matrix<double> Kernel, double Error) KernelAfterBatchNormAndRelu(Matrix<double> kernel, double epsilon) =>
        new BatchNormKernel(kernel, epsilon).Signal();

    /// <summary>S5: <c>E dx_i² = ½ E[dy_i²] E[1/(σ² + ε)]</c> after batch norm and ReLU, for noise that is uncorrelated with the signal.</summary>
    /// <param name="kernel">Kernel of the pre-activations (P × P).</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <param name="preactivationNoise">E dy_i² of each point (P).</param>
    /// <returns>Expected mean squares (P).</returns>
    /// <exception cref="ArgumentException">See <see cref="BatchNormKernel"/>; the expectation is infinite where the points vary in at most two directions and ε
    /// = 0.</exception>
    public static double[] ExpectedNoiseAfterBatchNormAndRelu(Matrix<double> kernel, double epsilon, IReadOnlyList<double> preactivationNoise)
    {
        ArgumentNullException.ThrowIfNull(preactivationNoise);
        var inverseVariance = new BatchNormKernel(kernel, epsilon).InverseVariance().Value;
        return [.. preactivationNoise.Select(variance => 0.5 * variance * inverseVariance)];
    }

    /// <summary>S5 in general: the noise is regressed on the signal, <c>dy_i = b_iᵀy + e_i</c>, and the part that is a function of the signal is treated
    /// separately.</summary>
    /// <param name="kernel">Kernel of the signal's pre-activations, K (P × P).</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <param name="cross">Covariance of noise and signal, <c>E[dy_i y_j]</c> (P × P).</param>
    /// <param name="preactivationNoise">E dy_i² of each point (P).</param>
    /// <returns><c>E[dy_i²/(σ² + ε)]</c> of each point: the mean square of the noise after batch norm, half of which passes the ReLU on average over a sign
    /// flip of y.</returns>
    /// <exception cref="ArgumentException">See <see cref="BatchNormKernel"/>, or sizes differ.</exception>
    public static double[] ExpectedNoiseAfterBatchNorm(Matrix<double> kernel, double epsilon, Matrix<double> cross, IReadOnlyList<double> preactivationNoise)
    {
        ArgumentNullException.ThrowIfNull(cross);
        ArgumentNullException.ThrowIfNull(preactivationNoise);
        if (cross.RowCount != kernel.RowCount || cross.ColumnCount != kernel.RowCount || preactivationNoise.Count != kernel.RowCount)
        {
            throw new ArgumentException($"expected a cross-covariance and noise for {kernel.RowCount} points", nameof(cross));
        }

        var norm = new BatchNormKernel(kernel, epsilon);
        var second = norm.SecondMomentOverVariance().Kernel;
        var inverseVariance = norm.InverseVariance().Value;
        var regression = cross * kernel.PseudoInverse();
        var explained = (regression * cross.Transpose()).Diagonal();
        var shared = (regression * second * regression.Transpose()).Diagonal();
        return [.. Enumerable.Range(0, kernel.RowCount).Select(i => shared[i] + (Math.Max(0, preactivationNoise[i] - explained[i]) * inverseVariance))];
    }

    /// <summary>S8: second moments of a residual sum. The cross terms vanish in expectation, since the weights of the last convolution are fresh.</summary>
    /// <param name="skip">ν₂, μ₂ or noise of the skip connection.</param>
    /// <param name="branchInput">The expected moment of the same kind at the input of the branch's last convolution.</param>
    /// <returns><c>skip + 2·branchInput</c>.</returns>
    public static double ExpectedResidualSum(double skip, double branchInput) => skip + (2 * branchInput);
}
