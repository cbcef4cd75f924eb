namespace Wellbehaved.Numerics;

/// <summary>Describes how a matrix product reads a factor: by strides, or for a convolution through a table of rows.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <remarks>
/// Element (i, k) of a plain operand is <c>Data[i·RowStride + k·ColumnStride]</c>. A gathered operand is divided along k into segments of <c>SegmentLength</c>
/// contiguous numbers, and its element (i, k) is <c>Data[Rows[s·RowCount + i]·RowStride + k mod SegmentLength]</c> with <c>s = k / SegmentLength</c>; a row
/// index of -1 reads zeros. So a convolution needs no copy of the image for each offset of its kernel.
/// </remarks>
internal readonly unsafe struct MatrixOperand<T>
    where T : unmanaged
{
    private MatrixOperand(T* data, nint rowStride, nint columnStride, int* rows, int rowCount, int segmentLength)
    {
        Data = data;
        RowStride = rowStride;
        ColumnStride = columnStride;
        Rows = rows;
        RowCount = rowCount;
        SegmentLength = segmentLength;
    }

    internal T* Data { get; }

    internal nint RowStride { get; }

    internal nint ColumnStride { get; }

    internal int* Rows { get; }

    internal int RowCount { get; }

    internal int SegmentLength { get; }

    /// <summary>A matrix that is stored by rows.</summary>
    /// <param name="data">Its first element.</param>
    /// <param name="columns">Length of a row.</param>
    /// <returns>The operand.</returns>
    public static MatrixOperand<T> RowMajor(T* data, int columns) => new(data, columns, 1, null, 0, 0);

    /// <summary>The transpose of a matrix that is stored by rows.</summary>
    /// <param name="data">Its first element.</param>
    /// <param name="columns">Length of a stored row, i.e. the number of rows of the operand.</param>
    /// <returns>The operand.</returns>
    public static MatrixOperand<T> Transposed(T* data, int columns) => new(data, 1, columns, null, 0, 0);

    /// <summary>A matrix whose rows consist of segments from other places in memory.</summary>
    /// <param name="data">The numbers of the segments, in rows of <paramref name="segmentLength"/>.</param>
    /// <param name="rows">Table (segments × rows) of row indices into <paramref name="data"/>, -1 for a segment of zeros.</param>
    /// <param name="rowCount">Number of rows of the operand.</param>
    /// <param name="segmentLength">Number of elements in a segment.</param>
    /// <returns>The operand.</returns>
    public static MatrixOperand<T> Gathered(T* data, int* rows, int rowCount, int segmentLength) =>
        Gathered(data, rows, rowCount, segmentLength, segmentLength);

    /// <summary>A matrix whose rows consist of segments of longer rows: a group of channels.</summary>
    /// <param name="data">The first number of the segment in the first row.</param>
    /// <param name="rows">Table (segments × rows) of row indices into <paramref name="data"/>, -1 for a segment of zeros.</param>
    /// <param name="rowCount">Number of rows of the operand.</param>
    /// <param name="segmentLength">Number of elements in a segment.</param>
    /// <param name="rowLength">Distance between neighbouring rows of <paramref name="data"/>.</param>
    /// <returns>The operand.</returns>
    public static MatrixOperand<T> Gathered(T* data, int* rows, int rowCount, int segmentLength, int rowLength) =>
        new(data, rowLength, 1, rows, rowCount, segmentLength);
}
