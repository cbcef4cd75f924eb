using System.Numerics;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Sums over a block of features (points × width) of one input, in double precision.</summary>
/// <remarks>Eight sums are computed in parallel along a row, in the same order on every processor; the remainder of a row is added separately.</remarks>
internal static unsafe class NormSums
{
    /// <summary>The mean; it is exact where all values are equal.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="values">The first value.</param>
    /// <param name="points">Number of points of the block.</param>
    /// <param name="width">Number of successive channels of the block.</param>
    /// <param name="stride">Distance between two points.</param>
    public static double Mean<T>(T* values, int points, int width, nint stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var pivot = double.CreateTruncating(values[0]);
        var (sums, rest, pivots) = (Vector512<double>.Zero, 0.0, Vector512.Create(pivot));
        for (var point = 0; point < points; point++)
        {
            var row = values + (point * stride);
            var i = 0;
            for (; i <= width - Vector512<double>.Count; i += Vector512<double>.Count)
            {
                sums += VectorMath.LoadEight(row + i) - pivots;
            }

            for (; i < width; i++)
            {
                rest += double.CreateTruncating(row[i]) - pivot;
            }
        }

        return pivot + ((Total(sums) + rest) / ((double)points * width));
    }

    /// <summary>The sum of squares of deviations from a mean.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="values">The first value.</param>
    /// <param name="points">Number of points of the block.</param>
    /// <param name="width">Number of successive channels of the block.</param>
    /// <param name="stride">Distance between two points.</param>
    /// <param name="mean">The mean.</param>
    public static double Squares<T>(T* values, int points, int width, nint stride, double mean)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Products(values, values, points, width, stride, (mean, mean));

    /// <summary>The sum of products of deviations of two tensors from their means.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="left">The first value of one tensor.</param>
    /// <param name="right">The first value of the other tensor.</param>
    /// <param name="points">Number of points of the block.</param>
    /// <param name="width">Number of successive channels of the block.</param>
    /// <param name="stride">Distance between two points.</param>
    /// <param name="means">The means.</param>
    public static double Products<T>(T* left, T* right, int points, int width, nint stride, (double Left, double Right) means)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (sums, rest) = (Vector512<double>.Zero, 0.0);
        var (leftMeans, rightMeans) = (Vector512.Create(means.Left), Vector512.Create(means.Right));
        for (var point = 0; point < points; point++)
        {
            T* row = left + (point * stride),
                other = right + (point * stride);
            var i = 0;
            for (; i <= width - Vector512<double>.Count; i += Vector512<double>.Count)
            {
                sums += (VectorMath.LoadEight(row + i) - leftMeans) * (VectorMath.LoadEight(other + i) - rightMeans);
            }

            for (; i < width; i++)
            {
                rest += (double.CreateTruncating(row[i]) - means.Left) * (double.CreateTruncating(other[i]) - means.Right);
            }
        }

        return Total(sums) + rest;
    }

    private static double Total(Vector512<double> sums)
    {
        var halves = sums.GetLower() + sums.GetUpper();
        return halves[0] + halves[1] + (halves[2] + halves[3]);
    }
}
