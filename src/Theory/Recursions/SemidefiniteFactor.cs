using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>A factor F (n × r) of a covariance of rank r that may be singular, FFᵀ = C, by Cholesky's method with complete pivoting.</summary>
/// <remarks>
/// Each step takes the point with the largest remaining variance, relative to its own. It stops when no share exceeds 4n·u, since the n terms of each
/// remainder are rounded, as were the sums of which C consists. The neglected part is positive semidefinite with a smaller diagonal, so by the Cauchy–Schwarz
/// inequality FFᵀ differs from C by at most a small multiple of n·u·sqrt(C_ii C_jj), whatever the rank is (in the tests at most 7 was measured).
/// Source: N. Higham, <i>Accuracy and Stability of Numerical Algorithms</i>, section 10.3.
/// </remarks>
internal sealed class SemidefiniteFactor
{
    /// <summary>The unit roundoff u: half the distance from 1 to the next number.</summary>
    private const double UnitRoundoff = 1.0 / (1L << 53);

    /// <summary>The tolerance in units of n·u.</summary>
    private const int Rounding = 4;

    private SemidefiniteFactor(double[] rows, int rank) => (Rows, Rank) = (rows, rank);

    /// <summary>F, stored by rows (n × r).</summary>
    public double[] Rows { get; }

    /// <summary>r, the number of columns.</summary>
    public int Rank { get; }

    /// <summary>Factorises a covariance.</summary>
    /// <param name="covariance">C (n × n), symmetric and positive semidefinite up to rounding.</param>
    /// <param name="size">n.</param>
    /// <returns>The factor.</returns>
    public static SemidefiniteFactor Compute(double[] covariance, int size)
    {
        var (factor, deviations, rest) = (new double[size * size], new double[size], new double[size]);
        var open = new List<int>(size);
        for (var i = 0; i < size; i++)
        {
            deviations[i] = Math.Sqrt(covariance[i * (size + 1)]);
            rest[i] = 1;
            if (deviations[i] > 0)
            {
                open.Add(i);
            }
        }

        var rank = 0;
        for (; open.Count > 0; rank++)
        {
            var pivot = open.MaxBy(i => rest[i]);
            if (rest[pivot] <= Rounding * size * UnitRoundoff)
            {
                break;
            }

            open.Remove(pivot);
            var pivotRow = factor.AsSpan(pivot * size, rank);
            var root = Math.Sqrt(rest[pivot]);
            factor[(pivot * size) + rank] = root;
            foreach (var i in open)
            {
                var correlation = covariance[(i * size) + pivot] / (deviations[i] * deviations[pivot]);
                var entry = (correlation - VectorMath.Dot(pivotRow, factor.AsSpan(i * size, rank))) / root;
                factor[(i * size) + rank] = entry;
                rest[i] -= entry * entry;
            }
        }

        return new SemidefiniteFactor(Compact(factor, deviations, rank), rank);
    }

    /// <summary>Keeps only the computed columns, and restores the scales of the points.</summary>
    private static double[] Compact(double[] factor, double[] deviations, int rank)
    {
        var size = deviations.Length;
        var rows = new double[size * rank];
        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < rank; k++)
            {
                rows[(i * rank) + k] = deviations[i] * factor[(i * size) + k];
            }
        }

        return rows;
    }
}
