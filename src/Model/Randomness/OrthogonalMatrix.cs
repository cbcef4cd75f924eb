using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Random matrices with orthonormal rows or columns, whichever are fewer, uniform over all such matrices (Haar), times a factor.</summary>
/// <remarks>
/// The orthonormal factor of a normal matrix has that law if the diagonal of the triangular factor is positive: F. Mezzadri, <i>How to generate random matrices
/// from the classical compact groups</i>, Notices of the AMS 54 (2007).
/// It is computed by the Gram–Schmidt method in double precision. Each vector is orthogonalised twice, so that it is orthogonal up to rounding. All groups of a
/// convolution together form one matrix.
/// </remarks>
internal static class OrthogonalMatrix
{
    /// <summary>Fills a matrix (fan-in × outputs), stored by rows, whose elements have the given standard deviation.</summary>
    public static void Fill<T>(RandomNumbers stream, Span<T> destination, int fanIn, int outputs, double deviation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (vectors, length) = (Math.Min(fanIn, outputs), Math.Max(fanIn, outputs));
        var basis = new double[checked(vectors * length)];
        stream.FillNormal<double>(basis, 1);
        for (var vector = 0; vector < vectors; vector++)
        {
            var current = basis.AsSpan(vector * length, length);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var earlier = 0; earlier < vector; earlier++)
                {
                    var other = basis.AsSpan(earlier * length, length);
                    VectorMath.AddScaled(current, -VectorMath.Dot(other, current), other);
                }

                VectorMath.Scale(current, 1 / Math.Sqrt(VectorMath.Dot(current, current)));
            }
        }

        // The elements of a unit vector have variance 1/length.
        var factor = deviation * Math.Sqrt(length);
        for (var row = 0; row < fanIn; row++)
        {
            for (var column = 0; column < outputs; column++)
            {
                var element = fanIn >= outputs ? basis[(column * length) + row] : basis[(row * length) + column];
                destination[(row * outputs) + column] = T.CreateTruncating((float)(element * factor));
            }
        }
    }
}
