namespace Wellbehaved.Numerics;

/// <summary>
/// The largest eigenvalue of a symmetric positive semidefinite matrix: of a small one by reduction to tridiagonal form, of others by the Lanczos method.
/// </summary>
/// <remarks>
/// What is left of a small matrix is tridiagonal, and its largest eigenvalue is counted out to the last digit, so that rounding alone is between the answer and
/// the truth. The Krylov basis of the Lanczos method is kept orthogonal in full, so the process ends with the exact answer after at most n steps, and the
/// residual bounds the error on the way: with residual r and the rest of the spectrum at distance g or more, the eigenvalue is within <c>min(r, r²/(g -
/// r))</c>. That second bound is what makes separated eigenvalues cheap; spectra with hardly any gap, as the noise has, are decided by the first. Source: B.
/// Parlett, <i>The Symmetric Eigenvalue Problem</i>, chapters 11 and 13. A small residual only shows that some eigenvalue is near. A starting vector that
/// happens to have hardly anything of the largest one's eigenvector lets a matrix converge to the second. So the answer is certified: no other eigenvalue
/// exceeds what the trace leaves, or else a Cholesky decomposition of <c>(λ + error)I - A</c> exists. Without a certificate the process is run to its end from
/// another starting vector. All starting vectors are fixed pseudo-random ones, so results are reproducible.
/// </remarks>
internal static unsafe class LargestEigenvalue
{
    /// <summary>Relative error aimed at, in units of the smaller of the eigenvalue and of the trace that it leaves.</summary>
    /// <remarks>Ten times below the 1e-9 that effective ranks are promised to have.</remarks>
    private const double Tolerance = 1e-10;

    /// <summary>Size up to which a matrix is reduced to tridiagonal form: about where both take the same time.</summary>
    private const int MostReduced = 48;

    /// <summary>Rows from which products by blocks certify a result faster, and threads share the rows.</summary>
    private const int Large = 1024;

    /// <summary>Starting vectors that are tried after the first; two in a row without a certificate have not been seen.</summary>
    private const int MostAttempts = 4;

    /// <summary>Below this share of the trace the remainder is rounding noise of the matrix itself.</summary>
    private const double RoundingFloor = 1e-13;

    /// <summary>Computes the largest eigenvalue.</summary>
    /// <param name="matrix">Symmetric positive semidefinite matrix (n × n), row after row; both triangles are read.</param>
    /// <param name="size">Its size n.</param>
    /// <returns>The eigenvalue; zero for a matrix of zeros.</returns>
    /// <exception cref="ArgumentException">The matrix has other than n² elements, or holds a NaN or an infinity.</exception>
    public static double OfSymmetric(ReadOnlySpan<double> matrix, int size) => OfSymmetric(matrix, size, 1);

    /// <summary>Computes the largest eigenvalue of a large matrix by several threads: the same number, bit by bit, whatever their number.</summary>
    /// <param name="matrix">Symmetric positive semidefinite matrix (n × n), row after row; both triangles are read.</param>
    /// <param name="size">Its size n.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <returns>The eigenvalue; zero for a matrix of zeros.</returns>
    /// <exception cref="ArgumentException">The matrix has other than n² elements, or holds a NaN or an infinity.</exception>
    internal static double OfSymmetric(ReadOnlySpan<double> matrix, int size, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (matrix.Length != size * size)
        {
            throw new ArgumentException($"expected {size}×{size} elements, got {matrix.Length}", nameof(matrix));
        }

        var trace = 0.0;
        for (var i = 0; i < size; i++)
        {
            trace += matrix[(i * size) + i];
        }

        if (!double.IsFinite(trace))
        {
            throw new ArgumentException("the matrix holds a NaN or an infinity", nameof(matrix));
        }

        if (trace == 0)
        {
            return 0;
        }

        if (size <= MostReduced)
        {
            return OfSmall(matrix, size, trace);
        }

        var largest = Lanczos(matrix, StartingVector(size, 0), trace, toTheEnd: false, threads);
        for (var attempt = 1; attempt <= MostAttempts && !IsLargest(matrix, size, trace, largest, threads); attempt++)
        {
            largest = Math.Max(largest, Lanczos(matrix, StartingVector(size, attempt), trace, toTheEnd: true, threads));
        }

        return largest;
    }

    private static double OfSmall(ReadOnlySpan<double> matrix, int size, double trace)
    {
        // A power of two, which changes no digit, keeps squares of elements within the range.
        var exponent = Math.ILogB(trace);
        Span<double> diagonal = stackalloc double[size],
            offDiagonal = stackalloc double[size],
            reduced = stackalloc double[matrix.Length];
        matrix.CopyTo(reduced);
        if (exponent is < -300 or > 300)
        {
            for (var i = 0; i < reduced.Length; i++)
            {
                reduced[i] = Math.ScaleB(reduced[i], -exponent);
            }
        }
        else
        {
            exponent = 0;
        }

        Tridiagonalisation.Reduce(reduced, diagonal, offDiagonal);
        return Math.ScaleB(TridiagonalSpectrum.Largest(diagonal, offDiagonal), exponent);
    }

