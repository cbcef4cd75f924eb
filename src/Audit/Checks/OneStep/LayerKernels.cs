using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;
using Wellbehaved.Numerics;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>Covariances over the points of one output channel of a convolution, given its input. All one-step laws use them.</summary>
/// <param name="network">The network.</param>
internal sealed class LayerKernels(NetworkSettings network)
{
    private readonly ConvolutionKernel _inner = new(
        network.FeatureShape.Images,
        network.FeatureShape.Height,
        network.FeatureShape.Width,
        network.KernelSize,
        network.Boundary
    );

    private readonly ConvolutionKernel _first = new(
        network.NetworkInput.Images,
        network.NetworkInput.Height,
        network.NetworkInput.Width,
        network.KernelSize,
        network.Boundary,
        network.FirstStride
    );

    /// <summary>K = E[y yᵀ] of a channel after an inner convolution (P × P).</summary>
    /// <param name="input">Signal or noise that it reads (points × channels).</param>
    public Matrix<double> Covariance(double[] input)
    {
        var (points, channels) = (network.FeatureShape.Points, network.Channels);
        var gram = new double[points * points];
        for (var i = 0; i < points; i++)
        {
            var row = input.AsSpan(i * channels, channels);
            for (var j = 0; j <= i; j++)
            {
                gram[(i * points) + j] = gram[(j * points) + i] = VectorMath.Dot(row, input.AsSpan(j * channels, channels)) / channels;
            }
        }

        return _inner.Apply(Matrix<double>.Build.Dense(points, points, gram));
    }

    /// <summary><c>E[dy_i y_j]</c> after an inner layer of a fully connected network (P × P).</summary>
    /// <param name="below">Signal and noise that it reads.</param>
    public Matrix<double> CrossOfFullyConnected(Snapshot below)
    {
        var points = network.FeatureShape.Points;
        var x = Matrix<double>.Build.DenseOfRowMajor(points, network.Channels, below.Signal);
        var dx = Matrix<double>.Build.DenseOfRowMajor(points, network.Channels, below.Noise);
        return dx.TransposeAndMultiply(x) * (2.0 / network.Channels);
    }

    /// <summary>K after the first convolution, whose weights have variance 1/fan-in.</summary>
    /// <param name="input">Signal or noise at the network's input.</param>
    public Matrix<double> OfFirst(double[] input) =>
        _first.OfFeatures(Matrix<double>.Build.DenseOfRowMajor(network.NetworkInput.Points, network.NetworkInput.Channels, input), gain: 1);

    /// <summary>Variance of the mean square over points, of one Gaussian channel: <c>2‖K‖²/P²</c>.</summary>
    /// <param name="kernel">Its covariance.</param>
    public static double VarianceOfMeanSquare(Matrix<double> kernel)
    {
        var norm = kernel.FrobeniusNorm();
        return 2 * norm * norm / ((double)kernel.RowCount * kernel.RowCount);
    }
}
