namespace Wellbehaved.Numerics;

/// <summary>
/// The largest eigenvalue of a symmetric positive semidefinite matrix: a small matrix is reduced to tridiagonal form, others use the Lanczos method.
/// </summary>
/// <remarks>
/// A small matrix becomes tridiagonal, and its largest eigenvalue is found to the last digit by counting eigenvalues, so that the only errors are those of
/// rounding. The Krylov basis of the Lanczos method is kept fully orthogonal, so the method ends with the exact answer after at most n steps. Before that, the
/// residual bounds the error: with residual r, and with the rest of the spectrum at a distance of at least g, the eigenvalue is within
/// <c>min(r, r²/(g - r))</c>. Because of the second bound, separated eigenvalues are found quickly; for spectra with hardly any gap, such as the noise's, the
/// first bound decides. Source: B. Parlett, <i>The Symmetric Eigenvalue Problem</i>, chapters 11 and 13. A small residual only shows that some eigenvalue is
/// near. If the starting vector happens to have hardly any component along the first eigenvector, the method converges to the second eigenvalue. So the answer
/// is certified: no other eigenvalue can exceed the remainder of the trace, or else a Cholesky decomposition of <c>(λ + error)I - A</c> exists. Without a
/// certificate the method is run to its end with another starting vector. All starting vectors are fixed pseudo-random ones, so results are reproducible.
/// </remarks>
internal static unsafe class LargestEigenvalue
{
    /// <summary>The intended relative error, in units of the smaller of the eigenvalue and the remainder of the trace.</summary>
    /// <remarks>It is ten times below the 1e-9 that is guaranteed for effective ranks.</remarks>
    private const double Tolerance = 1e-10;

    /// <summary>Greatest size of a matrix that is reduced to tridiagonal form; at about this size both methods take the same time.</summary>
    private const int MostReduced = 48;

    /// <summary>Number of rows from which on blocked products certify a result faster, and threads share the rows.</summary>
    private const int Large = 1024;

    /// <summary>Number of starting vectors that are tried after the first; two failures in a row have never been observed.</summary>
    private const int MostAttempts = 4;

    /// <summary>Greatest magnitude of the trace's power of two with which squares of elements, and of much smaller numbers, are within the range.</summary>
    private const int MostExponent = 300;

    /// <summary>Numbers that the method takes for a matrix of a given size beside the matrix: a basis, and the factor that certifies the result.</summary>
    internal static double Numbers(double size) => size <= MostReduced ? 0 : 2 * size * size;

    /// <summary>Below this share of the trace the remainder is rounding error of the matrix itself.</summary>
    private const double RoundingFloor = 1e-13;

    /// <summary>Computes the largest eigenvalue.</summary>
    /// <param name="matrix">Symmetric positive semidefinite matrix (n × n), stored by rows; both triangles are read.</param>
    /// <param name="size">Its size n.</param>
    /// <returns>The eigenvalue; zero for a matrix of zeros.</returns>
    /// <exception cref="ArgumentException">The matrix has other than n² elements, or holds a NaN or an infinity.</exception>
    public static double OfSymmetric(ReadOnlySpan<double> matrix, int size) => OfSymmetric(matrix, size, 1);

    /// <summary>Computes the largest eigenvalue of a large matrix with several threads; the bits do not depend on their number.</summary>
    /// <param name="matrix">Symmetric positive semidefinite matrix (n × n), stored by rows; both triangles are read.</param>
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

        var exponent = Math.ILogB(trace);
        if (Math.Abs(exponent) > MostExponent)
        {
            // Scaling by a power of two, which is exact, keeps squares of elements within the range.
            var scaled = new double[matrix.Length];
            for (var i = 0; i < scaled.Length; i++)
            {
                scaled[i] = Math.ScaleB(matrix[i], -exponent);
            }

            return Math.ScaleB(OfSymmetric(scaled, size, threads), exponent);
        }

        if (size <= MostReduced)
        {
            return OfSmall(matrix, size);
        }

        var largest = Lanczos(matrix, StartingVector(size, 0), trace, toTheEnd: false, threads);
        for (var attempt = 1; attempt <= MostAttempts && !IsLargest(matrix, size, trace, largest, threads); attempt++)
        {
            largest = Math.Max(largest, Lanczos(matrix, StartingVector(size, attempt), trace, toTheEnd: true, threads));
        }

        return largest;
    }

    private static double OfSmall(ReadOnlySpan<double> matrix, int size)
    {
        Span<double> diagonal = stackalloc double[size],
            offDiagonal = stackalloc double[size],
            reduced = stackalloc double[matrix.Length];
        matrix.CopyTo(reduced);
        Tridiagonalisation.Reduce(reduced, diagonal, offDiagonal);
        return TridiagonalSpectrum.Largest(diagonal, offDiagonal);
    }

    /// <summary>The fixed pseudo-random starting vector of an attempt.</summary>
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

        // The Cholesky factor of (λ + error)I - A is computed row by row; a pivot that is not positive shows that there is a larger eigenvalue.
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

            // Two passes are enough: one pass of Gram-Schmidt leaves components of the order of the rounding of the largest vector.
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

        // The second eigenvalue is above its approximation, by at most the residual of the latter.
        var gap = largest.Value - next.Value - (norm * next.LastComponent);
        return gap > 2 * residual ? residual * residual / (gap - residual) : residual;
    }

    /// <summary>Number of steps between two computations of the small matrix's spectrum, so that these stay cheap.</summary>
    private static int CheckInterval(int steps) =>
        steps < 8 ? 1
        : steps < 64 ? 4
        : 8;

    private static double[] Multiply(ReadOnlySpan<double> matrix, double[] vector, int threads)
    {
        var (product, size) = (new double[vector.Length], vector.Length);
        fixed (double* first = matrix)
        {
            // Each row is one sum, so blocks of rows give the same bits on any thread.
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