    /// <summary>The fixed pseudo-random vector that an attempt starts from.</summary>
    internal static double[] StartingVector(int size, int attempt)
    {
        var vector = new double[size];
        var state = 0x9E3779B97F4A7C15UL * (ulong)(attempt + 1);
        for (var i = 0; i < size; i++)
        {
            state = (state * 6364136223846793005UL) + 1442695040888963407UL;
            vector[i] = (int)(state >> 32) / 2147483648.0;
        }

        VectorMath.Scale(vector, 1 / Math.Sqrt(VectorMath.Dot(vector, vector)));
        return vector;
    }

    /// <summary>Whether no eigenvalue exceeds the given one by more than the tolerance.</summary>
    private static bool IsLargest(ReadOnlySpan<double> matrix, int size, double trace, double largest, int threads)
    {
        if (trace - largest <= largest)
        {
            return true;
        }

        // Row after row of the Cholesky factor of (λ + error)I - A; a pivot that is not positive shows a larger eigenvalue.
        var bound = largest * (1 + (10 * Tolerance));
        var factor = new double[size * size];
        if (size >= Large)
        {
            for (var i = 0; i < factor.Length; i++)
            {
                factor[i] = -matrix[i];
            }

            for (var i = 0; i < size; i++)
            {
                factor[i * (size + 1)] += bound;
            }

            using var product = new MatrixProduct<double>(threads);
            return BlockedCholesky.Reduce(factor, size, null, 0, product);
        }

        for (var i = 0; i < size; i++)
        {
            var row = factor.AsSpan(i * size, size);
            for (var j = 0; j < i; j++)
            {
                row[j] = (-matrix[(i * size) + j] - VectorMath.Dot(row[..j], factor.AsSpan(j * size, j))) / factor[(j * size) + j];
            }

            var pivot = bound - matrix[(i * size) + i] - VectorMath.Dot(row[..i], row[..i]);
            if (!(pivot > 0))
            {
                return false;
            }

            row[i] = Math.Sqrt(pivot);
        }

        return true;
    }

    private static double Lanczos(ReadOnlySpan<double> matrix, double[] start, double trace, bool toTheEnd, int threads)
    {
        var (basis, size) = (new List<double[]> { start }, start.Length);
        var (diagonal, offDiagonal, steps) = (new double[size], new double[size], 0);
        while (true)
        {
            var current = basis[^1];
            var next = Multiply(matrix, current, threads);
            diagonal[steps++] = VectorMath.Dot(next, current);

            // Twice is enough: one pass of Gram-Schmidt leaves components of the order of the rounding of the largest vector.
            for (var pass = 0; pass < 2; pass++)
            {
                foreach (var direction in basis)
                {
                    VectorMath.AddScaled(next, -VectorMath.Dot(next, direction), direction);
                }
            }

            var norm = Math.Sqrt(VectorMath.Dot(next, next));
            var exhausted = steps == size || norm <= 1e-15 * trace;
            if (exhausted || (!toTheEnd && steps % CheckInterval(steps) == 0))
            {
                var (largest, second) = TridiagonalSpectrum.Top(diagonal.AsSpan(0, steps), offDiagonal);
                var remainder = Math.Max(trace - largest.Value, RoundingFloor * trace);
                if (exhausted || ErrorBound(norm, largest, second) <= Tolerance * Math.Min(largest.Value, remainder))
                {
                    return largest.Value;
                }
            }

            offDiagonal[steps - 1] = norm;
            VectorMath.Scale(next, 1 / norm);
            basis.Add(next);
        }
    }

    private static double ErrorBound(double norm, RitzPair largest, RitzPair? second)
    {
        var residual = norm * largest.LastComponent;
        if (second is not { } next)
        {
            return residual;
        }

        // The second eigenvalue lies above its own approximation, by up to that one's residual.
        var gap = largest.Value - next.Value - (norm * next.LastComponent);
        return gap > 2 * residual ? residual * residual / (gap - residual) : residual;
    }

    /// <summary>How many steps pass between two looks at the spectrum of the small matrix, so that looking stays cheap.</summary>
    private static int CheckInterval(int steps) =>
        steps < 8 ? 1
        : steps < 64 ? 4
        : 8;

    private static double[] Multiply(ReadOnlySpan<double> matrix, double[] vector, int threads)
    {
        var (product, size) = (new double[vector.Length], vector.Length);
        fixed (double* first = matrix)
        {
            // Blocks of rows, each of which is one sum: the same bits by any thread.
            var rows = first;
            var shares = size >= Large ? threads : 1;
            Workers.ForEach(
                shares,
                shares,
                (share, _) =>
                {
                    for (var i = size * share / shares; i < size * (share + 1) / shares; i++)
                    {
                        product[i] = VectorMath.Dot(new ReadOnlySpan<double>(rows + ((nint)i * size), size), vector);
                    }
                }
            );
        }

        return product;
    }
}
