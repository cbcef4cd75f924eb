using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>
/// Kernel states after attention: T1 for given attention weights, averaged over drawn queries and keys. The law of these, given the previous layers, is exact
/// for every width of heads (T2).
/// </summary>
/// <remarks>
/// Queries and keys are d_k Gaussian channels of the covariance σ_w²Σ + σ_b², and their noise is drawn with them. The attention weights are
/// <c>A = softmax(QKᵀ/√d_k)</c>, with <c>dA = A∘(dS - Σ A dS)</c>. The weights of values and output are fresh, so
/// <c>E K = σ_w²(σ_w² E AΣAᵀ + σ_b²) + σ_b²</c>; the noise has <c>(dA Σ + AC)dAᵀ + (dA Cᵀ + AD)Aᵀ</c>, and its covariance with the signal is
/// <c>(dA Σ + AC)Aᵀ</c>. A mapping has few heads, so its kernel is random at every width. The results are means: linear layers preserve them, but for other
/// layers there is no law.
/// </remarks>
internal static class AttentionMap
{
    /// <summary>Number of multiply-adds that are spent on draws, and the least and greatest number of draws.</summary>
    private const double Budget = 4e9;
    private const int FewestDraws = 64;
    private const int MostDraws = 1024;

    /// <summary>Number of parts of the draws that are computed in parallel; each has its own matrices.</summary>
    private const int Blocks = 8;

    private const ulong Seed = 0x5ca1ab1e;

    /// <summary>Applies attention.</summary>
    public static KernelState Apply(Attention attention, KernelState state)
    {
        _ = attention.OutputOf(state.Shape);
        if (state.IsMixture)
        {
            throw new NoTheoryException(attention, state.WhyNotGaussian(string.Empty));
        }

        var (points, tokens, width) = (state.Points, (int)state.Shape.Positions, state.Shape.Channels / attention.Heads);
        var draws = (int)Math.Clamp(Budget / (12.0 * points * points * tokens), FewestDraws, MostDraws);
        var sampler = new Sampler(attention, state, tokens, width);
        var parts = new Sums[Blocks];
        Parallel.For(
            0,
            Blocks,
            block =>
            {
                var sums = new Sums(points, state.Noise is not null);
                for (var draw = block; draw < draws; draw += Blocks)
                {
                    sampler.Add(new NormalSequence(Seed + ((ulong)state.RandomLayers << 32) + (ulong)draw), sums);
                }

                parts[block] = sums;
            }
        );
        var total = parts.Aggregate((sum, part) => sum.With(part));
        var (weight, bias) = (attention.Parameters.WeightVariance, attention.Parameters.BiasVariance);
        Matrix<double> Mean(double[] sum) => Matrix<double>.Build.DenseOfRowMajor(points, points, sum) * (weight * weight / draws);
        Matrix<double> Symmetric(Matrix<double> matrix) => (matrix + matrix.Transpose()) / 2;
        return state.With(
            state.Shape,
            Symmetric(Mean(total.Signal)) + (weight * bias) + bias,
            total.Noise is null ? null : Symmetric(Mean(total.Noise)),
            total.Cross is null ? null : Mean(total.Cross)
        ) with
        {
            IsGaussian = false,
            IsMixture = true,
            HasRandomScores = true,
            IsGaussianInTheLimit = false,
            RandomLayers = state.RandomLayers + 2,

            // Scores depend on the kernel itself, which is random at finite width if a layer with weights precedes.
            Validity = LayerMap.Widest(
                state.Validity,
                state.RandomLayers > 0 || state.HasMasks || attention.Parameters.Law != WeightLaw.Normal ? Validity.InfiniteWidth : Validity.Exact
            ),
            Error = Math.Sqrt((state.Error * state.Error) + Math.Pow(total.RelativeError(draws), 2)),
        };
    }

