namespace Wellbehaved.Numerics;

/// <summary>The Cholesky decomposition A = RᵀR of a matrix of many rows, block by block, together with the product of <c>R⁻ᵀ</c> and other rows.</summary>
internal static unsafe class BlockedCholesky
{
    private const int Block = 64;

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">A (n × n), stored by rows, of which only the upper triangle is read; its content is lost.</param>
    /// <param name="size">n.</param>
    /// <param name="right">B (n × columns), which is replaced by <c>R⁻ᵀB</c>; null for none.</param>
    /// <param name="columns">Number of columns of B.</param>
    /// <param name="product">Computes the matrix products.</param>
    /// <returns>Whether all pivots are positive.</returns>
    public static bool Reduce(double[] matrix, int size, double[]? right, int columns, MatrixProduct<double> product)
    {
        var (corner, inverse) = (new double[Block * Block], new double[Block * Block]);
        fixed (
            double* a = matrix,
                b = right,
                w = inverse
        )
        {
            for (var first = 0; first < size; first += Block)
            {
                var rows = Math.Min(Block, size - first);
                var (end, rest) = (first + rows, size - first - rows);
                for (var i = 0; i < rows; i++)
                {
                    matrix.AsSpan(((first + i) * size) + first, rows).CopyTo(corner.AsSpan(i * rows, rows));
                }

                if (!Invert(corner, inverse, rows))
                {
                    return false;
                }

                // The rows of R, and their negatives, by which the remaining matrix is updated.
                var (row, negative) = (new double[rows * rest], new double[rows * rest]);
                fixed (
                    double* r = row,
                        n = negative
                )
                {
                    product.Multiply(
                        MatrixOperand<double>.RowMajor(w, rows),
                        MatrixOperand<double>.RowMajor(a + ((nint)first * size) + end, size),
                        r,
                        rows,
                        rows,
                        rest
                    );
                    for (var k = 0; k < row.Length; k++)
                    {
                        negative[k] = -row[k];
                    }

                    product.Multiply(
                        MatrixOperand<double>.Transposed(n, rest),
                        MatrixOperand<double>.RowMajor(r, rest),
                        a + ((nint)end * size) + end,
                        rest,
                        rows,
                        rest,
                        accumulate: true,
                        upperOnly: true,
                        stride: size
                    );
                    if (right is null)
                    {
                        continue;
                    }

                    var solved = new double[rows * columns];
                    fixed (double* y = solved)
                    {
                        product.Multiply(
                            MatrixOperand<double>.RowMajor(w, rows),
                            MatrixOperand<double>.RowMajor(b + ((nint)first * columns), columns),
                            y,
                            rows,
                            rows,
                            columns
                        );
                        product.Multiply(
                            MatrixOperand<double>.Transposed(n, rest),
                            MatrixOperand<double>.RowMajor(y, columns),
                            b + ((nint)end * columns),
                            rest,
                            rows,
                            columns,
                            accumulate: true
                        );
                    }

                    solved.CopyTo(right.AsSpan(first * columns, rows * columns));
                }
            }
        }

        return true;
    }

    /// <summary>R⁻ᵀ of a block, lower triangular.</summary>
    private static bool Invert(double[] corner, double[] inverse, int rows)
    {
        Array.Clear(inverse);
        for (var i = 0; i < rows; i++)
        {
            // Row i of R.
            for (var j = i; j < rows; j++)
            {
                var value = corner[(i * rows) + j];
                for (var k = 0; k < i; k++)
                {
                    value -= corner[(k * rows) + i] * corner[(k * rows) + j];
                }

                if (j == i)
                {
                    if (!(value > 0))
                    {
                        return false;
                    }

                    value = Math.Sqrt(value);
                }
                else
                {
                    value /= corner[(i * rows) + i];
                }

                corner[(i * rows) + j] = value;
            }
        }

        // L = Rᵀ: the rows of W with L W = I are computed one after the other.
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var value = i == j ? 1.0 : 0.0;
                for (var k = j; k < i; k++)
                {
                    value -= corner[(k * rows) + i] * inverse[(k * rows) + j];
                }

                inverse[(i * rows) + j] = value / corner[(i * rows) + i];
            }
        }

        return true;
    }
}
