using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>The infinitely wide network on a concrete batch: its kernel from layer to layer. Laws R1 and R2.</summary>
/// <remarks>
/// Signal: <c>K ← 2·mean_κ V(K)</c> with V from S1 or, after batch norm, from S5; a residual unit adds the output of its branch to the sum so far.
/// Noise: the mean square of each point, which a ReLU halves, a convolution doubles and averages, and batch norm multiplies by E[1/(σ² + ε)];
/// input noise is independent between points and of the signal. Deviations at width N are O(depth/N), law R3.
/// A given noise has by chance a component in the directions of the signal, a share of about P/N⁰ for N⁰ input channels, and batch norm treats that component
/// differently; <see cref="Given"/> follows it, law S5. Scales that nothing determines are stored separately: that of the noise, and that of the signal where
/// there is no batch norm, whose ε determines a scale.
/// </remarks>
internal sealed class KernelRecursion
{
    /// <summary>
    /// If the share of the noise in the directions of the signal is less than this, the noise counts as independent: χ changes by less than the quadratures'
    /// errors.
    /// </summary>
    private const double NegligibleShare = 1e-10;

    private readonly NetworkKind _kind;
    private readonly ConvolutionKernel _convolution;
    private readonly double _epsilon;
    private Matrix<double> _kernel;
    private double[] _noise;

    /// <summary>E[dy_i y_j], in the scales of both; null where it is zero or negligible.</summary>
    private Matrix<double>? _cross;
    private double _logScaleSignal;
    private double _logScaleNoise;
    private int _depth;

    /// <summary>Starts after the first convolution.</summary>
    /// <param name="kind">The architecture.</param>
    /// <param name="kernel">Kernel of the first convolution's output (P × P): signal at depth 0.</param>
    /// <param name="noise">Mean square of the noise there, by point (P).</param>
    /// <param name="convolution">The inner convolution, P points to P points.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    /// <exception cref="ArgumentException">The matrix is not a kernel, sizes differ, or ε is negative.</exception>
    public KernelRecursion(NetworkKind kind, Matrix<double> kernel, IReadOnlyList<double> noise, ConvolutionKernel convolution, double epsilon)
    {
        KernelMatrix.Require(kernel);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(convolution);
        if (noise.Count != kernel.RowCount || convolution.InputPoints != kernel.RowCount || convolution.OutputPoints != kernel.RowCount)
        {
            throw new ArgumentException($"expected noise and a convolution for the kernel's {kernel.RowCount} points", nameof(noise));
        }

        if (!double.IsFinite(epsilon) || epsilon < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "expected a finite number of at least 0");
        }

