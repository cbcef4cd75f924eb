using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>A fully connected network of finite width as a Markov chain. Its law is exact at every width, tails included.</summary>
/// <remarks>
/// Given the Gram matrix of signal and noise at the P points together (2P × 2P), the N neurons of the next pre-activations are i.i.d. Gaussian over these, with
/// twice that matrix as covariance. These are the one-step laws, sampled instead of averaged. So the next layer depends only on the activations of one layer,
/// and all layers together have the law of a network whose weights are independent and Gaussian. Neurons with the covariance C are FZ, for any factor FFᵀ = C
/// and normal Z. The activations themselves are such a factor of their Gram matrix, and the shorter one where N ≤ 2P; otherwise Cholesky's factor is used. The
/// recursion R2 misses the fat tails of batch-normalised networks at large batch, but the chain has them; its mean tends to the recursion as 1/N (R3). The
/// chain does not predict the effect of one given weight matrix, nor convolutional networks, whose neurons are correlated over all positions of all images,
/// (2Mn)² numbers. A seed gives the same numbers on every processor and for any number of threads. A chain must be used by one caller at a time.
/// </remarks>
internal sealed class SampledNeurons
{
    private readonly NetworkKind _kind;
    private readonly int _points;
    private readonly int _width;
    private readonly double _epsilon;
    private readonly NormalSequence _normal;
    private readonly NeuronStatistics _statistics;

    // Rows are points, first of the signal, then of the noise (2P × N); columns are neurons.
    private readonly double[] _ofUnit;
    private readonly double[] _activations;
    private readonly double[] _sampled;
    private readonly double[] _skip;
    private double[] _normals = [];
    private double _logScaleSignal;
    private double _logScaleNoise;
    private int _depth;

    /// <summary>Starts after the first layer, with noise of average properties: of unit variance, independent of the signal and between points.</summary>
    /// <param name="kind">The architecture.</param>
    /// <param name="inputGram">Gram matrix of the input signal over its channels, <c>⟨x_i, x_j⟩/N⁰</c> (P × P).</param>
    /// <param name="width">N ≥ 1.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    /// <param name="seed">Seed of the sampled neurons; seeds that are close to each other give unrelated chains.</param>
    /// <exception cref="ArgumentException">The matrix is not a kernel, or a size is out of range.</exception>
    public SampledNeurons(NetworkKind kind, Matrix<double> inputGram, int width, double epsilon, ulong seed)
        : this(kind, WithUnitNoise(inputGram), inputGram.RowCount, width, epsilon, seed) { }

    private SampledNeurons(NetworkKind kind, Matrix<double> jointGram, int points, int width, double epsilon, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (!double.IsFinite(epsilon) || epsilon < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "expected a finite number of at least 0");
        }

        (_kind, _points, _width, _epsilon) = (kind, points, width, epsilon);
        (_normal, _statistics) = (new NormalSequence(seed), new NeuronStatistics(points, width));
        (_ofUnit, _activations, _sampled, _skip) = (NewNeurons(), NewNeurons(), NewNeurons(), NewNeurons());

        // The gain of the first layer is 1, because no ReLU precedes it.
        var factor = SemidefiniteFactor.Compute(DenseProduct.Columns(jointGram), 2 * points);
        Sample(factor.Rows, factor.Rank, variance: 1, _skip);
        Rescale();

