namespace Wellbehaved.Numerics;

/// <summary>Reduces a symmetric matrix to tridiagonal form by Householder's reflections, in place.</summary>
/// <remarks>
/// The eigenvalues change by at most a small multiple of n rounding errors of the largest one. G. Golub and C. Van Loan, <i>Matrix Computations</i>, section
/// 8.3.
/// </remarks>
internal static class Tridiagonalisation
{
    /// <summary>
    /// The power of two of the share of the matrix, in squares, that is no more than rounding of rounding. A matrix of few directions leaves rounding errors of
    /// 2⁻⁵² behind the first reflection, with zeros among them errors of those behind the second, and so on, until their squares have no inverse.
    /// </summary>
    private const int Negligible = -200;

    /// <summary>Reduces a matrix.</summary>
    /// <param name="matrix">The matrix (n × n), both triangles; its content is lost.</param>
    /// <param name="diagonal">Receives the n diagonal elements.</param>
    /// <param name="offDiagonal">Receives the n - 1 elements beside the diagonal.</param>
    public static void Reduce(Span<double> matrix, Span<double> diagonal, Span<double> offDiagonal)
    {
        var size = diagonal.Length;
        var negligible = Math.ScaleB(VectorMath.Dot(matrix, matrix), Negligible);
        Span<double> product = size <= 128 ? stackalloc double[size] : new double[size];
        for (var k = size - 1; k >= 2; k--)
        {
            // Row k keeps only its diagonal element and the one before it; the rows above are reflected.
            var vector = matrix.Slice(k * size, k);
            diagonal[k] = matrix[(k * size) + k];
            var (last, others) = (vector[k - 1], VectorMath.Dot(vector[..(k - 1)], vector));
            if (others <= negligible)
            {
                offDiagonal[k - 1] = last;
                continue;
            }

            var square = others + (last * last);
            var norm = Math.CopySign(Math.Sqrt(square), last);
            offDiagonal[k - 1] = -norm;
            vector[k - 1] = last + norm;

            // H = 1 - v vᵀ/h with h = ½ vᵀv = norm·(norm + last).
            var inverse = 1 / (square + (norm * last));
            for (var row = 0; row < k; row++)
            {
                product[row] = inverse * VectorMath.Dot(vector, matrix.Slice(row * size, k));
            }

            var correction = 0.5 * inverse * VectorMath.Dot(vector, product);
            VectorMath.AddScaled(product[..k], -correction, vector);
            for (var row = 0; row < k; row++)
            {
                VectorMath.AddScaled(matrix.Slice(row * size, k), -vector[row], product, -product[row], vector);
            }
        }

        if (size > 1)
        {
            (diagonal[1], offDiagonal[0]) = (matrix[size + 1], matrix[size]);
        }

        diagonal[0] = matrix[0];
    }
}