        (_kind, _kernel, _noise, _convolution, _epsilon) = (kind, kernel, [.. noise], convolution, epsilon);
    }

    /// <summary>Starts after the first convolution, for a given batch and a given noise.</summary>
    /// <param name="kind">The architecture.</param>
    /// <param name="kernel">Kernel of the first convolution's output (P × P): signal at depth 0.</param>
    /// <param name="noise">Mean square of the noise there, by point (P).</param>
    /// <param name="cross">Covariance of noise and signal there, <c>E[dy_i y_j]</c> (P × P).</param>
    /// <param name="convolution">The inner convolution, P points to P points.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    /// <returns>The recursion.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel, sizes differ, or ε is negative.</exception>
    public static KernelRecursion Given(
        NetworkKind kind,
        Matrix<double> kernel,
        IReadOnlyList<double> noise,
        Matrix<double> cross,
        ConvolutionKernel convolution,
        double epsilon
    )
    {
        ArgumentNullException.ThrowIfNull(cross);
        var recursion = new KernelRecursion(kind, kernel, noise, convolution, epsilon);
        if (cross.RowCount != kernel.RowCount || cross.ColumnCount != kernel.RowCount)
        {
            throw new ArgumentException($"expected a cross-covariance for {kernel.RowCount} points", nameof(cross));
        }

        // A ReLU alone halves the mean square of any noise (S3). Only batch norm depends on the correlation of noise and signal.
        recursion._cross = kind.BatchNorm ? cross : null;
        return recursion;
    }

    /// <summary>The largest estimate of a quadrature's relative error so far; 0 without batch norm.</summary>
    public double QuadratureError { get; private set; }

    /// <summary>
    /// The share of the given noise in the directions of the signal at the first batch norm, as a mean over the points; null if no noise was given, or before
    /// the first batch norm.
    /// </summary>
    public double? SharedNoise { get; private set; }

    /// <summary>Advances by one layer or residual unit.</summary>
    /// <returns>The moments at its end.</returns>
    /// <exception cref="ArgumentException">Batch norm has ε = 0, and the points vary in at most two directions.</exception>
    /// <exception cref="UnresolvedKernelException">Batch norm divides by variances that are lost in the rounding of others.</exception>
    public PredictedMoments Next()
    {
        _depth++;
        var reff = _kind.Residual ? ResidualUnit() : FeedforwardLayer();
        if (!_kind.BatchNorm)
        {
            RescaleSignal();
        }

        RescaleNoise();
        return new PredictedMoments(
            _depth,
            Math.Log(KernelMatrix.Nu2(_kernel)) + _logScaleSignal,
            Math.Log(KernelMatrix.Mu2(_kernel)) + _logScaleSignal,
            _logScaleNoise + Math.Log(_noise.Average()),
            reff
        );
    }

    private double FeedforwardLayer()
    {
        (_kernel, _noise, _cross) = Activate(_convolution.Apply(_kernel), _convolution.Apply(_noise), Convolved(_cross));
        return KernelMatrix.EffectiveRank(_kernel);
    }

    private double ResidualUnit()
    {
        var (branch, branchNoise, branchCross) = (_kernel, _noise, _cross);
        var reff = double.NaN;
        for (var h = 0; h < _kind.ResidualDepth; h++)
        {
            (branch, branchNoise, branchCross) = Activate(branch, branchNoise, branchCross);
            if (h == 0)
            {
                reff = KernelMatrix.EffectiveRank(branch);
            }

            (branch, branchNoise, branchCross) = (_convolution.Apply(branch), _convolution.Apply(branchNoise), Convolved(branchCross));
        }

        _kernel += branch;
        _noise = [.. _noise.Zip(branchNoise, (skip, added) => skip + added)];
        _cross = _cross is null || branchCross is null ? _cross : _cross + branchCross;
        return reff;
    }

    private Matrix<double>? Convolved(Matrix<double>? cross) => cross is null ? null : _convolution.ApplyToCross(cross);

    /// <summary>Applies batch norm, if there is one, and ReLU.</summary>
    private (Matrix<double> Kernel, double[] Noise, Matrix<double>? Cross) Activate(Matrix<double> kernel, double[] noise, Matrix<double>? cross)
    {
        if (!_kind.BatchNorm)
        {
            return (ReluKernel.Signal(kernel), OneStepLaws.ExpectedNoiseAfterRelu([.. kernel.Diagonal()], noise), null);
        }

        var norm = new BatchNormKernel(kernel, _epsilon);
        var (signal, signalError) = norm.Signal();
        if (cross is not null && !(SharedWith(norm, cross, noise) <= NegligibleShare))
        {
            var (passed, passedCross, crossError) = norm.CorrelatedNoise(cross, noise);
            QuadratureError = Math.Max(QuadratureError, Math.Max(signalError, crossError));
            return (signal, passed, passedCross);
        }

        var (inverseVariance, noiseError) = norm.InverseVariance();
        QuadratureError = Math.Max(QuadratureError, Math.Max(signalError, noiseError));

        // Where nothing varies, z = 0 at every point, where the ReLU lets no noise pass.
        return (signal, [.. noise.Select(variance => norm.IsConstant ? 0 : 0.5 * variance * inverseVariance)], null);
    }

    /// <summary>The largest share of a point's noise in the directions of the signal. At the first call the mean of the shares is stored.</summary>
    private double SharedWith(BatchNormKernel norm, Matrix<double> cross, double[] noise)
    {
        var shares = SharedNoise is null ? norm.SharedNoise(cross, noise) : norm.ReachedNoise(cross, noise);
        norm.RequireResolved(shares, cross, noise);
        SharedNoise ??= shares.Average();
        return shares.Largest();
    }

    private void RescaleSignal()
    {
        var signal = KernelMatrix.Nu2(_kernel);
        if (signal > 0)
        {
            _kernel /= signal;
            _logScaleSignal += Math.Log(signal);
        }
    }

    private void RescaleNoise()
    {
        var noise = _noise.Average();
        if (noise > 0)
        {
            _noise = [.. _noise.Select(value => value / noise)];
            _cross = _cross is null ? null : _cross / Math.Sqrt(noise);
            _logScaleNoise += Math.Log(noise);
        }
    }
}