        double[] NewNeurons() => new double[2 * points * width];
    }

    /// <summary>μ₄ after the last unit's first batch norm, in this sample; NaN without batch norm.</summary>
    /// <remarks>It is 3 for Gaussian z, and larger for fat tails, up to the bound D3.</remarks>
    public double Mu4AfterBatchNorm { get; private set; } = double.NaN;

    /// <summary>Starts after the first layer of a network with a given batch as its input. The law is exact for this batch and for any noise.</summary>
    /// <param name="kind">The architecture.</param>
    /// <param name="jointGram">
    /// Gram matrix of the P points' signal and noise over the input's channels (2P × 2P): <c>⟨x_i, x_j⟩/N⁰</c> at (i, j), <c>⟨x_i, dx_j⟩/N⁰</c> at (i, P + j),
    /// <c>⟨dx_i, dx_j⟩/N⁰</c> at (P + i, P + j). It may be singular, as it is where N⁰ &lt; 2P.
    /// </param>
    /// <param name="width">N ≥ 1.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    /// <param name="seed">Seed of the sampled neurons; seeds that are close to each other give unrelated chains.</param>
    /// <returns>The chain.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel, its number of rows is odd, or a size is out of range.</exception>
    public static SampledNeurons Given(NetworkKind kind, Matrix<double> jointGram, int width, double epsilon, ulong seed)
    {
        KernelMatrix.Require(jointGram);
        return jointGram.RowCount % 2 == 0
            ? new SampledNeurons(kind, jointGram, jointGram.RowCount / 2, width, epsilon, seed)
            : throw new ArgumentException($"expected signal and noise of as many points, got {jointGram.RowCount} rows", nameof(jointGram));
    }

    /// <summary>Advances by one layer or residual unit.</summary>
    /// <returns>The moments at its end, in this sample.</returns>
    /// <exception cref="ArgumentException">Batch norm has ε = 0, and the points do not vary.</exception>
    public PredictedMoments Next()
    {
        Advance();
        return Moments();
    }

    /// <summary>Advances by one layer or residual unit, for callers that do not need its moments.</summary>
    /// <exception cref="ArgumentException">Batch norm has ε = 0, and the points do not vary.</exception>
    public void Advance()
    {
        _depth++;
        if (_kind.Residual)
        {
            AddBranch();
        }
        else
        {
            SampleAfter(_skip);
            Activate(_sampled, _ofUnit, isFirst: true);
            _ofUnit.CopyTo(_skip, 0);
        }

        Rescale();
    }

    /// <summary>The moments at this depth, in this sample.</summary>
    /// <returns>Logarithms of raw moments; for the noise, of its mean square. The effective rank is that after the unit's first ReLU, and NaN at depth
    /// 0.</returns>
    public PredictedMoments Moments()
    {
        _statistics.Compute(_skip);
        return new PredictedMoments(
            _depth,
            Math.Log(MeanSquare(Signal(_skip))) + _logScaleSignal,
            Math.Log(_statistics.Variances.Average()) + _logScaleSignal,
            Math.Log(MeanSquare(Noise(_skip))) + _logScaleNoise,
            _depth == 0 ? double.NaN : EffectiveRank()
        );
    }

    private static Matrix<double> WithUnitNoise(Matrix<double> inputGram)
    {
        KernelMatrix.Require(inputGram);
        var joint = Matrix<double>.Build.DenseIdentity(2 * inputGram.RowCount);
        joint.SetSubMatrix(0, 0, inputGram);
        return joint;
    }

    private static double MeanSquare(ReadOnlySpan<double> values) => VectorMath.Dot(values, values) / values.Length;

    private Span<double> Signal(double[] neurons) => neurons.AsSpan(0, _points * _width);

    private Span<double> Noise(double[] neurons) => neurons.AsSpan(_points * _width);

    private void AddBranch()
    {
        var branch = _skip;
        for (var h = 0; h < _kind.ResidualDepth; h++)
        {
            var activations = h == 0 ? _ofUnit : _activations;
            Activate(branch, activations, isFirst: h == 0);
            SampleAfter(activations);
            branch = _sampled;
        }

        VectorMath.AddScaled(_skip, 1, _sampled);
    }

    /// <summary>Draws the pre-activations of the layer whose input these activations are.</summary>
    private void SampleAfter(double[] activations)
    {
        var (rows, variance) = (2 * _points, 2.0 / _width);
        if (_width <= rows)
        {
            Sample(activations, _width, variance, _sampled);
            return;
        }

        var (gram, transposed) = (new double[rows * rows], new double[rows * _width]);
        for (var i = 0; i < rows; i++)
        {
            for (var neuron = 0; neuron < _width; neuron++)
            {
                transposed[(neuron * rows) + i] = activations[(i * _width) + neuron];
            }
        }

        DenseProduct.Multiply(activations, transposed, gram, rows, _width, rows);
        var factor = SemidefiniteFactor.Compute(gram, rows);
        Sample(factor.Rows, factor.Rank, variance, _sampled);
    }

    /// <summary>Draws N neurons FZ.</summary>
    /// <param name="factor">F (2P × <paramref name="rank"/>).</param>
    /// <param name="rank">Number of columns of F.</param>
    /// <param name="variance">Variance of Z.</param>
    /// <param name="neurons">Receives the neurons (2P × N).</param>
    private void Sample(double[] factor, int rank, double variance, double[] neurons)
    {
        if (_normals.Length < rank * _width)
        {
            _normals = new double[rank * _width];
        }

        _normal.Fill(_normals.AsSpan(0, rank * _width), Math.Sqrt(variance));
        DenseProduct.Multiply(factor, _normals, neurons, 2 * _points, rank, _width);
    }

    /// <summary>Applies batch norm, if there is one, and ReLU, neuron by neuron; the noise passes where the signal passes.</summary>
    private void Activate(double[] neurons, double[] activations, bool isFirst)
    {
        var (shifts, factors) = (_statistics.Means, _statistics.Variances);
        if (_kind.BatchNorm)
        {
            _statistics.Compute(neurons);
            for (var neuron = 0; neuron < _width; neuron++)
            {
                var variance = factors[neuron] + _epsilon;
                factors[neuron] = variance > 0 ? 1 / Math.Sqrt(variance) : throw new ArgumentException("expected points that vary when ε = 0");
            }
        }
        else
        {
            Array.Clear(shifts);
            Array.Fill(factors, 1);
        }

        var fourthPowers = 0.0;
        for (var point = 0; point < _points; point++)
        {
            var (first, ofNoise) = (point * _width, (_points + point) * _width);
            for (var neuron = 0; neuron < factors.Length; neuron++)
            {
                var signal = (neurons[first + neuron] - shifts[neuron]) * factors[neuron];
                fourthPowers += signal * signal * signal * signal;
                activations[first + neuron] = Math.Max(signal, 0);
                activations[ofNoise + neuron] = signal > 0 ? neurons[ofNoise + neuron] * factors[neuron] : 0;
            }
        }

        if (isFirst && _kind.BatchNorm)
        {
            Mu4AfterBatchNorm = fourthPowers / ((double)_points * _width);
        }
    }

    /// <summary>r_eff of the signal after the unit's first ReLU.</summary>
    /// <remarks>It is computed from the smaller of the covariances over points and over neurons, which have the same spectrum except for zeros.</remarks>
    private double EffectiveRank()
    {
        var statistics = new NeuronStatistics(_points, _width);
        statistics.Compute(_ofUnit);
        var (centred, transposed) = (new double[_points * _width], new double[_points * _width]);
        for (var point = 0; point < _points; point++)
        {
            for (var neuron = 0; neuron < _width; neuron++)
            {
                centred[(point * _width) + neuron] = transposed[(neuron * _points) + point] = _ofUnit[(point * _width) + neuron] - statistics.Means[neuron];
            }
        }

        var (size, terms, left, right) = _points <= _width ? (_points, _width, centred, transposed) : (_width, _points, transposed, centred);
        var covariance = new double[size * size];
        DenseProduct.Multiply(left, right, covariance, size, terms, size);
        var trace = VectorMath.Dot(centred, centred);
        if (trace <= 0)
        {
            return double.NaN;
        }

        var largest = LargestEigenvalue.OfSymmetric(covariance, size);
        return 1 + Math.Max(0, (trace - largest) / largest);
    }

    /// <summary>Scales the noise, and the signal if no batch norm determines its scale, to a mean square of 1; zeros stay zero.</summary>
    private void Rescale()
    {
        if (!_kind.BatchNorm)
        {
            _logScaleSignal += Normalise(Signal(_skip));
        }

        _logScaleNoise += Normalise(Noise(_skip));

        static double Normalise(Span<double> values)
        {
            var meanSquare = MeanSquare(values);
            if (meanSquare == 0)
            {
                return 0;
            }

            VectorMath.Scale(values, 1 / Math.Sqrt(meanSquare));
            return Math.Log(meanSquare);
        }
    }
}
