using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Random;

namespace Wellbehaved.Theory;

/// <summary>A fully connected network of finite width as a Markov chain: exact in law, tails included, without a weight matrix.</summary>
/// <remarks>
/// Given the Gram matrix of signal and noise at the P points together (2P × 2P), the N neurons of the next pre-activations are i.i.d.
/// Gaussian over these with covariance twice that matrix: the one-step laws, sampled instead of averaged. The next Gram matrix is
/// Wishart-like, a mean over N neurons of rectified (and batch-normalised) products. Where the recursion R2 misses the fat tails of
/// batch-normalised nets at large batch, the chain has them; its mean tends to the recursion as 1/N (R3). Not predicted: what one
/// given weight matrix does, and convolutional nets, whose neurons are correlated over all positions of all images, (2Mn)² numbers.
/// Random numbers are MathNet's, not the model's.
/// </remarks>
public sealed class SampledNeurons
{
    private readonly NetworkKind _kind;
    private readonly int _points;
    private readonly int _width;
    private readonly double _epsilon;
    private readonly Normal _normal;
    private Matrix<double> _neurons;
    private double _logScaleSignal;
    private double _logScaleNoise;
    private int _depth;

    /// <summary>Starts behind the first layer, whose neurons it samples.</summary>
    /// <param name="kind">The architecture.</param>
    /// <param name="inputGram">Gram matrix of the input signal over its channels, <c>⟨x_i, x_j⟩/N⁰</c> (P × P).</param>
    /// <param name="width">N ≥ 1.</param>
    /// <param name="epsilon">ε of batch norm.</param>
    /// <param name="seed">Seed of the sampled neurons.</param>
    /// <exception cref="ArgumentException">Not a kernel, or sizes out of range.</exception>
    public SampledNeurons(NetworkKind kind, Matrix<double> inputGram, int width, double epsilon, int seed)
    {
        KernelMatrix.Require(inputGram);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (!double.IsFinite(epsilon) || epsilon < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "expected a finite number of at least 0");
        }

        (_kind, _points, _width, _epsilon) = (kind, inputGram.RowCount, width, epsilon);
        _normal = new Normal(0, 1, new MersenneTwister(seed));

        // Input noise is independent between points and of the signal, of unit variance.
        var joint = Matrix<double>.Build.DenseIdentity(2 * _points);
        joint.SetSubMatrix(0, 0, inputGram);
        _neurons = Sample(joint);
    }

    /// <summary>μ₄ behind the last unit's first batch norm, in this sample; NaN without batch norm. Large where tails are fat: 3 for Gaussian z, up to the bound D3.</summary>
    public double Mu4AfterBatchNorm { get; private set; } = double.NaN;

    /// <summary>Goes one layer or residual unit further.</summary>
    /// <returns>The moments at its end, in this sample.</returns>
    /// <exception cref="ArgumentException">Batch norm with ε = 0 on a single point.</exception>
    public PredictedMoments Next()
    {
        _depth++;
        double reff;
        if (_kind.Residual)
        {
            var branch = _neurons;
            reff = double.NaN;
            for (var h = 0; h < _kind.ResidualDepth; h++)
            {
                var activations = Activate(branch, ofUnit: h == 0);
                reff = h == 0 ? EffectiveRank(activations) : reff;
                branch = Sample(2 * Gram(activations));
            }

            _neurons += branch;
        }
        else
        {
            _neurons = Activate(Sample(2 * Gram(_neurons)), ofUnit: true);
            reff = EffectiveRank(_neurons);
        }

        var gram = Gram(_neurons);
        var signal = gram.SubMatrix(0, _points, 0, _points);
        var noise = gram.SubMatrix(_points, _points, _points, _points);
        var moments = new PredictedMoments(
            _depth,
            Math.Log(KernelMatrix.Nu2(signal)) + _logScaleSignal,
            Math.Log(KernelMatrix.Mu2(signal)) + _logScaleSignal,
            Math.Log(KernelMatrix.Nu2(noise)) + _logScaleNoise,
            reff);
        Rescale(KernelMatrix.Nu2(signal), KernelMatrix.Nu2(noise));
        return moments;
    }

    private Matrix<double> Gram(Matrix<double> neurons) => DenseProduct.OfTransposed(neurons, neurons) / _width;

    private double EffectiveRank(Matrix<double> neurons)
    {
        var signal = neurons.SubMatrix(0, _points, 0, _width);
        return KernelMatrix.EffectiveRank(Gram(signal));
    }

    /// <summary>Draws N neurons (2P × N) with the given covariance over signal and noise at the points.</summary>
    private Matrix<double> Sample(Matrix<double> covariance) =>
        DenseProduct.OfTransposed(SemidefiniteFactor.Lower(covariance), Matrix<double>.Build.Random(_width, covariance.RowCount, _normal));

    /// <summary>Batch norm, where there is one, and ReLU, neuron by neuron.</summary>
    private Matrix<double> Activate(Matrix<double> neurons, bool ofUnit)
    {
        var result = neurons.Clone();
        var fourthPowers = 0.0;
        for (var neuron = 0; neuron < _width; neuron++)
        {
            var (shift, factor) = _kind.BatchNorm ? Statistics(neurons.Column(neuron, 0, _points)) : (0, 1);
            for (var point = 0; point < _points; point++)
            {
                var signal = (neurons[point, neuron] - shift) * factor;
                fourthPowers += signal * signal * signal * signal;
                result[point, neuron] = Math.Max(signal, 0);
                result[_points + point, neuron] = signal > 0 ? neurons[_points + point, neuron] * factor : 0;
            }
        }

        if (ofUnit && _kind.BatchNorm)
        {
            Mu4AfterBatchNorm = fourthPowers / ((double)_points * _width);
        }

        return result;
    }

    private (double Shift, double Factor) Statistics(Vector<double> values)
    {
        var mean = values.Average();
        var variance = values.Average(value => (value - mean) * (value - mean)) + _epsilon;
        return variance > 0 ? (mean, 1 / Math.Sqrt(variance)) : throw new ArgumentException("expected points that vary when ε = 0");
    }

    private void Rescale(double signal, double noise)
    {
        var scale = Vector<double>.Build.Dense(2 * _points, 1);
        if (!_kind.BatchNorm)
        {
            _logScaleSignal += Math.Log(signal);
            scale.SetSubVector(0, _points, Vector<double>.Build.Dense(_points, 1 / Math.Sqrt(signal)));
        }

        _logScaleNoise += Math.Log(noise);
        scale.SetSubVector(_points, _points, Vector<double>.Build.Dense(_points, 1 / Math.Sqrt(noise)));
        _neurons = Matrix<double>.Build.Dense(2 * _points, _width, (i, j) => scale[i] * _neurons[i, j]);
    }
}
