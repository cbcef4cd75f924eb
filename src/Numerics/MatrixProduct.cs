using System.Numerics;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Numerics;

/// <summary>Matrix products <c>C = A·B</c>, blocked for the caches and computed in vector registers.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// The right factor is packed once as a whole. Then blocks of rows of the left factor are packed and multiplied independently, and threads share these blocks;
/// if the rows form a single block, threads share the columns. Every element of C is summed in an order that depends only on the inner dimension,
/// so results have the same bits for every number of threads and every width of vectors. An instance owns its scratch memory and enlarges it to the largest
/// product so far; it must be used by one caller at a time. Structure after K. Goto and R. van de Geijn, <i>Anatomy of High-Performance Matrix
/// Multiplication</i>, ACM TOMS 34 (2008).
/// </remarks>
internal sealed unsafe class MatrixProduct<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Inner dimension of a block: a panel of B of this depth and the width of two vectors takes two thirds of a 48 KiB first-level cache.</summary>
    private const int InnerBlock = 256;

    /// <summary>Number of rows of A that are packed at a time: with the inner block 240 KiB in single precision, which fits a second-level cache.</summary>
    private const int RowBlock = 240;

    /// <summary>A gathered left factor is read where it lies if the product has at most this many panels of columns.</summary>
    private const int PanelsInPlace = 2;

    private readonly bool _wide;
    private readonly int _tileRows;
    private readonly int _tileColumns;
    private readonly int _threads;
    private readonly AlignedBuffer<T>[] _packedA;
    private readonly AlignedBuffer<T>[] _edge;
    private AlignedBuffer<T> _packedB = new(0);
    private AlignedBuffer<T> _zeros = new(0);

    /// <summary>Prepares products with the widest vectors that the processor has.</summary>
    /// <param name="threads">Greatest number of threads to use for one product.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is not positive.</exception>
    public MatrixProduct(int threads = 1)
        : this(threads, Vector512.IsHardwareAccelerated) { }

    internal MatrixProduct(int threads, bool wide)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        _threads = threads;
        _wide = wide;
        _tileRows = wide ? MicroKernel.Rows512 : MicroKernel.Rows256;
        _tileColumns = 2 * (wide ? Vector512<T>.Count : Vector256<T>.Count);
        _packedA = [.. Enumerable.Range(0, threads).Select(_ => new AlignedBuffer<T>(0))];
        _edge = [.. Enumerable.Range(0, threads).Select(_ => new AlignedBuffer<T>(_tileRows * _tileColumns))];
    }

    /// <summary>Greatest number of threads.</summary>
    public int Threads => _threads;

    /// <summary>Computes <c>C = A·B</c> or <c>C += A·B</c>.</summary>
    /// <param name="a">Left factor (<paramref name="rows"/> × <paramref name="inner"/>).</param>
    /// <param name="b">Right factor (<paramref name="inner"/> × <paramref name="columns"/>), not gathered.</param>
    /// <param name="c">Result (<paramref name="rows"/> × <paramref name="columns"/>), stored by rows.</param>
    /// <param name="rows">Number of rows of the result.</param>
    /// <param name="inner">Number of terms in each sum.</param>
    /// <param name="columns">Number of columns of the result.</param>
    /// <param name="accumulate">Whether to add to the elements of C.</param>
    /// <param name="upperOnly">Whether tiles entirely below the diagonal may be left out, for a symmetric result.</param>
    /// <param name="stride">Distance between neighbouring rows of C; 0 where they follow each other.</param>
    /// <exception cref="ArgumentException">The right factor is gathered.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public void Multiply(
        MatrixOperand<T> a,
        MatrixOperand<T> b,
        T* c,
        int rows,
        int inner,
        int columns,
        bool accumulate = false,
        bool upperOnly = false,
        int stride = 0
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(inner);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (b.Rows is not null)
        {
            throw new ArgumentException("the right factor cannot be gathered", nameof(b));
        }

        stride = stride == 0 ? columns : stride;
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, columns);
        for (var row = 0; row < rows && inner == 0 && !accumulate; row++)
        {
            new Span<T>(c + ((nint)row * stride), columns).Clear();
        }

        if (rows == 0 || inner == 0 || columns == 0)
        {
            return;
        }

        var panels = (columns + _tileColumns - 1) / _tileColumns;
        Reserve(ref _packedB, checked(panels * _tileColumns * inner));
        Reserve(ref _zeros, a.SegmentLength);
        if (rows <= RowBlock)
        {
            if (Math.Min(_threads, panels) == 1)
            {
                PackB(b, 0, panels, inner, columns);
                MultiplyRows(a, c, new Block(0, rows, 0, columns), inner, (columns, stride), accumulate, upperOnly, 0);
                return;
            }

            MultiplyByPanels(a, b, c, rows, inner, (columns, stride), accumulate, upperOnly);
            return;
        }

        MultiplyByBlocks(a, b, c, rows, inner, (columns, stride), accumulate, upperOnly);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _packedB.Dispose();
        _zeros.Dispose();
        foreach (var buffer in _packedA.Concat(_edge))
        {
            buffer.Dispose();
        }
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private static void Reserve(ref AlignedBuffer<T> buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = new AlignedBuffer<T>(length);
        }
    }

    /// <summary>Multiplies few rows: every worker packs its own panels and multiplies all rows by them, so that no worker waits for another.</summary>
    private void MultiplyByPanels(
        MatrixOperand<T> a,
        MatrixOperand<T> b,
        T* c,
        int rows,
        int inner,
        (int Columns, int Stride) extent,
        bool accumulate,
        bool upperOnly
    )
    {
        var panels = (extent.Columns + _tileColumns - 1) / _tileColumns;
        var shares = Math.Min(_threads, panels);
        Workers.ForEach(
            shares,
            _threads,
            (share, worker) =>
            {
                var (first, end) = (panels * share / shares, panels * (share + 1) / shares);
                PackB(b, first, end, inner, extent.Columns);
                MultiplyRows(
                    a,
                    c,
                    new Block(0, rows, first * _tileColumns, Math.Min(extent.Columns, end * _tileColumns)),
                    inner,
                    extent,
                    accumulate,
                    upperOnly,
                    worker
                );
            }
        );
    }

    /// <summary>Multiplies many rows: the right factor is packed once, and every worker multiplies blocks of rows by it.</summary>
    private void MultiplyByBlocks(
        MatrixOperand<T> a,
        MatrixOperand<T> b,
        T* c,
        int rows,
        int inner,
        (int Columns, int Stride) extent,
        bool accumulate,
        bool upperOnly
    )
    {
        var panels = (extent.Columns + _tileColumns - 1) / _tileColumns;
        Workers.ForEach(panels, _threads, (panel, _) => PackB(b, panel, panel + 1, inner, extent.Columns));
        var blocks = RoundUp((rows + RowBlock - 1) / RowBlock, _threads);
        var blockRows = RoundUp((rows + blocks - 1) / blocks, _tileRows);
        Workers.ForEach(
            (rows + blockRows - 1) / blockRows,
            _threads,
            (block, worker) =>
            {
                var first = block * blockRows;
                MultiplyRows(a, c, new Block(first, Math.Min(blockRows, rows - first), 0, extent.Columns), inner, extent, accumulate, upperOnly, worker);
            }
        );
    }

    private void MultiplyRows(MatrixOperand<T> a, T* c, Block block, int inner, (int Columns, int Stride) extent, bool accumulate, bool upperOnly, int worker)
    {
        Reserve(ref _packedA[worker], RoundUp(block.Rows, _tileRows) * Math.Min(inner, InnerBlock));
        var packedA = _packedA[worker].Pointer;
        var (columns, stride) = extent;
        for (var firstInner = 0; firstInner < inner; firstInner += InnerBlock)
        {
            var depth = Math.Min(InnerBlock, inner - firstInner);
            var inPlace = ReadInPlace(a, block, columns);
            PackA(a, packedA + (inPlace * depth), block.FirstRow + inPlace, block.Rows - inPlace, firstInner, depth);
            var add = accumulate || firstInner > 0;
            for (var column = block.FirstColumn; column < block.EndColumn; column += _tileColumns)
            {
                var panelB = _packedB.Pointer + ((nint)column * inner) + ((nint)firstInner * _tileColumns);
                for (var row = 0; row < block.Rows; row += _tileRows)
                {
                    if (upperOnly && block.FirstRow + row >= column + _tileColumns)
                    {
                        break;
                    }

                    var target = c + ((nint)(block.FirstRow + row) * stride) + column;
                    if (row < inPlace)
                    {
                        MultiplyInPlace(
                            a,
                            block.FirstRow + row,
                            (firstInner, depth),
                            panelB,
                            target,
                            stride,
                            Math.Min(_tileColumns, columns - column),
                            add,
                            worker
                        );
                        continue;
                    }

                    MultiplyTile(
                        packedA + (row * depth),
                        panelB,
                        target,
                        depth,
                        stride,
                        Math.Min(_tileRows, block.Rows - row),
                        Math.Min(_tileColumns, columns - column),
                        add,
                        worker
                    );
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

        if (!whole)
        {
            CopyEdge(target, c, stride, rows, columns, add);
        }
    }

    /// <summary>
    /// How many rows of a block are multiplied where they lie: whole tiles of a factor with contiguous rows, if so few panels of columns would share what is
    /// packed that packing does not pay. A gathered factor costs more to pack.
    /// </summary>
    private int ReadInPlace(MatrixOperand<T> a, Block block, int columns)
    {
        var panels = a.Rows is not null ? PanelsInPlace : 1;
        return _wide && a.ColumnStride == 1 && columns <= panels * _tileColumns ? block.Rows / InPlaceTile.Rows * InPlaceTile.Rows : 0;
    }

    private void MultiplyInPlace(MatrixOperand<T> a, int row, (int First, int Depth) inner, T* panelB, T* c, int stride, int columns, bool add, int worker)
    {
        var isNarrow = columns <= Vector512<T>.Count;
        var whole = columns == (isNarrow ? Vector512<T>.Count : _tileColumns);
        var target = whole ? c : _edge[worker].Pointer;
        var targetStride = whole ? stride : _tileColumns;
        if (isNarrow)
        {
            InPlaceTile.OneVector(a, _zeros.Pointer, row, inner, panelB, target, targetStride, add && whole);
        }
        else
        {
            InPlaceTile.TwoVectors(a, _zeros.Pointer, row, inner, panelB, target, targetStride, add && whole);
        }

        if (!whole)
        {
            CopyEdge(target, c, stride, InPlaceTile.Rows, columns, add);
        }
    }

    /// <summary>Copies a tile that is not whole, or adds it.</summary>
    private void CopyEdge(T* tile, T* c, int stride, int rows, int columns, bool add)
    {
        for (var i = 0; i < rows; i++)
        {
            T* from = tile + (i * _tileColumns),
                to = c + ((nint)i * stride);
            var j = 0;
            for (; j <= columns - Vector256<T>.Count; j += Vector256<T>.Count)
            {
                var values = Vector256.Load(from + j);
                (add ? Vector256.Load(to + j) + values : values).Store(to + j);
            }

            for (; j < columns; j++)
            {
                to[j] = add ? to[j] + from[j] : from[j];
            }
        }
    }

    /// <summary>Packs B into panels (inner × tile columns each), padded with zeros on the right.</summary>
    private void PackB(MatrixOperand<T> b, int firstPanel, int endPanel, int inner, int columns)
    {
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            var firstColumn = panel * _tileColumns;
            var width = Math.Min(_tileColumns, columns - firstColumn);
            var source = b.Data + ((nint)firstColumn * b.ColumnStride);
            var target = _packedB.Pointer + ((nint)firstColumn * inner);
            if (b.ColumnStride == 1)
            {
                CopyRows(source, b.RowStride, width, inner, target, _tileColumns);
            }
            else
            {
                InterleaveRows(source, b.ColumnStride, b.RowStride, width, inner, target, _tileColumns);
            }
        }
    }

    /// <summary>Packs a block of A into panels (depth × tile rows), padded with zeros at the bottom.</summary>
    private void PackA(MatrixOperand<T> a, T* packed, int firstRow, int rows, int firstInner, int depth)
    {
        for (var panelRow = 0; panelRow < rows; panelRow += _tileRows)
        {
            var panel = packed + (panelRow * depth);
            var height = Math.Min(_tileRows, rows - panelRow);
            var source = a.Data + ((nint)(firstRow + panelRow) * a.RowStride) + ((nint)firstInner * a.ColumnStride);
            if (a.Rows is not null)
            {
                GatherRows(a, firstRow + panelRow, height, firstInner, depth, panel);
            }
            else if (a.RowStride == 1)
            {
                CopyRows(source, a.ColumnStride, height, depth, panel, _tileRows);
            }
            else
            {
                InterleaveRows(source, a.RowStride, a.ColumnStride, height, depth, panel, _tileRows);
            }
        }
    }

    /// <summary>Copies rows of up to <paramref name="stride"/> contiguous elements and pads them with zeros.</summary>
    private static void CopyRows(T* source, nint sourceStride, int width, int rows, T* target, int stride)
    {
        for (var k = 0; k < rows; k++, source += sourceStride, target += stride)
        {
            new ReadOnlySpan<T>(source, width).CopyTo(new Span<T>(target, width));
            new Span<T>(target + width, stride - width).Clear();
        }
    }

    /// <summary>Interleaves separate rows: <c>target[k·stride + i] = source[i·rowStride + k·elementStride]</c>, and zero for i ≥ height.</summary>
    private static void InterleaveRows(T* source, nint rowStride, nint elementStride, int height, int length, T* target, int stride)
    {
        var i = 0;
        if (elementStride == 1)
        {
            for (; i <= height - Packing.Rows; i += Packing.Rows)
            {
                var row = source + (i * rowStride);
                Packing.Interleave(row, row + rowStride, row + (2 * rowStride), row + (3 * rowStride), length, target + i, stride);
            }
        }

        for (; i < stride; i++)
        {
            for (var k = 0; k < length; k++)
            {
                target[((nint)k * stride) + i] = i < height ? source[(i * rowStride) + (k * elementStride)] : T.Zero;
            }
        }
    }

    /// <summary>Interleaves rows that consist of segments; a row beyond the border reads zeros.</summary>
    private void GatherRows(MatrixOperand<T> a, int firstRow, int height, int firstInner, int depth, T* target)
    {
        for (var done = 0; done < depth; )
        {
            var (segment, within) = Math.DivRem(firstInner + done, a.SegmentLength);
            var count = Math.Min(a.SegmentLength - within, depth - done);
            var table = a.Rows + ((nint)segment * a.RowCount) + firstRow;
            var i = 0;
            for (; i <= height - Packing.Rows; i += Packing.Rows)
            {
                Packing.Interleave(Row(i), Row(i + 1), Row(i + 2), Row(i + 3), count, target + i, _tileRows);
            }

            for (; i < _tileRows; i++)
            {
                var row = i < height ? Row(i) : _zeros.Pointer;
                for (var k = 0; k < count; k++)
                {
                    target[((nint)k * _tileRows) + i] = row[k];
                }
            }

            target += (nint)count * _tileRows;
            done += count;

            T* Row(int row) => table[row] < 0 ? _zeros.Pointer : a.Data + (table[row] * a.RowStride) + within;
        }
    }

    /// <summary>The part of C that a worker computes at once.</summary>
    private readonly record struct Block(int FirstRow, int Rows, int FirstColumn, int EndColumn);
}