    /// <summary>Draws attention weights and applies them to kernels.</summary>
    private sealed class Sampler
    {
        private readonly int _points;
        private readonly int _tokens;
        private readonly int _width;
        private readonly bool _causal;
        private readonly double _deviation;
        private readonly double _biasDeviation;
        private readonly double[] _signal;
        private readonly double[]? _noise;
        private readonly double[]? _cross;
        private readonly double[]? _crossTransposed;
        private readonly SemidefiniteFactor _factor;

        public Sampler(Attention attention, KernelState state, int tokens, int width)
        {
            (_points, _tokens, _width, _causal) = (state.Points, tokens, width, attention.Causal);
            (_deviation, _biasDeviation) = (Math.Sqrt(attention.Parameters.WeightVariance), Math.Sqrt(attention.Parameters.BiasVariance));
            _signal = state.Signal.ToRowMajorArray();
            var rows = _points;
            var joint = state.Signal;
            if (state.Noise is not null)
            {
                var cross = state.Cross ?? Matrix<double>.Build.Dense(_points, _points);
                (_noise, _cross, _crossTransposed, rows) = (state.Noise.ToRowMajorArray(), cross.ToRowMajorArray(), cross.ToColumnMajorArray(), 2 * _points);
                joint = Matrix<double>.Build.DenseOfMatrixArray(
                    new[,]
                    {
                        { state.Signal, cross.Transpose() },
                        { cross, state.Noise },
                    }
                );
            }

            _factor = SemidefiniteFactor.Compute(DenseProduct.Columns(joint), rows);
        }

        /// <summary>Adds the contribution of one head.</summary>
        public void Add(NormalSequence random, Sums sums)
        {
            var (queries, keys) = (Project(random), Project(random));
            var (weights, slopes) = (new double[_points * _tokens], _noise is null ? null : new double[_points * _tokens]);
            for (var image = 0; image < _points / _tokens; image++)
            {
                Attend(queries, keys, image * _tokens, weights, slopes);
            }

            var read = Left(weights, _signal);
            var signal = Left(weights, Transposed(read));
            VectorMath.AddScaled(sums.Signal, 1, signal);
            var traces = (Signal: Trace(signal), Shared: signal.Sum(), Noise: 0.0);
            if (slopes is not null)
            {
                // U = dA Σ + A C; the noise is U dAᵀ + (dA Cᵀ + A D)Aᵀ; the covariance with the signal is U Aᵀ.
                var moved = Left(slopes, _signal);
                VectorMath.AddScaled(moved, 1, Left(weights, _cross!));
                var kept = Left(slopes, _crossTransposed!);
                VectorMath.AddScaled(kept, 1, Left(weights, _noise!));
                var across = Transposed(moved);
                var noise = Left(slopes, across);
                VectorMath.AddScaled(noise, 1, Left(weights, Transposed(kept)));
                VectorMath.AddScaled(sums.Noise, 1, noise);
                VectorMath.AddScaled(sums.Cross, 1, Transposed(Left(weights, across)));
                traces.Noise = Trace(noise);
            }

            sums.Draws.Add(traces);
        }

        /// <summary>Queries or keys, followed by their noise (2P × d_k).</summary>
        private double[] Project(NormalSequence random)
        {
            var rows = _noise is null ? _points : 2 * _points;
            var normals = new double[Math.Max(1, _factor.Rank) * _width];
            random.Fill(normals, _deviation);
            var result = new double[rows * _width];
            DenseProduct.Multiply(_factor.Rows, normals, result, rows, _factor.Rank, _width);
            if (_biasDeviation > 0)
            {
                var biases = new double[_width];
                random.Fill(biases, _biasDeviation);
                for (var point = 0; point < _points; point++)
                {
                    VectorMath.AddScaled(result.AsSpan(point * _width, _width), 1, biases);
                }
            }

            return result;
        }

