using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Theory;

/// <summary>The infinitely wide network on a concrete batch: its kernel from layer to layer. Laws R1 and R2.</summary>
/// <remarks>
/// Signal: <c>K ← 2·mean_κ V(K)</c> with V from S1 or, behind batch norm, S5; a residual unit adds what its branch made of the sum so far.
/// Noise: the mean square of each point, halved by a ReLU, doubled and averaged by a convolution, and multiplied by E[1/(σ² + ε)] by batch norm;
/// input noise is independent between points and of the signal. Deviations at width N are O(depth/N), law R3.
/// Scales are kept apart where nothing fixes them: that of the noise, and without batch norm, whose ε has a scale, that of the signal.
/// </remarks>
public sealed class KernelRecursion
{
    private readonly NetworkKind _kind;
    private readonly ConvolutionKernel _convolution;
    private readonly double _epsilon;
    private Matrix<double> _kernel;
    private double[] _noise;
    private double _logScaleSignal;
    private double _logScaleNoise;
    private int _depth;

    /// <summary>Starts behind the first convolution.</summary>
    /// <param name="kind">The architecture.</param>
    /// <param name="kernel">Kernel of the first convolution's output (P × P): signal at depth 0.</param>
    /// <param name="noise">Mean square of the noise there, by point (P).</param>
    /// <param name="convolution">The inner convolution, P points to P points.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    /// <exception cref="ArgumentException">Not a kernel, sizes that differ, or a negative ε.</exception>
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

    /// <summary>The largest estimate of a quadrature's relative error so far; 0 without batch norm.</summary>
    public double QuadratureError { get; private set; }

    /// <summary>Goes one layer or residual unit further.</summary>
    /// <returns>The moments at its end.</returns>
    /// <exception cref="ArgumentException">Batch norm with ε = 0 on points that vary in two directions at most.</exception>
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
            reff);
    }

    private double FeedforwardLayer()
    {
        (_kernel, _noise) = Activate(_convolution.Apply(_kernel), _convolution.Apply(_noise));
        return KernelMatrix.EffectiveRank(_kernel);
    }

    private double ResidualUnit()
    {
        var (branch, branchNoise) = (_kernel, _noise);
        var reff = double.NaN;
        for (var h = 0; h < _kind.ResidualDepth; h++)
        {
            (branch, branchNoise) = Activate(branch, branchNoise);
            if (h == 0)
            {
                reff = KernelMatrix.EffectiveRank(branch);
            }

            (branch, branchNoise) = (_convolution.Apply(branch), _convolution.Apply(branchNoise));
        }

        _kernel += branch;
        _noise = [.. _noise.Zip(branchNoise, (skip, added) => skip + added)];
        return reff;
    }

    /// <summary>Batch norm, where there is one, and ReLU.</summary>
    private (Matrix<double> Kernel, double[] Noise) Activate(Matrix<double> kernel, double[] noise)
    {
        if (!_kind.BatchNorm)
        {
            return (ReluKernel.Signal(kernel), OneStepLaws.ExpectedNoiseAfterRelu(noise));
        }

        var norm = new BatchNormKernel(kernel, _epsilon);
        var (signal, signalError) = norm.Signal();
        var (inverseVariance, noiseError) = norm.InverseVariance();
        QuadratureError = Math.Max(QuadratureError, Math.Max(signalError, noiseError));
        return (signal, [.. noise.Select(variance => 0.5 * variance * inverseVariance)]);
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
            _logScaleNoise += Math.Log(noise);
        }
    }
}
