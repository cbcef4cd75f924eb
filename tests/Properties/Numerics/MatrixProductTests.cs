using System.Numerics;
using FluentAssertions;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

public unsafe class MatrixProductTests
{
    [Law(MaxTest = 100)]
    public void A_product_of_doubles_equals_its_definition(byte rows, byte inner, byte columns, int seed)
    {
        var (a, b) = Factors<double>(rows, 3 * inner, columns, seed);
        var expected = Naive(a, b, rows, 3 * inner, columns);

        var actual = Product(a, b, rows, 3 * inner, columns, threads: 1, wide: true);

        // Terms are at most 1 and there are at most 765 of them: the rounding of either order stays below 765²·2⁻⁵³ = 6.5e-11.
        actual.Zip(expected, (x, y) => Math.Abs(x - y)).DefaultIfEmpty().Largest().Should().BeLessThan(1e-10);
    }

    [Law(MaxTest = 100)]
    public void Threads_and_vector_widths_change_no_bit(byte rows, byte inner, byte columns, int seed)
    {
        var (a, b) = Factors<float>(rows, 3 * inner, columns, seed);

        var reference = Product(a, b, rows, 3 * inner, columns, threads: 1, wide: true);

        Product(a, b, rows, 3 * inner, columns, threads: 1, wide: false).Should().Equal(reference);
        Product(a, b, rows, 3 * inner, columns, threads: 3, wide: true).Should().Equal(reference);
        Product(a, b, rows, 3 * inner, columns, threads: 2, wide: false).Should().Equal(reference);
    }

    [Law(MaxTest = 50)]
    public void Products_of_transposed_factors_equal_products_of_plain_ones(byte rows, byte inner, byte columns, int seed)
    {
        var (a, b) = Factors<double>(rows, inner, columns, seed);
        var (aT, bT) = (Transpose(a, rows, inner), Transpose(b, inner, columns));
        var expected = Product(a, b, rows, inner, columns, 1, true);

        var actual = new double[rows * columns];
        using var product = new MatrixProduct<double>();
        fixed (
            double* pa = aT,
                pb = bT,
                pc = actual
        )
        {
            product.Multiply(MatrixOperand<double>.Transposed(pa, rows), MatrixOperand<double>.Transposed(pb, inner), pc, rows, inner, columns);
        }

        actual.Should().Equal(expected);
    }

    [Law(MaxTest = 50)]
    public void An_accumulating_product_adds_to_the_previous_content(byte rows, byte inner, byte columns, int seed)
    {
        var (a, b) = Factors<double>(rows, inner, columns, seed);
        var once = Product(a, b, rows, inner, columns, 1, true);

        var twice = (double[])once.Clone();
        using var product = new MatrixProduct<double>();
        fixed (
            double* pa = a,
                pb = b,
                pc = twice
        )
        {
            product.Multiply(
                MatrixOperand<double>.RowMajor(pa, inner),
                MatrixOperand<double>.RowMajor(pb, columns),
                pc,
                rows,
                inner,
                columns,
                accumulate: true
            );
        }

        // Exact: an inner dimension below the block size is one chain of sums, added to an equal number.
        twice.Should().Equal(once.Select(value => 2 * value));
    }

    [Law(MaxTest = 50)]
    public void A_product_with_gathered_rows_reads_segments_and_zeros(byte rowCount, byte segmentCount, byte segmentLength, int seed)
    {
        var (rows, segments, length) = (1 + (rowCount % 40), 1 + (segmentCount % 9), 1 + (segmentLength % 50));
        const int columns = 7;
        var random = new Random(seed);
        var data = Enumerable.Range(0, 11 * length).Select(_ => (random.NextDouble() * 2) - 1).ToArray();
        var table = Enumerable.Range(0, segments * rows).Select(_ => random.Next(-1, 11)).ToArray();
        var b = Enumerable.Range(0, segments * length * columns).Select(_ => (random.NextDouble() * 2) - 1).ToArray();
        var explicitRows = new double[rows * segments * length];
        for (var row = 0; row < rows; row++)
        {
            for (var k = 0; k < segments * length; k++)
            {
                var source = table[(k / length * rows) + row];
                explicitRows[(row * segments * length) + k] = source < 0 ? 0 : data[(source * length) + (k % length)];
            }
        }

        var actual = new double[rows * columns];
        using var product = new MatrixProduct<double>();
        fixed (
            double* pd = data,
                pb = b,
                pc = actual
        )
        {
            fixed (int* pt = table)
            {
                product.Multiply(
                    MatrixOperand<double>.Gathered(pd, pt, rows, length),
                    MatrixOperand<double>.RowMajor(pb, columns),
                    pc,
                    rows,
                    segments * length,
                    columns
                );
            }
        }

        actual.Should().Equal(Product(explicitRows, b, rows, segments * length, columns, 1, true));
    }

