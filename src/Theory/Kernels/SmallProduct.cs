using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Theory;

/// <summary>Products of matrices of tens of rows, stored by rows. For these the packing of the blocked product would take most of the time.</summary>
/// <remarks>Every element is summed in the order of the inner index with fused multiply-adds, so its bits do not depend on the processor.</remarks>
internal static class SmallProduct
{
    private const int TileRows = 4;

    /// <summary>C = AB.</summary>
    /// <param name="a">A (<paramref name="rows"/> × <paramref name="inner"/>).</param>
    /// <param name="b">B (<paramref name="inner"/> × <paramref name="columns"/>).</param>
    /// <param name="c">Receives C (<paramref name="rows"/> × <paramref name="columns"/>).</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="inner">Terms of each sum.</param>
    /// <param name="columns">Columns of C.</param>
    public static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, int rows, int inner, int columns)
    {
        // The tiles below read and write without checking bounds.
        a = a[..(rows * inner)];
        b = b[..(inner * columns)];
        c = c[..(rows * columns)];
        ref var firstA = ref MemoryMarshal.GetReference(a);
        ref var firstB = ref MemoryMarshal.GetReference(b);
        ref var firstC = ref MemoryMarshal.GetReference(c);
        var row = 0;
        for (; row <= rows - TileRows; row += TileRows)
        {
            var column = 0;
            for (; column <= columns - (2 * Vector256<double>.Count); column += 2 * Vector256<double>.Count)
            {
                ref var target = ref Unsafe.Add(ref firstC, (row * columns) + column);
                Tile(ref Unsafe.Add(ref firstA, row * inner), ref Unsafe.Add(ref firstB, column), ref target, inner, columns);
            }

            Rest(a, b, c, new Part(row, row + TileRows, column), inner, columns);
        }

        Rest(a, b, c, new Part(row, rows, 0), inner, columns);
    }

    /// <summary>A tile of four rows and two vectors: eight sums, which do not depend on each other.</summary>
    private static void Tile(ref double a, ref double b, ref double c, int inner, int columns)
    {
        Vector256<double> sum00 = default,
            sum01 = default,
            sum10 = default,
            sum11 = default;
        Vector256<double> sum20 = default,
            sum21 = default,
            sum30 = default,
            sum31 = default;
        for (var k = 0; k < inner; k++)
        {
            ref var source = ref Unsafe.Add(ref b, k * columns);
            var (b0, b1) = (Vector256.LoadUnsafe(ref source), Vector256.LoadUnsafe(ref source, 4));
            var value = Vector256.Create(Unsafe.Add(ref a, k));
            (sum00, sum01) = (Vector256.FusedMultiplyAdd(value, b0, sum00), Vector256.FusedMultiplyAdd(value, b1, sum01));
            value = Vector256.Create(Unsafe.Add(ref a, inner + k));
            (sum10, sum11) = (Vector256.FusedMultiplyAdd(value, b0, sum10), Vector256.FusedMultiplyAdd(value, b1, sum11));
            value = Vector256.Create(Unsafe.Add(ref a, (2 * inner) + k));
            (sum20, sum21) = (Vector256.FusedMultiplyAdd(value, b0, sum20), Vector256.FusedMultiplyAdd(value, b1, sum21));
            value = Vector256.Create(Unsafe.Add(ref a, (3 * inner) + k));
            (sum30, sum31) = (Vector256.FusedMultiplyAdd(value, b0, sum30), Vector256.FusedMultiplyAdd(value, b1, sum31));
        }

        Store(sum00, sum01, ref c);
        Store(sum10, sum11, ref Unsafe.Add(ref c, columns));
        Store(sum20, sum21, ref Unsafe.Add(ref c, 2 * columns));
        Store(sum30, sum31, ref Unsafe.Add(ref c, 3 * columns));
    }

    private static void Store(Vector256<double> left, Vector256<double> right, ref double target)
    {
        left.StoreUnsafe(ref target);
        right.StoreUnsafe(ref target, 4);
    }

    private static void Rest(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, Part part, int inner, int columns)
    {
        for (var row = part.FirstRow; row < part.EndRow; row++)
        {
            for (var column = part.FirstColumn; column < columns; column++)
            {
                var sum = 0.0;
                for (var k = 0; k < inner; k++)
                {
                    sum = Math.FusedMultiplyAdd(a[(row * inner) + k], b[(k * columns) + column], sum);
                }

                c[(row * columns) + column] = sum;
            }
        }
    }

    /// <summary>The rows, and the columns from a given one on, that tiles do not cover.</summary>
    private readonly record struct Part(int FirstRow, int EndRow, int FirstColumn);
}
