using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Theory;

/// <summary>Signal and noise after an activation of Gaussian channels. Laws S1 and N1 to N3, exact at every width given the previous layer.</summary>
/// <param name="Signal">V (P × P).</param>
/// <param name="Noise">Covariance of the noise (P × P).</param>
/// <param name="Cross"><c>E[dx_i x_j]</c> (P × P); null where it is zero.</param>
/// <param name="Error">Largest known relative error of a dual.</param>
internal sealed record ActivationKernel(Matrix<double> Signal, Matrix<double>? Noise, Matrix<double>? Cross, double Error)
{
    /// <summary>Moments of the activation at each point (P), if <see cref="Apply"/> made this kernel.</summary>
    public ActivationMoments[] Moments { get; private init; } = [];

    /// <summary>E s at each point (P), if <see cref="Apply"/> made this kernel.</summary>
    public double[] Means => Array.ConvertAll(Moments, moments => moments.Mean);

    /// <summary>Applies an activation.</summary>
    /// <param name="dual">Its dual.</param>
    /// <param name="kernel">Kernel of the pre-activations (P × P).</param>
    /// <param name="noise">Covariance of their noise, <c>E[dy_i dy_j]</c> (P × P); null where it is not needed.</param>
    /// <param name="cross">Covariance of noise and signal, <c>E[dy_i y_j]</c> (P × P); null where it is zero.</param>
    /// <exception cref="ArgumentException">The matrix is not a kernel, or sizes differ.</exception>
    public static ActivationKernel Apply(DualActivation dual, Matrix<double> kernel, Matrix<double>? noise = null, Matrix<double>? cross = null)
    {
        KernelMatrix.Require(kernel);
        var points = kernel.RowCount;
        RequireSize(noise, points, nameof(noise));
        RequireSize(cross, points, nameof(cross));
        var entries = DenseProduct.Columns(kernel);
        var pairs = new PairwiseDual(dual, entries, points, cross is not null);
        var (d, c) = (noise is null ? null : DenseProduct.Columns(noise), cross is null ? null : DenseProduct.Columns(cross));
        var signal = new double[points * points];
        var (noiseAfter, crossAfter) = (d is null ? null : new double[points * points], c is null ? null : new double[points * points]);
        Parallel.For(
            0,
            points,
            Sharing.Options(points),
            () => new DualRow(points),
            (index, _, row) =>
            {
                // Long rows are computed first.
                var i = points - 1 - index;
                pairs.Evaluate(i, d is not null || c is not null, row);
                Diagonal(i);
                for (var j = 0; j < i; j++)
                {
                    signal[(i * points) + j] = signal[(j * points) + i] = row.V[j];
                    if (d is null)
                    {
                        continue;
                    }

                    if (c is null)
                    {
                        noiseAfter![(i * points) + j] = noiseAfter[(j * points) + i] = d[(i * points) + j] == 0 ? 0 : d[(i * points) + j] * row.T[j];
                        continue;
                    }

                    // Matrices are stored by columns: E[dy_i y_j] is at (j, i).
                    var pair = row[j];
                    var at = new NoiseAtPair(d[(i * points) + j], c[(i * points) + i], c[(j * points) + i], c[(i * points) + j], c[(j * points) + j]);
                    var (qi, qj, p) = (entries[i * (points + 1)], entries[j * (points + 1)], entries[(i * points) + j]);
                    noiseAfter![(i * points) + j] = noiseAfter[(j * points) + i] = dual.NoiseCovariance(pair, qi, qj, p, at);
                    crossAfter![(j * points) + i] = (at.C12 * pair.T) + (2 * at.C11 * pair.V1);
                    crossAfter[(i * points) + j] = (at.C21 * pair.T) + (2 * at.C22 * pair.V2);
                }

                return row;
            },
            _ => { }
        );
        return new(
            Matrix<double>.Build.Dense(points, points, signal),
            noiseAfter is null ? null : Matrix<double>.Build.Dense(points, points, noiseAfter),
            crossAfter is null ? null : Matrix<double>.Build.Dense(points, points, crossAfter),
            pairs.Error
        )
        {
            Moments = pairs.Moments,
        };

        void Diagonal(int i)
        {
            var (at, moments) = (i * (points + 1), pairs.Moments[i]);
            signal[at] = moments.Square;
            var own = c?[at] ?? 0;
            if (d is not null)
            {
                noiseAfter![at] = (d[at] * moments.SquareSlope) + (own == 0 ? 0 : 2 * own * own * moments.SquareSlopeDerivative);
            }

            if (crossAfter is not null)
            {
                crossAfter[at] = own * moments.SquareDerivative;
            }
        }
    }

    private static void RequireSize(Matrix<double>? matrix, int points, string name)
    {
        if (matrix is not null && (matrix.RowCount != points || matrix.ColumnCount != points))
        {
            throw new ArgumentException(
                $"expected {points} × {points} entries for the points of the kernel, got {matrix.RowCount} × {matrix.ColumnCount}",
                name
            );
        }
    }
}
