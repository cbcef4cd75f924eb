using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>
/// The leading eigenvectors of a symmetric matrix of many rows, computed from a block Krylov space. About the other eigenvectors nothing is known.
/// </summary>
/// <remarks>
/// A pair is only accepted if its residual shows that it has converged; so every accepted vector is an eigenvector, even if the space misses others. Source:
/// Y. Saad, <i>Numerical Methods for Large Eigenvalue Problems</i>, chapter 6.
/// </remarks>
internal sealed class LeadingDirections
{
    /// <summary>Number of vectors in a block; up to this number of equal eigenvalues are found.</summary>
    private const int Block = 16;

    private const int MostSteps = 16;

    /// <summary>Residual below which a pair has converged, relative to the largest eigenvalue.</summary>
    private const double Converged = 1e-11;

    /// <summary>Eigenvalues below this share of the largest are rounding errors.</summary>
    private const double Rounding = 1e-13;

    /// <summary>If a smaller part of a vector remains after the others are subtracted, it is a rounding error.</summary>
    private const double Dependent = 1e-13;

    private LeadingDirections(double[] values, double[] vectors, double residual, double lowest) =>
        (Values, Vectors, Residual, Lowest) = (values, vectors, residual, lowest);

    /// <summary>The eigenvalues, largest first (k).</summary>
    public double[] Values { get; }

    /// <summary>Their eigenvectors (P × k), stored by rows.</summary>
    public double[] Vectors { get; }

    /// <summary>Root of the sum of the squares of the pairs' residuals.</summary>
    public double Residual { get; }

    /// <summary>An upper bound on the lowest eigenvalue.</summary>
    public double Lowest { get; }

    /// <summary>Finds the leading eigenvectors.</summary>
    /// <param name="matrix">S (P × P), symmetric.</param>
    /// <param name="size">P.</param>
    /// <param name="least">Eigenvalues below this need not be found.</param>
    /// <param name="product">The blocked product.</param>
    public static LeadingDirections Find(double[] matrix, int size, double least, MatrixProduct<double> product)
    {
        var most = Math.Min(Block * MostSteps, size);
        var (basis, images, count) = (new double[most * size], new double[most * size], 0);
        var candidates = Start(size);
        var (largest, results) = (0.0, new double[size * Block]);
        while (count < most)
        {
            var taken = Orthonormalise(candidates, basis, count, Math.Min(Block, most - count), size, count == 0 ? 1 : largest, product);
            if (taken == 0)
            {
                break;
            }

            // S is read only once for all vectors of the block.
            var block = basis.AsSpan(count * size, taken * size).ToArray();
            DenseProduct.Multiply(product, new(matrix, size), new(block, size, true), results, size, size, taken);
            for (var k = 0; k < taken; k++)
            {
                var image = images.AsSpan((count + k) * size, size);
                for (var i = 0; i < size; i++)
                {
                    image[i] = results[(i * taken) + k];
                }

                largest = Math.Max(largest, Math.Sqrt(VectorMath.Dot(image, image)));
            }

            candidates = images.AsSpan(count * size, taken * size).ToArray();
            count += taken;
        }

        return Ritz(basis, images, count, size, least, product);
    }

    private static LeadingDirections Ritz(double[] basis, double[] images, int count, int size, double least, MatrixProduct<double> product)
    {
        var small = new double[count * count];
        DenseProduct.Multiply(product, new(basis, size), new(images, size, true), small, count, size, count);
        var projected = Matrix<double>.Build.Dense(count, count, (i, j) => 0.5 * (small[(i * count) + j] + small[(j * count) + i]));
        var spectrum = projected.Evd(Symmetricity.Symmetric);
        int[] order = [.. Enumerable.Range(0, count).OrderByDescending(k => spectrum.EigenValues[k].Real)];
        double[] values = [.. order.Select(k => spectrum.EigenValues[k].Real)];
        var turned = new double[count * count];
        for (var k = 0; k < count; k++)
        {
            for (var i = 0; i < count; i++)
            {
                turned[(k * count) + i] = spectrum.EigenVectors[i, order[k]];
            }
        }

        var (vectors, products) = (new double[count * size], new double[count * size]);
        DenseProduct.Multiply(product, new(turned, count), new(basis, size), vectors, count, count, size);
        DenseProduct.Multiply(product, new(turned, count), new(images, size), products, count, count, size);
        var (kept, squares) = (0, 0.0);
        for (; kept < count && values[kept] > Rounding * values[0] && values[kept] >= least; kept++)
        {
            var residual = products.AsSpan(kept * size, size);
            VectorMath.AddScaled(residual, -values[kept], vectors.AsSpan(kept * size, size));
            var square = VectorMath.Dot(residual, residual);
            if (square > Converged * Converged * values[0] * values[0])
            {
                break;
            }

            squares += square;
        }

        var columns = new double[size * kept];
        for (var k = 0; k < kept; k++)
        {
            for (var i = 0; i < size; i++)
            {
                columns[(i * kept) + k] = vectors[(k * size) + i];
            }
        }

        return new(values[..kept], columns, Math.Sqrt(squares), values[^1]);
    }

    /// <summary>Fixed pseudo-random vectors.</summary>
    private static double[] Start(int size)
    {
        var (vectors, state) = (new double[Block * size], 0x9E3779B97F4A7C15UL);
        for (var i = 0; i < vectors.Length; i++)
        {
            state = (state * 6364136223846793005UL) + 1442695040888963407UL;
            vectors[i] = (int)(state >> 32) / 2147483648.0;
        }

        return vectors;
    }

    /// <summary>
    /// Subtracts from each candidate its projections on the basis and on the earlier candidates, twice, and appends the remainders, scaled to length 1.
    /// </summary>
    /// <returns>The number of appended vectors.</returns>
    private static int Orthonormalise(double[] candidates, double[] basis, int count, int room, int size, double scale, MatrixProduct<double> product)
    {
        var rows = candidates.Length / size;
        for (var pass = 0; pass < 2 && count > 0; pass++)
        {
            var shares = new double[rows * count];
            DenseProduct.Multiply(product, new(candidates, size), new(basis, size, true), shares, rows, size, count);
            for (var k = 0; k < shares.Length; k++)
            {
                shares[k] = -shares[k];
            }

            DenseProduct.Multiply(product, new(shares, count), new(basis, size), candidates, rows, count, size, accumulate: true);
        }

        var taken = 0;
        for (var row = 0; row < rows && taken < room; row++)
        {
            var candidate = candidates.AsSpan(row * size, size);
            for (var pass = 0; pass < 2; pass++)
            {
                // The second pass uses the whole basis: a remainder may be small, so that its rounding error is not orthogonal to the basis.
                for (var k = pass == 0 ? count : 0; k < count + taken; k++)
                {
                    var earlier = basis.AsSpan(k * size, size);
                    VectorMath.AddScaled(candidate, -VectorMath.Dot(candidate, earlier), earlier);
                }
            }

            var norm = Math.Sqrt(VectorMath.Dot(candidate, candidate));
            if (norm <= Dependent * scale * Math.Sqrt(size))
            {
                continue;
            }

            VectorMath.Scale(candidate, 1 / norm);
            for (var k = 0; k < count + taken; k++)
            {
                var earlier = basis.AsSpan(k * size, size);
                VectorMath.AddScaled(candidate, -VectorMath.Dot(candidate, earlier), earlier);
            }

            VectorMath.Scale(candidate, 1 / Math.Sqrt(VectorMath.Dot(candidate, candidate)));
            candidate.CopyTo(basis.AsSpan((count + taken) * size, size));
            taken++;
        }

        return taken;
    }
}
