using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Theory;

/// <summary>Checks matrices for the properties of a kernel (P × P) — symmetric, finite, no negative variance — and computes moments from kernels.</summary>
/// <remarks>
/// A kernel is <c>K_ij = E[y_i y_j]</c>, averaged over channels, for the points i and j of the batch. Second moments and the effective rank of
/// the features follow from it, since <c>XXᵀ/N</c> (P × P) has the nonzero spectrum of the second moments over channels.
/// </remarks>
internal static class KernelMatrix
{
    /// <summary>
    /// Asymmetry and negative eigenvalues up to this share of the largest entry are rounding errors of a kernel that is summed over channels.
    /// </summary>
    private const double Rounding = 1e-8;

    /// <summary>With traces outside of this range, products of entries would overflow or underflow.</summary>
    private const double Tiny = 1e-100;

    private const double Huge = 1e100;

    /// <summary>ν₂: the mean of the diagonal.</summary>
    /// <param name="kernel">Kernel (P × P).</param>
    /// <returns>The mean square over points and channels.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static double Nu2(Matrix<double> kernel)
    {
        Require(kernel);
        return kernel.Diagonal().Average();
    }

    /// <summary>μ₂ = (Tr K - 1ᵀK1/P)/P: the mean square after each channel's mean over the points is subtracted. Law S4.</summary>
    /// <param name="kernel">Kernel (P × P).</param>
    /// <returns>The variance over points, averaged over channels; computed from centred entries, without cancellation.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static double Mu2(Matrix<double> kernel)
    {
        Require(kernel);
        return Centred(kernel).Diagonal().Average();
    }

    /// <summary>r_eff = Tr S/λ_max(S), where S is the doubly centred kernel. Law D2.</summary>
    /// <param name="kernel">Kernel (P × P).</param>
    /// <returns>The number of directions of variance; NaN if nothing varies.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static double EffectiveRank(Matrix<double> kernel)
    {
        Require(kernel);
        var centred = Centred(kernel);
        var trace = centred.Trace();
        if (trace <= 0)
        {
            return double.NaN;
        }

        return EffectiveRank(centred, trace);
    }

    /// <summary>Tr S/λ_max(S) of a matrix that is already centred.</summary>
    /// <param name="centred">S (P × P).</param>
    /// <param name="trace">Its trace, above 0.</param>
    internal static double EffectiveRank(Matrix<double> centred, double trace)
    {
        // Squares of entries must neither overflow nor underflow. Where they might, the matrix is scaled, which does not change its rank.
        if (trace is < Tiny or > Huge)
        {
            // Entry by entry: the reciprocal of a subnormal trace overflows.
            var divisor = trace;
            (centred, trace) = (centred.Map(entry => entry / divisor), 1);
        }

        var largest = Numerics.LargestEigenvalue.OfSymmetric(DenseProduct.Columns(centred), centred.RowCount, Environment.ProcessorCount);
        return 1 + Math.Max(0, (trace - largest) / largest);
    }

