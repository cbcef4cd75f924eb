using System.Numerics;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Numerics;

/// <summary>Matrix products <c>C = A·B</c>, blocked for the caches and computed in vector registers.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// The right factor is packed whole, once; blocks of rows of the left factor are then packed and multiplied independently,
/// which is also how the work is shared between threads. Every element of C is summed in an order that depends on the inner
/// dimension alone, so results have the same bits for every number of threads and every vector width.
/// An instance owns its scratch memory and grows it to the largest product seen; it serves one caller at a time.
/// Structure after K. Goto and R. van de Geijn, <i>Anatomy of High-Performance Matrix Multiplication</i>, ACM TOMS 34 (2008).
/// </remarks>
public sealed unsafe class MatrixProduct<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Inner block: a panel of B of this depth and two vectors' width fills two thirds of a 48 KiB first-level cache.</summary>
    private const int InnerBlock = 256;

    /// <summary>Rows of A packed at a time: with the inner block 240 KiB in single precision, well within a second-level cache.</summary>
    private const int RowBlock = 240;

    private readonly bool _wide;
    private readonly int _tileRows;
    private readonly int _tileColumns;
    private readonly int _threads;
    private readonly AlignedBuffer<T>[] _packedA;
    private readonly AlignedBuffer<T>[] _edge;
    private AlignedBuffer<T> _packedB = new(0);

    /// <summary>Prepares products with the widest vectors that the processor has.</summary>
    /// <param name="threads">Greatest number of threads to use for one product.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is not positive.</exception>
    public MatrixProduct(int threads = 1)
        : this(threads, Vector512.IsHardwareAccelerated)
    {
    }

    internal MatrixProduct(int threads, bool wide)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        _threads = threads;
        _wide = wide;
        _tileRows = wide ? MicroKernel.Rows512 : MicroKernel.Rows256;
        _tileColumns = 2 * (wide ? Vector512<T>.Count : Vector256<T>.Count);
        _packedA = [.. Enumerable.Range(0, threads).Select(_ => new AlignedBuffer<T>(RowBlock * InnerBlock))];
        _edge = [.. Enumerable.Range(0, threads).Select(_ => new AlignedBuffer<T>(_tileRows * _tileColumns))];
    }

    /// <summary>Computes <c>C = A·B</c> or <c>C += A·B</c>.</summary>
    /// <param name="a">Left factor (<paramref name="rows"/> × <paramref name="inner"/>).</param>
    /// <param name="b">Right factor (<paramref name="inner"/> × <paramref name="columns"/>), not gathered.</param>
    /// <param name="c">Result (<paramref name="rows"/> × <paramref name="columns"/>), row after row.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="inner">Terms in each sum.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="accumulate">Whether to add to what C holds.</param>
    /// <param name="upperOnly">Whether tiles wholly below the diagonal may be left out, for a symmetric result.</param>
    /// <exception cref="ArgumentException">The right factor is gathered.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public void Multiply(MatrixOperand<T> a, MatrixOperand<T> b, T* c, int rows, int inner, int columns, bool accumulate = false, bool upperOnly = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(inner);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (b.Rows is not null)
        {
            throw new ArgumentException("the right factor cannot be gathered", nameof(b));
        }

        if (inner == 0 && !accumulate)
        {
            new Span<T>(c, rows * columns).Clear();
        }

        if (rows == 0 || inner == 0 || columns == 0)
        {
            return;
        }

        var panels = (columns + _tileColumns - 1) / _tileColumns;
        ReservePackedB(panels * _tileColumns * inner);
        var packedB = _packedB.Pointer;
        ForEach(panels, (panel, _) => PackB(b, packedB, panel, inner, columns));

        var blockRows = Math.Min(RowBlock, RoundUp((rows + _threads - 1) / _threads, _tileRows));
        var blocks = (rows + blockRows - 1) / blockRows;
        ForEach(blocks, (block, worker) =>
        {
            var first = block * blockRows;
            MultiplyRows(a, packedB, c, first, Math.Min(blockRows, rows - first), inner, columns, accumulate, upperOnly, worker);
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _packedB.Dispose();
        foreach (var buffer in _packedA.Concat(_edge))
        {
            buffer.Dispose();
        }
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private void ReservePackedB(int length)
    {
        if (_packedB.Length < length)
        {
            _packedB.Dispose();
            _packedB = new AlignedBuffer<T>(length);
        }
    }

    /// <summary>Runs items on up to the given number of threads; a worker handles its items one at a time.</summary>
    private void ForEach(int items, Action<int, int> body)
    {
        var workers = Math.Min(_threads, items);
        if (workers <= 1)
        {
            for (var item = 0; item < items; item++)
            {
                body(item, 0);
            }

            return;
        }

        var next = -1;
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, worker =>
        {
            for (var item = Interlocked.Increment(ref next); item < items; item = Interlocked.Increment(ref next))
            {
                body(item, worker);
            }
        });
    }

    private void MultiplyRows(MatrixOperand<T> a, T* packedB, T* c, int firstRow, int rows, int inner, int columns, bool accumulate, bool upperOnly, int worker)
    {
        var packedA = _packedA[worker].Pointer;
        for (var firstInner = 0; firstInner < inner; firstInner += InnerBlock)
        {
            var depth = Math.Min(InnerBlock, inner - firstInner);
            PackA(a, packedA, firstRow, rows, firstInner, depth);
            var add = accumulate || firstInner > 0;
            for (var column = 0; column < columns; column += _tileColumns)
            {
                var panelB = packedB + ((nint)column * inner) + (firstInner * _tileColumns);
                for (var row = 0; row < rows; row += _tileRows)
                {
                    if (upperOnly && firstRow + row >= column + _tileColumns)
                    {
                        break;
                    }

                    MultiplyTile(packedA + (row * depth), panelB, c + ((nint)(firstRow + row) * columns) + column, depth, columns, Math.Min(_tileRows, rows - row), Math.Min(_tileColumns, columns - column), add, worker);
                }
            }
        }
    }

    private void MultiplyTile(T* panelA, T* panelB, T* c, int depth, int stride, int rows, int columns, bool add, int worker)
    {
        var whole = rows == _tileRows && columns == _tileColumns;
        var target = whole ? c : _edge[worker].Pointer;
        var targetStride = whole ? stride : _tileColumns;
        if (_wide)
        {
            MicroKernel.Tile512(depth, panelA, panelB, target, targetStride, add && whole);
        }
        else
        {
            MicroKernel.Tile256(depth, panelA, panelB, target, targetStride, add && whole);
        }

        if (whole)
        {
            return;
        }

        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var value = target[(i * _tileColumns) + j];
                c[((nint)i * stride) + j] = add ? c[((nint)i * stride) + j] + value : value;
            }
        }
    }

    /// <summary>Lays out one panel of B (inner × tile columns), padded with zeros on the right.</summary>
    private void PackB(MatrixOperand<T> b, T* packed, int panel, int inner, int columns)
    {
        var firstColumn = panel * _tileColumns;
        var width = Math.Min(_tileColumns, columns - firstColumn);
        var target = packed + ((nint)firstColumn * inner);
        for (var k = 0; k < inner; k++, target += _tileColumns)
        {
            var source = b.Data + (k * b.RowStride) + (firstColumn * b.ColumnStride);
            if (b.ColumnStride == 1 && width == _tileColumns)
            {
                new ReadOnlySpan<T>(source, width).CopyTo(new Span<T>(target, width));
                continue;
            }

            for (var j = 0; j < _tileColumns; j++)
            {
                target[j] = j < width ? source[j * b.ColumnStride] : T.Zero;
            }
        }
    }

    /// <summary>Lays out a block of A as panels (depth × tile rows), padded with zeros at the bottom.</summary>
    private void PackA(MatrixOperand<T> a, T* packed, int firstRow, int rows, int firstInner, int depth)
    {
        for (var panelRow = 0; panelRow < rows; panelRow += _tileRows)
        {
            var panel = packed + (panelRow * depth);
            for (var i = 0; i < _tileRows; i++)
            {
                if (panelRow + i >= rows)
                {
                    FillStrided(panel + i, depth);
                }
                else if (a.Rows is null)
                {
                    CopyStrided(a.Data + ((firstRow + panelRow + i) * a.RowStride) + (firstInner * a.ColumnStride), a.ColumnStride, panel + i, depth);
                }
                else
                {
                    GatherRow(a, firstRow + panelRow + i, firstInner, depth, panel + i);
                }
            }
        }
    }

    private void GatherRow(MatrixOperand<T> a, int row, int firstInner, int depth, T* target)
    {
        for (var done = 0; done < depth;)
        {
            var (segment, within) = Math.DivRem(firstInner + done, a.SegmentLength);
            var count = Math.Min(a.SegmentLength - within, depth - done);
            var source = a.Rows[((nint)segment * a.RowCount) + row];
            if (source < 0)
            {
                FillStrided(target, count);
            }
            else
            {
                CopyStrided(a.Data + (source * a.RowStride) + within, 1, target, count);
            }

            target += (nint)count * _tileRows;
            done += count;
        }
    }

    private void CopyStrided(T* source, nint sourceStride, T* target, int count)
    {
        for (var k = 0; k < count; k++)
        {
            target[(nint)k * _tileRows] = source[k * sourceStride];
        }
    }

    private void FillStrided(T* target, int count)
    {
        for (var k = 0; k < count; k++)
        {
            target[(nint)k * _tileRows] = T.Zero;
        }
    }
}
