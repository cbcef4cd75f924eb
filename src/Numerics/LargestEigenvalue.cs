namespace Wellbehaved.Numerics;

/// <summary>The largest eigenvalue of a symmetric positive semidefinite matrix, by the Lanczos method.</summary>
/// <remarks>
/// The Krylov basis is kept orthogonal in full, so the process ends with the exact answer after at most n steps, and the
/// residual bounds the error on the way: with residual r and the rest of the spectrum at distance g or more, the eigenvalue is
/// within <c>min(r, r²/(g - r))</c>. That second bound is what makes separated eigenvalues cheap; spectra with hardly any gap, as
/// the noise has, are decided by the first. Source: B. Parlett, <i>The Symmetric Eigenvalue Problem</i>, chapters 11 and 13.
/// The starting vector is a fixed pseudo-random one: an eigenvector orthogonal to it does not occur in practice, and results are reproducible.
/// </remarks>
public static class LargestEigenvalue
{
    /// <summary>Relative error aimed at, in units of the smaller of the eigenvalue and of the trace that it leaves.</summary>
    /// <remarks>Ten times below the 1e-6 that effective ranks are promised to have.</remarks>
    private const double Tolerance = 1e-7;

    /// <summary>Below this share of the trace the remainder is rounding noise of the matrix itself.</summary>
    private const double RoundingFloor = 1e-13;

    /// <summary>Computes the largest eigenvalue.</summary>
    /// <param name="matrix">Symmetric positive semidefinite matrix (n × n), row after row; both triangles are read.</param>
    /// <param name="size">Its size n.</param>
    /// <returns>The eigenvalue; zero for a matrix of zeros.</returns>
    /// <exception cref="ArgumentException">The matrix has other than n² elements, or holds a NaN or an infinity.</exception>
    public static double OfSymmetric(ReadOnlySpan<double> matrix, int size)
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

        return trace == 0 ? 0 : Lanczos(matrix, size, trace);
    }

    private static double Lanczos(ReadOnlySpan<double> matrix, int size, double trace)
    {
        var basis = new List<double[]> { StartingVector(size) };
        var diagonal = new List<double>();
        var offDiagonal = new List<double>();
        while (true)
        {
            var current = basis[^1];
            var next = Multiply(matrix, current);
            diagonal.Add(VectorMath.Dot(next, current));

            // Twice is enough: one pass of Gram-Schmidt leaves components of the order of the rounding of the largest vector.
            for (var pass = 0; pass < 2; pass++)
            {
                foreach (var direction in basis)
                {
                    VectorMath.AddScaled(next, -VectorMath.Dot(next, direction), direction);
                }
            }

            var norm = Math.Sqrt(VectorMath.Dot(next, next));
            var steps = diagonal.Count;
            var exhausted = steps == size || norm <= 1e-15 * trace;
            if (exhausted || steps % CheckInterval(steps) == 0)
            {
                var (largest, second) = TridiagonalSpectrum.Top(diagonal, offDiagonal);
                var remainder = Math.Max(trace - largest.Value, RoundingFloor * trace);
                if (exhausted || ErrorBound(norm, largest, second) <= Tolerance * Math.Min(largest.Value, remainder))
                {
                    return largest.Value;
                }
            }

            offDiagonal.Add(norm);
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
    private static int CheckInterval(int steps) => steps < 8 ? 1 : steps < 64 ? 4 : 8;

    private static double[] StartingVector(int size)
    {
        var vector = new double[size];
        var state = 0x9E3779B97F4A7C15UL;
        for (var i = 0; i < size; i++)
        {
            state = (state * 6364136223846793005UL) + 1442695040888963407UL;
            vector[i] = (int)(state >> 32) / 2147483648.0;
        }

        VectorMath.Scale(vector, 1 / Math.Sqrt(VectorMath.Dot(vector, vector)));
        return vector;
    }

    private static double[] Multiply(ReadOnlySpan<double> matrix, double[] vector)
    {
        var product = new double[vector.Length];
        for (var i = 0; i < product.Length; i++)
        {
            product[i] = VectorMath.Dot(matrix.Slice(i * vector.Length, vector.Length), vector);
        }

        return product;
    }
}
