using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>A factor F (n × r) of a covariance of rank r that may be singular, FFᵀ = C, by Cholesky's method with complete pivoting.</summary>
/// <remarks>
/// Each step takes the point whose remaining share of variance is largest and stops when none exceeds 4n·u: the n terms of each remainder round,
/// and so did those of the sums that C is made of. What is left out is positive semidefinite with a diagonal below that, so by Cauchy and Schwarz
/// FFᵀ differs from C by no more than a small multiple of n·u·sqrt(C_ii C_jj), whatever the rank (measured: 7 at most in the tests).
/// Source: N. Higham, <i>Accuracy and Stability of Numerical Algorithms</i>, section 10.3.
/// </remarks>
internal sealed class SemidefiniteFactor
{
    /// <summary>Half the distance from 1 to the next number.</summary>
    private const double UnitRoundoff = 1.0 / (1L << 53);

    /// <summary>In units of n·u.</summary>
    private const int Rounding = 4;

    private SemidefiniteFactor(double[] rows, int rank) => (Rows, Rank) = (rows, rank);

    /// <summary>F, row after row (n × r).</summary>
    public double[] Rows { get; }

    /// <summary>r, the number of columns.</summary>
    public int Rank { get; }

    /// <summary>Factorises.</summary>
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

    /// <summary>Keeps the columns that were found, and gives the points their scales again.</summary>
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
