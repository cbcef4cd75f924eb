using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>The covariance C of noise with the centred signal of many points: along the leading directions, and as products with powers of the rest.</summary>
/// <remarks>With these, <c>M_t = CG(I + 2tS)⁻¹</c> and <c>CG(I + 2tS)⁻¹GCᵀ</c> are sums at every t.</remarks>
internal sealed class SplitCross
{
    /// <summary>Computes the products.</summary>
    /// <param name="split">The kernel.</param>
    /// <param name="cross">C, stored by columns (P × P).</param>
    public SplitCross(SplitKernel split, double[] cross)
    {
        using var product = new MatrixProduct<double>(Environment.ProcessorCount);
        var (points, k, degree) = (split.Points, split.Values.Length, split.Powers.Length);
        var rest = Centred(cross, points);
        Along = new double[points * k];
        if (k > 0)
        {
            DenseProduct.Multiply(product, new(rest, points, true), new(split.Vectors, k), Along, points, points, k);
        }

        if (degree == 0)
        {
            return;
        }

        // The transpose is stored: rows are the points of the signal.
        var taken = Array.ConvertAll(Along, value => -value);
        DenseProduct.Multiply(product, new(split.Vectors, k), new(taken, k, true), rest, points, k, points, accumulate: true);
        (Powers, Squares) = (new double[degree][], new double[degree][]);
        for (var m = 0; m < degree; m++)
        {
            Powers[m] = m == 0 ? rest : new double[points * points];
            if (m > 0)
            {
                DenseProduct.Multiply(product, new(split.Powers[0], points), new(Powers[m - 1], points), Powers[m], points, points, points);
            }
        }

        for (var m = 0; m < degree; m++)
        {
            Squares[m] = new double[points * points];
            DenseProduct.Multiply(
                product,
                new(Powers[m - (m / 2)], points, true),
                new(Powers[m / 2], points),
                Squares[m],
                points,
                points,
                points,
                upperOnly: true
            );
        }
    }

    /// <summary>CU (P × k), stored by rows.</summary>
    public double[] Along { get; }

    /// <summary>C'S'^m for m = 0, 1, …, with C' = C(G - UUᵀ), stored by columns (P × P).</summary>
    public double[][] Powers { get; } = [];

    /// <summary>C'S'^mC'ᵀ, stored by rows (P × P); only the upper triangle is valid.</summary>
    public double[][] Squares { get; } = [];

    /// <summary>CG: C without the mean of each row.</summary>
    /// <param name="cross">C, stored by columns (P × P).</param>
    /// <param name="points">P.</param>
    public static double[] Centred(double[] cross, int points)
    {
        var (means, centred) = (new double[points], new double[points * points]);
        for (var j = 0; j < points; j++)
        {
            VectorMath.AddScaled(means, 1.0 / points, cross.AsSpan(j * points, points));
        }

        Parallel.For(
            0,
            points,
            j =>
            {
                var column = centred.AsSpan(j * points, points);
                cross.AsSpan(j * points, points).CopyTo(column);
                VectorMath.AddScaled(column, -1, means);
            }
        );
        return centred;
    }
}
