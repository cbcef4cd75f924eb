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
        var centred = subtractsMean ? Centred(state, positions) : state;
        var (signal, noise, cross) = (centred.Signal, centred.Noise, centred.Cross);
        var squares = Shared(signal.Diagonal(), positions);
        if (squares.Any(square => square + norm.Epsilon <= 0))
        {
            throw new NoTheoryException(
                norm,
                norm.Epsilon == 0
                    ? "at a point of the batch, the features that it averages are all equal, and ε = 0"
                    : "at a point of the batch, the variance of the features that it averages is smaller than rounding errors"
            );
        }

        var scale = Matrix<double>.Build.DiagonalOfDiagonalVector(squares.Map(square => norm.Scale / Math.Sqrt(square + norm.Epsilon)));
        var after = state.With(state.Shape, scale * signal * scale, null, null) with
        {
            IsGaussian = state.IsGaussian,
            Validity = LayerMap.Widest(state.Validity, state.RandomLayers == 0 && !state.HasMasks ? Validity.Exact : Validity.InfiniteWidth),
            Means = Scaled(centred.Means, scale),
        };
        if (noise is null)
        {
            return AtOwnWidth(after);
        }

        if (cross is null)
        {
            return AtOwnWidth(after with { Noise = scale * noise * scale, NoiseMeans = Scaled(centred.NoiseMeans, scale) });
        }

        var along = Matrix<double>.Build.DiagonalOfDiagonalVector(Shared(cross.Diagonal(), positions).PointwiseDivide(squares + norm.Epsilon));
        var removed = along * cross.Transpose();
        return AtOwnWidth(
            after with
            {
                Noise = scale * (noise - removed - removed.Transpose() + (along * signal * along)) * scale,
                Cross = scale * (cross - (along * signal)) * scale,
                NoiseMeans = Scaled(WithoutPartAlong(centred, along), scale),
            }
        );

        // The law at finite width is exact where the kernel before the norm is that of the inputs. For groups of few channels there is no other law.
        KernelState AtOwnWidth(KernelState limit)
        {
            var channels = norm is GroupNorm grouped ? state.Shape.Channels / grouped.Groups : state.Shape.Channels;
            var exact = state.RandomLayers == 1 && !state.HasMasks && state.Validity == Validity.Exact;
            return positions == 1 && (exact || channels < LayerMap.ManyChannels) && SphereMap.Holds(state, norm, channels, subtractsMean)
                ? SphereMap.Apply(state, norm, channels, subtractsMean, limit)
                : limit with
                {
                    IsGaussianInTheLimit = limit.IsGaussian,
                };
        }
    }

    /// <summary>The state after the mean over channels of each point, or over channels and positions of each image, is subtracted.</summary>
    private static KernelState Centred(KernelState state, int positions)
    {
        var zero = Vector<double>.Build.Dense(state.Points);
        var (means, noiseMeans) = (state.Means ?? zero, state.NoiseMeans ?? zero);
        var (taken, noiseTaken) = (Shared(means, positions), Shared(noiseMeans, positions));

        // E (x_i - s_i)(y_j - t_j), where s and t are subtracted and m, n are the means.
        Matrix<double> Less(Matrix<double> matrix, Vector<double> m, Vector<double> s, Vector<double> n, Vector<double> t) =>
            matrix - s.OuterProduct(n) - m.OuterProduct(t) + s.OuterProduct(t);
        return state with
        {
            Signal = Less(state.Signal, means, taken, means, taken),
            Noise = state.Noise is null ? null : Less(state.Noise, noiseMeans, noiseTaken, noiseMeans, noiseTaken),
            Cross = state.Cross is null ? null : Less(state.Cross, noiseMeans, noiseTaken, means, taken),

            // At a single position nothing is left of the mean. Over several, their differences from each other are left.
            Means = positions == 1 || state.Means is null ? null : means - taken,
            NoiseMeans = positions == 1 || state.NoiseMeans is null ? null : noiseMeans - noiseTaken,
        };
    }

    /// <summary>The means of the noise after its part along the signal is removed: n_i - a_i m_i.</summary>
    private static Vector<double>? WithoutPartAlong(KernelState state, Matrix<double> along) =>
        state.Means is not { } means ? state.NoiseMeans
        : state.NoiseMeans is { } noiseMeans ? noiseMeans - (along * means)
        : -(along * means);

    /// <summary>The mean over the positions of each image, repeated at each of its positions.</summary>
    private static Vector<double> Shared(Vector<double> values, int positions) =>
        positions == 1 ? values : Vector<double>.Build.Dense(values.Count, i => Enumerable.Range(i / positions * positions, positions).Average(k => values[k]));

    private static Vector<double>? Scaled(Vector<double>? means, Matrix<double> scale) => means is null ? null : scale * means;
}
