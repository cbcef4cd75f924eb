using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Fully connected layers of a sampled network.</summary>
/// <remarks>
/// Given the features, neurons with Gaussian weights are independent and Gaussian over the points with the covariance σ_w² XXᵀ/N. Any factor of that matrix
/// times normal numbers has their law, and the features themselves are such a factor, used where there are fewer channels than rows. Weights of other laws are
/// drawn one by one.
/// </remarks>
internal sealed class SampledWeights(NormalSequence random)
{
    /// <summary>Variance of a standard normal number that is truncated at two deviations: 1 - 4φ(2)/(2Φ(2) - 1).</summary>
    private const double TruncatedVariance = 0.77374130354993;

    /// <summary>Draws a layer and applies it.</summary>
    /// <param name="features">Its input.</param>
    /// <param name="channels">Number of channels of its output.</param>
    /// <param name="parameters">How its weights are drawn.</param>
    public SampledFeatures Apply(SampledFeatures features, int channels, Initialisation parameters)
    {
        var rows = 2 * features.Points;
        var values =
            parameters.Law == WeightLaw.Normal
                ? Neurons(features, channels, parameters.WeightVariance)
                : Product(features.Values, Weights(features.Width, channels, parameters), rows, features.Width, channels);
        if (parameters.BiasVariance > 0)
        {
            // The biases are scaled as the signal is.
            var deviation = Math.Sqrt(parameters.BiasVariance * Math.Exp(-features.LogSignalScale));
            var biases = new double[channels];
            random.Fill(biases, deviation);
            for (var point = 0; point < features.Points; point++)
            {
                Numerics.VectorMath.AddScaled(values.AsSpan(point * channels, channels), 1, biases);
            }
        }

        return features with
        {
            Width = channels,
            Values = values,
        };
    }

    private static double[] Product(double[] left, double[] right, int rows, int inner, int columns)
    {
        var result = new double[rows * columns];
        DenseProduct.Multiply(left, right, result, rows, inner, columns);
        return result;
    }

    private double[] Neurons(SampledFeatures features, int channels, double variance)
    {
        var (rows, width) = (2 * features.Points, features.Width);
        var (factor, rank) = (features.Values, width);
        if (width > rows)
        {
            var matrix = Matrix<double>.Build.DenseOfRowMajor(rows, width, features.Values);
            var gram = SemidefiniteFactor.Compute(DenseProduct.Columns(DenseProduct.OfTransposed(matrix, matrix)), rows);
            (factor, rank) = (gram.Rows, gram.Rank);
        }

        var normals = new double[rank * channels];
        random.Fill(normals, Math.Sqrt(variance / width));
        return Product(factor, normals, rows, rank, channels);
    }

    private double[] Weights(int width, int channels, Initialisation parameters)
    {
        var (weights, deviation) = (new double[width * channels], Math.Sqrt(parameters.WeightVariance / width));
        switch (parameters.Law)
        {
            case WeightLaw.Normal:
                random.Fill(weights, deviation);
                return weights;
            case WeightLaw.Uniform:
                for (var i = 0; i < weights.Length; i++)
                {
                    weights[i] = deviation * Math.Sqrt(3) * ((2 * random.NextUniform()) - 1);
                }

                return weights;
            case WeightLaw.TruncatedNormal:
                for (var i = 0; i < weights.Length; i++)
                {
                    double z;
                    do
                    {
                        z = random.Next();
                    } while (Math.Abs(z) > 2);
                    weights[i] = deviation * z / Math.Sqrt(TruncatedVariance);
                }

                return weights;
            case WeightLaw.Orthogonal:
                return Orthogonal(width, channels, Math.Sqrt(parameters.WeightVariance));
            default:
                throw new InvalidOperationException($"no sample of the law {parameters.Law}");
        }
    }

    /// <summary>
    /// Orthonormal rows or columns, whichever are fewer, uniform over all such matrices: from the QR decomposition of a Gaussian matrix, with signs that make
    /// it unique.
    /// </summary>
    private double[] Orthogonal(int width, int channels, double deviation)
    {
        var (tall, narrow) = (Math.Max(width, channels), Math.Min(width, channels));
        var normals = new double[tall * narrow];
        random.Fill(normals, 1);
        var factors = Matrix<double>.Build.DenseOfRowMajor(tall, narrow, normals).QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Thin);
        var q = factors.Q * Matrix<double>.Build.DiagonalOfDiagonalVector(factors.R.Diagonal().Map(value => value < 0 ? -1.0 : 1.0));

        // The elements have variance 1/tall; they are scaled to σ_w²/width.
        var scaled = q * (deviation * Math.Sqrt((double)tall / width));
        return width >= channels ? scaled.ToRowMajorArray() : scaled.Transpose().ToRowMajorArray();
    }
}