    /// <summary>The doubly centred kernel <c>S = GKG</c>, <c>G = I - 11ᵀ/P</c>.</summary>
    /// <param name="kernel">Kernel (P × P).</param>
    /// <returns>S (P × P), symmetric, with row sums zero.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel.</exception>
    public static Matrix<double> Centred(Matrix<double> kernel)
    {
        Require(kernel);
        var means = kernel.RowSums() / kernel.RowCount;
        var (mean, own) = (means.Average(), means.ToArray());

        // Where the kernel is nearly constant, half of the squared distance ‖u_i - u_j‖² remains; means of differences keep its digits.
        var (entries, size) = (DenseProduct.Columns(kernel), kernel.RowCount);
        var centred = new double[size * size];
        Parallel.For(
            0,
            size,
            Sharing.Options(size),
            (int j) =>
            {
                var from = entries.AsSpan(j * size, size);
                var to = centred.AsSpan(j * size, size);
                var other = means[j] - mean;
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = from[i] - own[i] - other;
                }
            }
        );
        return Matrix<double>.Build.Dense(size, size, centred);
    }

    /// <summary>(A + Aᵀ)/2 for a matrix A, multiplied by a factor and with a number added to every entry.</summary>
    /// <param name="matrix">The matrix (P × P).</param>
    /// <param name="factor">The factor.</param>
    /// <param name="added">The number that is added to every entry.</param>
    internal static Matrix<double> Symmetric(Matrix<double> matrix, double factor = 1, double added = 0)
    {
        var (entries, size) = (DenseProduct.Columns(matrix), matrix.RowCount);
        var result = new double[size * size];

        // The matrix is processed in square blocks, because each element of a column of a large matrix is a cache miss.
        const int side = 32;
        var parts = (size + side - 1) / side;
        Parallel.For(
            0,
            parts,
            Sharing.Options(size),
            part =>
            {
                for (var other = 0; other <= part; other++)
                {
                    for (var i = part * side; i < Math.Min(size, (part + 1) * side); i++)
                    {
                        for (var j = other * side; j <= Math.Min(i, ((other + 1) * side) - 1); j++)
                        {
                            var (one, two) = (entries[(i * size) + j] * factor, entries[(j * size) + i] * factor);
                            result[(i * size) + j] = result[(j * size) + i] = ((one + two) / 2) + added;
                        }
                    }
                }
            }
        );
        return Matrix<double>.Build.Dense(size, size, result);
    }

    /// <summary>Checks whether a matrix can be a kernel, as far as one pass over its entries shows it.</summary>
    /// <param name="kernel">The matrix.</param>
    /// <exception cref="ArgumentException">It is empty, not square, not finite or not symmetric, or has a negative variance or an entry that violates the
    /// Cauchy–Schwarz inequality.</exception>
    public static void Require(Matrix<double> kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var size = kernel.RowCount;
        if (size == 0 || kernel.ColumnCount != size)
        {
            throw new ArgumentException($"expected a square kernel, got {kernel.RowCount} × {kernel.ColumnCount}", nameof(kernel));
        }

        if (WhyNone(kernel) is { } fault)
        {
            throw new ArgumentException($"expected {fault.Expected}", nameof(kernel));
        }
    }

    /// <summary>Why a square matrix cannot be a kernel, according to its entries.</summary>
    /// <param name="kernel">The matrix.</param>
    /// <returns>What was expected and found, and whether numbers overflowed; null if the matrix can be a kernel.</returns>
    internal static (string Expected, bool Overflows)? WhyNone(Matrix<double> kernel)
    {
        var (size, entries, largest) = (kernel.RowCount, DenseProduct.Columns(kernel), 0.0);
        for (var i = 0; i < size; i++)
        {
            if (!(kernel[i, i] >= 0) || !double.IsFinite(kernel[i, i]))
            {
                return ($"finite variances of at least 0 on the diagonal, got {kernel[i, i]} for point {i}", !double.IsFinite(kernel[i, i]));
            }

            largest = Math.Max(largest, kernel[i, i]);
        }

        // The product of two roots is compared instead of the root of a product, which could underflow. Each pair of entries is read only once.
        var (roots, faulty) = (new double[size], size);
        for (var i = 0; i < size; i++)
        {
            roots[i] = Math.Sqrt(entries[i * (size + 1)]);
        }

        // The matrix is processed in square blocks, because each element of a column of a large matrix is a cache miss.
        const int side = 64;
        var parts = (size + side - 1) / side;
        Parallel.For(
            0,
            parts,
            Sharing.Options(size),
            part =>
            {
                for (var other = 0; other <= part; other++)
                {
                    for (var i = part * side; i < Math.Min(size, (part + 1) * side); i++)
                    {
                        for (var j = other * side; j < Math.Min(i, (other + 1) * side); j++)
                        {
                            var (below, above) = (entries[(j * size) + i], entries[(i * size) + j]);
                            if (!(Math.Abs(below - above) <= Rounding * largest) || Math.Abs(below) > (roots[i] * roots[j]) + (Rounding * largest))
                            {
                                InterlockedLeast(ref faulty, i);
                            }
                        }
                    }
                }
            }
        );
        for (var j = 0; j < faulty && faulty < size; j++)
        {
            var (below, above) = (entries[(j * size) + faulty], entries[(faulty * size) + j]);
            if (!(Math.Abs(below - above) <= Rounding * largest))
            {
                return ($"a symmetric kernel of finite entries, got {below} and {above} for points {faulty} and {j}", !double.IsFinite(below - above));
            }

            if (Math.Abs(below) > (roots[faulty] * roots[j]) + (Rounding * largest))
            {
                return ($"a positive semidefinite kernel, got correlation beyond 1 for points {faulty} and {j}", false);
            }
        }

        return null;

        static void InterlockedLeast(ref int least, int value)
        {
            var before = Volatile.Read(ref least);
            while (value < before && Interlocked.CompareExchange(ref least, value, before) is var now && now != before)
            {
                before = now;
            }
        }
    }
}