        private void Attend(double[] queries, double[] keys, int first, double[] weights, double[]? slopes)
        {
            var scale = 1 / Math.Sqrt(_width);
            for (var i = 0; i < _tokens; i++)
            {
                var (row, last) = ((first + i) * _tokens, _causal ? i : _tokens - 1);
                var query = Row(queries, first + i);
                var (greatest, sum) = (double.NegativeInfinity, 0.0);
                for (var j = 0; j <= last; j++)
                {
                    weights[row + j] = scale * VectorMath.Dot(query, Row(keys, first + j));
                    greatest = Math.Max(greatest, weights[row + j]);
                }

                for (var j = 0; j <= last; j++)
                {
                    weights[row + j] = Math.Exp(weights[row + j] - greatest);
                    sum += weights[row + j];
                }

                VectorMath.Scale(weights.AsSpan(row, last + 1), 1 / sum);
                if (slopes is null)
                {
                    continue;
                }

                var moved = Row(queries, _points + first + i);
                var mean = 0.0;
                for (var j = 0; j <= last; j++)
                {
                    slopes[row + j] = scale * (VectorMath.Dot(moved, Row(keys, first + j)) + VectorMath.Dot(query, Row(keys, _points + first + j)));
                    mean += weights[row + j] * slopes[row + j];
                }

                for (var j = 0; j <= last; j++)
                {
                    slopes[row + j] = weights[row + j] * (slopes[row + j] - mean);
                }
            }
        }

        private ReadOnlySpan<double> Row(double[] values, int row) => values.AsSpan(row * _width, _width);

        /// <summary>For each image, the product of its attention weights with the rows of its tokens.</summary>
        private double[] Left(double[] weights, double[] matrix)
        {
            var result = new double[_points * _points];
            for (var first = 0; first < _points; first += _tokens)
            {
                var (block, rows) = (weights[(first * _tokens)..((first + _tokens) * _tokens)], matrix[(first * _points)..((first + _tokens) * _points)]);
                var product = new double[_tokens * _points];
                DenseProduct.Multiply(block, rows, product, _tokens, _tokens, _points);
                product.CopyTo(result, first * _points);
            }

            return result;
        }

        private double[] Transposed(double[] matrix)
        {
            var result = new double[matrix.Length];
            for (var i = 0; i < _points; i++)
            {
                for (var j = 0; j < _points; j++)
                {
                    result[(j * _points) + i] = matrix[(i * _points) + j];
                }
            }

            return result;
        }

        private double Trace(double[] matrix)
        {
            var trace = 0.0;
            for (var i = 0; i < _points; i++)
            {
                trace += matrix[i * (_points + 1)];
            }

            return trace;
        }
    }

    /// <summary>Sums over draws, stored by rows.</summary>
    private sealed class Sums(int points, bool noise)
    {
        public double[] Signal { get; } = new double[points * points];

        public double[]? Noise { get; } = noise ? new double[points * points] : null;

        public double[]? Cross { get; } = noise ? new double[points * points] : null;

        public List<(double Signal, double Shared, double Noise)> Draws { get; } = [];

        public Sums With(Sums other)
        {
            VectorMath.AddScaled(Signal, 1, other.Signal);
            if (Noise is not null)
            {
                VectorMath.AddScaled(Noise, 1, other.Noise);
                VectorMath.AddScaled(Cross, 1, other.Cross);
            }

            Draws.AddRange(other.Draws);
            return this;
        }

        /// <summary>The largest relative standard error of ν₂, μ₂ and the noise's mean square.</summary>
        public double RelativeError(int draws) =>
            new[]
            {
                Share(Draws.Select(draw => draw.Signal)),
                Share(Draws.Select(draw => draw.Signal - (draw.Shared / points))),
                Share(Draws.Select(draw => draw.Noise)),
            }.Largest() / Math.Sqrt(draws);

        private static double Share(IEnumerable<double> values) =>
            values.ToArray() is var list && list.Average() is > 0 and var mean ? list.StandardDeviation() / mean : 0;
    }
}