    [Law(MaxTest = 100)]
    public void Gathered_rows_that_are_read_in_place_change_no_bit(byte rowCount, byte segmentCount, byte segmentLength, byte columnCount, int seed)
    {
        // Up to 80 columns: one vector, two, two panels that are read in place, and a third, from which on rows are packed.
        var (rows, segments, length, columns) = (1 + (rowCount % 60), 1 + (segmentCount % 9), 1 + (segmentLength % 50), 1 + (columnCount % 80));
        var random = new Random(seed);
        var data = Draw(random, 11 * (length + 3));
        var table = Enumerable.Range(0, segments * rows).Select(_ => random.Next(-1, 11)).ToArray();
        var b = Draw(random, segments * length * columns);

        // Vectors of half the width are always packed.
        Gathered(wide: true, threads: 1).Should().Equal(Gathered(wide: false, threads: 1));
        Gathered(wide: true, threads: 2).Should().Equal(Gathered(wide: false, threads: 1));

        float[] Gathered(bool wide, int threads)
        {
            var c = Enumerable.Repeat(1f, rows * columns).ToArray();
            using var product = new MatrixProduct<float>(threads, wide);
            fixed (
                float* pd = data,
                    pb = b,
                    pc = c
            )
            {
                fixed (int* pt = table)
                {
                    // The segments are a group of channels: three others lie between them.
                    var gathered = MatrixOperand<float>.Gathered(pd, pt, rows, length, length + 3);
                    product.Multiply(gathered, MatrixOperand<float>.RowMajor(pb, columns), pc, rows, segments * length, columns, accumulate: seed % 2 == 0);
                }
            }

            return c;
        }
    }

    [Fact]
    public void A_gathered_right_factor_is_refused()
    {
        using var product = new MatrixProduct<double>();
        var numbers = new double[4];
        var act = () =>
        {
            fixed (double* p = numbers)
            {
                var table = 0;
                product.Multiply(MatrixOperand<double>.RowMajor(p, 1), MatrixOperand<double>.Gathered(p, &table, 1, 1), p, 1, 1, 1);
            }
        };
        act.Should().Throw<ArgumentException>();
    }

    private static T[] Product<T>(T[] a, T[] b, int rows, int inner, int columns, int threads, bool wide)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var c = new T[rows * columns];
        using var product = new MatrixProduct<T>(threads, wide);
        fixed (
            T* pa = a,
                pb = b,
                pc = c
        )
        {
            product.Multiply(MatrixOperand<T>.RowMajor(pa, inner), MatrixOperand<T>.RowMajor(pb, columns), pc, rows, inner, columns);
        }

        return c;
    }

    private static (T[] A, T[] B) Factors<T>(int rows, int inner, int columns, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        return (Draw(rows * inner), Draw(inner * columns));

        T[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => T.CreateTruncating((random.NextDouble() * 2) - 1))];
    }

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];

    private static double[] Naive(double[] a, double[] b, int rows, int inner, int columns)
    {
        var c = new double[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                for (var k = 0; k < inner; k++)
                {
                    c[(i * columns) + j] += a[(i * inner) + k] * b[(k * columns) + j];
                }
            }
        }

        return c;
    }

    private static double[] Transpose(double[] matrix, int rows, int columns)
    {
        var transpose = new double[matrix.Length];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                transpose[(j * rows) + i] = matrix[(i * columns) + j];
            }
        }

        return transpose;
    }
}
