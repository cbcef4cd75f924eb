using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// Instance norm, and group norm of few channels over the positions of an image, where no direction holds much of what a scale averages over: then scales are
/// as good as constant, as they are over many channels.
/// </summary>
/// <remarks>
/// A scale averages over n·g features, g channels of n positions. Less their mean, a channel has the kernel <c>K' = ((g-1)K + GKG)/g</c>, G taking from each
/// position the mean over those of its image; noise and its covariance with the signal likewise. What an image's g channels vary in are g - 1 copies of K and
/// one of GKG. With w the share of the largest direction, <c>E z_i z_j = K'_ij/√(q_a q_b) (1 + O(w))</c>, where q is the mean of the diagonal of K' over an
/// image (+ ε): the first term of B3, within images and between them. The noise of the mapping is differentiated through the statistics
/// (<see cref="PointNormMap"/>); its law errs by O(w) too.
/// </remarks>
internal static class PositionNormMap
{
    /// <summary>What a direction may hold: as much as one of the fewest channels whose scales count as constant.</summary>
    private const double LargestShare = 1.0 / (LayerMap.ManyChannels - 1);

    /// <summary>The error that is reported, in shares of the largest direction; measured, below 2 where it was (docs/theory.md).</summary>
    private const double Rest = 2;

    /// <summary>Channels that share their statistics with the positions of an image; null where another map has the law of the norm.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="shape">Shape of an image before it.</param>
    public static int? ChannelsOf(Layer layer, Shape shape) =>
        layer switch
        {
            InstanceNorm => 1,
            GroupNorm norm when shape.Positions > 1 && shape.Channels / norm.Groups < LayerMap.ManyChannels => shape.Channels / norm.Groups,
            _ => null,
        };

    /// <summary>The state after the norm.</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="state">The state before it, its channels Gaussian.</param>
    /// <param name="channels">g, channels that share their statistics.</param>
    /// <exception cref="NoTheoryException">A direction holds so much that scales stay random.</exception>
    public static KernelState Apply(Norm norm, KernelState state, int channels)
    {
        var positions = (int)state.Shape.Positions;
        var share = LargestDirection(state.Signal, positions, channels);
        if (!(share <= LargestShare))
        {
            throw new NoTheoryException(norm, $"{Group(channels)} of {positions} position{(positions == 1 ? string.Empty : "s")} {Variation(share)}");
        }

        var centred = state.With(
            state.Shape,
            Less(state.Signal, positions, channels),
            state.Noise is null ? null : Less(state.Noise, positions, channels),
            state.Cross is null ? null : Less(state.Cross, positions, channels)
        );
        return PointNormMap.Apply(norm, centred, subtractsMean: false, overPositions: true) with { Error = Math.Max(state.Error, Rest * share) };
    }

    /// <summary>The transpose of what the norm makes of the kernel of independent noise.</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="state">The state before it.</param>
    /// <param name="channels">g.</param>
    /// <param name="gradient">The gradient's kernel after it.</param>
    public static Matrix<double> Transpose(Norm norm, KernelState state, int channels, Matrix<double> gradient)
    {
        var positions = (int)state.Shape.Positions;
        var squares = Less(state.Signal, positions, channels).Diagonal();
        var scale = Vector<double>.Build.Dense(
            state.Points,
            i => norm.Scale / Math.Sqrt(Enumerable.Range(i / positions * positions, positions).Average(k => squares[k]) + norm.Epsilon)
        );
        return Less(gradient.MapIndexed((i, j, value) => scale[i] * value * scale[j]), positions, channels);
    }

    private static string Group(int channels) => channels == 1 ? "single channels" : $"groups of {channels} channels";

    private static string Variation(double share) =>
        double.IsFinite(share)
            ? FormattableString.Invariant($"have {100 * share:F1} % of their variance in one direction: their scales stay random at every width, ")
                + FormattableString.Invariant($"and are as good as constant from {100 * LargestShare:F1} % down")
            : "do not vary";

    /// <summary>The largest share, over images, that one direction has of what a group varies in; not a number where an image does not vary.</summary>
    private static double LargestDirection(Matrix<double> kernel, int positions, int channels)
    {
        var largest = 0.0;
        for (var start = 0; start < kernel.RowCount; start += positions)
        {
            var own = kernel.SubMatrix(start, positions, start, positions);
            var centred = KernelMatrix.Centred(own);
            var (all, within) = (own.Trace(), centred.Trace());
            var direction = Math.Max(channels == 1 ? 0 : Top(own, all), Top(centred, within));
            largest = Math.Max(largest, direction / (((channels - 1) * all) + within));
        }

        return largest;

        static double Top(Matrix<double> matrix, double trace) => trace > 0 ? trace / KernelMatrix.EffectiveRank(matrix, trace) : 0;
    }

    /// <summary>What is left of second moments when the mean over a group is taken from its features: <c>M - (M - GMG)/g</c>, image by image.</summary>
    private static Matrix<double> Less(Matrix<double> matrix, int positions, int channels)
    {
        var (size, images) = (matrix.RowCount, matrix.RowCount / positions);
        var entries = DenseProduct.Columns(matrix);
        var (result, ones) = (new double[entries.Length], new double[positions]);
        Array.Fill(ones, 1);
        Parallel.For(
            0,
            images,
            Sharing.Options(size),
            second =>
            {
                var (rows, columns) = (new double[positions], new double[positions]);
                for (var first = 0; first < images; first++)
                {
                    Array.Clear(rows);
                    for (var j = 0; j < positions; j++)
                    {
                        var column = entries.AsSpan((((second * positions) + j) * size) + (first * positions), positions);
                        columns[j] = Numerics.VectorMath.Dot(column, ones) / positions;
                        Numerics.VectorMath.AddScaled(rows, 1.0 / positions, column);
                    }

                    var whole = rows.Average();
                    for (var j = 0; j < positions; j++)
                    {
                        var start = (((second * positions) + j) * size) + (first * positions);
                        for (var i = 0; i < positions; i++)
                        {
                            result[start + i] = entries[start + i] - ((rows[i] + columns[j] - whole) / channels);
                        }
                    }
                }
            }
        );
        return Matrix<double>.Build.Dense(size, size, result);
    }
}
