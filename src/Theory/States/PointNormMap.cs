using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// Kernel states after layer, RMS and wide group norm at infinite width, with their own derivative included; statistics over many channels equal their means.
/// </summary>
/// <remarks>
/// <c>z_i = (y_i - m_i)/√(q_i + ε)</c> and <c>dz_i = (dy_i - dm_i - a_i(y_i - m_i))/√(q_i + ε)</c>, with q the variance over channels (and positions) and
/// a_i = C_ii/(q_i + ε): the part of the noise along the signal is removed. For finite width see <see cref="SphereLaws"/>.
/// </remarks>
internal static class PointNormMap
{
    /// <summary>Applies a norm.</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="state">The state before it.</param>
    /// <param name="subtractsMean">Whether it subtracts the mean.</param>
    /// <param name="overPositions">Whether all positions of an image share their statistics.</param>
    public static KernelState Apply(Norm norm, KernelState state, bool subtractsMean, bool overPositions)
    {
        if (state.IsMixture)
        {
            throw new NoTheoryException(norm, state.WhyNotGaussian(string.Empty));
        }

        var positions = overPositions ? (int)state.Shape.Positions : 1;
        var (signal, noise, cross) = subtractsMean ? Centred(state, positions) : (state.Signal, state.Noise, state.Cross);
        var squares = Shared(signal.Diagonal(), positions);
        if (squares.Any(square => square + norm.Epsilon <= 0))
        {
            throw new NoTheoryException(norm, "at a point of the batch, the features that it averages are all equal, and ε = 0");
        }

        var scale = Matrix<double>.Build.DiagonalOfDiagonalVector(squares.Map(square => norm.Scale / Math.Sqrt(square + norm.Epsilon)));
        var after = state.With(state.Shape, scale * signal * scale, null, null) with
        {
            IsGaussian = state.IsGaussian,
            Validity = LayerMap.Widest(state.Validity, state.RandomLayers == 0 ? Validity.Exact : Validity.InfiniteWidth),
            Means = subtractsMean && positions == 1 ? null : Scaled(state.Means, scale),
        };
        if (noise is null)
        {
            return AtOwnWidth(after);
        }

        if (cross is null)
        {
            return AtOwnWidth(after with { Noise = scale * noise * scale });
        }

        var along = Matrix<double>.Build.DiagonalOfDiagonalVector(Shared(cross.Diagonal(), positions).PointwiseDivide(squares + norm.Epsilon));
        var removed = along * cross.Transpose();
        return AtOwnWidth(
            after with
            {
                Noise = scale * (noise - removed - removed.Transpose() + (along * signal * along)) * scale,
                Cross = scale * (cross - (along * signal)) * scale,
                NoiseMeans = subtractsMean && positions == 1 ? null : Scaled(state.NoiseMeans, scale),
            }
        );

        // The law at finite width is exact where the kernel before the norm is that of the inputs. For groups of few channels there is no other law.
        KernelState AtOwnWidth(KernelState limit)
        {
            var channels = norm is GroupNorm grouped ? state.Shape.Channels / grouped.Groups : state.Shape.Channels;
            var exact = state.RandomLayers == 1 && state.Validity == Validity.Exact;
            return positions == 1 && (exact || channels < LayerMap.ManyChannels) && SphereMap.Holds(state, norm, channels, subtractsMean)
                ? SphereMap.Apply(state, norm, channels, subtractsMean, limit)
                : limit with
                {
                    IsGaussianInTheLimit = limit.IsGaussian,
                };
        }
    }

    /// <summary>Second moments of the features after the mean over channels of each point, or of each image, is subtracted.</summary>
    private static (Matrix<double> Signal, Matrix<double>? Noise, Matrix<double>? Cross) Centred(KernelState state, int positions)
    {
        var zero = Vector<double>.Build.Dense(state.Points);
        var (means, noiseMeans) = (state.Means ?? zero, state.NoiseMeans ?? zero);
        var (taken, noiseTaken) = (Shared(means, positions), Shared(noiseMeans, positions));

        // E (x_i - s_i)(y_j - t_j), where s and t are subtracted and m, n are the means.
        Matrix<double> Less(Matrix<double> matrix, Vector<double> m, Vector<double> s, Vector<double> n, Vector<double> t) =>
            matrix - s.OuterProduct(n) - m.OuterProduct(t) + s.OuterProduct(t);
        return (
            Less(state.Signal, means, taken, means, taken),
            state.Noise is null ? null : Less(state.Noise, noiseMeans, noiseTaken, noiseMeans, noiseTaken),
            state.Cross is null ? null : Less(state.Cross, noiseMeans, noiseTaken, means, taken)
        );
    }

    /// <summary>The mean over the positions of each image, repeated at each of its positions.</summary>
    private static Vector<double> Shared(Vector<double> values, int positions) =>
        positions == 1 ? values : Vector<double>.Build.Dense(values.Count, i => Enumerable.Range(i / positions * positions, positions).Average(k => values[k]));

    private static Vector<double>? Scaled(Vector<double>? means, Matrix<double> scale) => means is null ? null : scale * means;
}
