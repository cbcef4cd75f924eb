using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>The Cholesky factor of a covariance that may be singular, as that of a collapsed signal is.</summary>
internal static class SemidefiniteFactor
{
    /// <summary>A pivot below this share of the variance is rounding.</summary>
    private const double PivotTolerance = 1e-13;

    /// <summary>A lower triangular L with LLᵀ = C: columns whose pivot is rounding are zero, which semidefiniteness allows.</summary>
    public static Matrix<double> Lower(Matrix<double> covariance)
    {
        var size = covariance.RowCount;
        var rows = new double[size][];
        for (var i = 0; i < size; i++)
        {
            var row = rows[i] = new double[size];
            for (var j = 0; j < i; j++)
            {
                var pivot = rows[j][j];
                row[j] = pivot == 0 ? 0 : (covariance[i, j] - VectorMath.Dot(row.AsSpan(0, j), rows[j])) / pivot;
            }

            var rest = covariance[i, i] - VectorMath.Dot(row.AsSpan(0, i), row);
            row[i] = rest > PivotTolerance * covariance[i, i] ? Math.Sqrt(rest) : 0;
        }

        return Matrix<double>.Build.DenseOfRowArrays(rows);
    }
}
