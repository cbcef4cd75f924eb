using System.Numerics;

namespace Wellbehaved.Numerics;

/// <summary>The centred Gram matrix of P points with N coordinates in double precision: N × N or P × P, whichever is smaller.</summary>
/// <remarks>
/// The nonzero spectrum of <c>XᵀX</c> (N × N) and <c>XXᵀ</c> (P × P) is the same, so the smaller one is enough for eigenvalues. Points are centred before they
/// are multiplied. Subtracting the contribution of the mean afterwards would cancel all digits where the mean dominates, as in a collapsed signal.
/// </remarks>
internal sealed unsafe class GramMatrix : IDisposable
{
    private const int PointsPerChunk = 512;
    private const int PointsPerShare = 32;
    private readonly MatrixProduct<double> _product;
    private AlignedBuffer<double> _centred = new(0);
    private AlignedBuffer<double> _gram = new(0);

    /// <summary>Prepares Gram matrices.</summary>
    /// <param name="threads">Greatest number of threads to use.</param>
    public GramMatrix(int threads = 1) => _product = new MatrixProduct<double>(threads);

    /// <summary>Size of the last matrix: the smaller of P and N.</summary>
    public int Size { get; private set; }

    /// <summary>The last matrix with both triangles, stored by rows.</summary>
    public ReadOnlySpan<double> Elements => _gram.Span[..(Size * Size)];

    /// <summary>Computes the Gram matrix of the points minus their mean.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="points">The points (P × N), stored by rows.</param>
    /// <param name="mean">The mean of each coordinate (N).</param>
    public void Centre<T>(ReadOnlySpan<T> points, ReadOnlySpan<double> mean)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var coordinates = mean.Length;
        var count = points.Length / coordinates;
        Size = Math.Min(count, coordinates);
        Reserve(ref _gram, Size * Size);
        if (count <= coordinates)
        {
            Reserve(ref _centred, count * coordinates);
            CopyCentred(points, mean);
            _product.Multiply(
                MatrixOperand<double>.RowMajor(_centred.Pointer, coordinates),
                MatrixOperand<double>.Transposed(_centred.Pointer, coordinates),
                _gram.Pointer,
                count,
                coordinates,
                count,
                upperOnly: true
            );
        }
        else
        {
            Reserve(ref _centred, Math.Min(count, PointsPerChunk) * coordinates);
            for (var first = 0; first < count; first += PointsPerChunk)
            {
                var chunk = Math.Min(PointsPerChunk, count - first);
                CopyCentred(points.Slice(first * coordinates, chunk * coordinates), mean);
                _product.Multiply(
                    MatrixOperand<double>.Transposed(_centred.Pointer, coordinates),
                    MatrixOperand<double>.RowMajor(_centred.Pointer, coordinates),
                    _gram.Pointer,
                    coordinates,
                    chunk,
                    coordinates,
                    accumulate: first > 0,
                    upperOnly: true
                );
            }
        }

        MirrorUpperTriangle();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _product.Dispose();
        _centred.Dispose();
        _gram.Dispose();
    }

    private static void Reserve(ref AlignedBuffer<double> buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer.Dispose();
            buffer = new AlignedBuffer<double>(length);
        }
    }

    private void CopyCentred<T>(ReadOnlySpan<T> points, ReadOnlySpan<double> mean)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (coordinates, count) = (mean.Length, points.Length / mean.Length);
        fixed (T* firstPoint = points)
        fixed (double* firstMean = mean)
        {
            T* source = firstPoint;
            double* means = firstMean,
                target = _centred.Pointer;
            Workers.ForEach(
                (count + PointsPerShare - 1) / PointsPerShare,
                _product.Threads,
                (share, _) =>
                {
                    for (var point = share * PointsPerShare; point < Math.Min(count, (share + 1) * PointsPerShare); point++)
                    {
                        var offset = (nint)point * coordinates;
                        VectorMath.Subtract(source + offset, means, target + offset, coordinates);
                    }
                }
            );
        }
    }

    private void MirrorUpperTriangle()
    {
        // The matrix is processed in square blocks, because each element of a column of a large matrix is a cache miss.
        const int block = 16;
        var gram = _gram.Span;
        for (var firstRow = 0; firstRow < Size; firstRow += block)
        {
            for (var firstColumn = 0; firstColumn <= firstRow; firstColumn += block)
            {
                for (var i = firstRow; i < Math.Min(Size, firstRow + block); i++)
                {
                    for (var j = firstColumn; j < Math.Min(i, firstColumn + block); j++)
                    {
                        gram[(i * Size) + j] = gram[(j * Size) + i];
                    }
                }
            }
        }
    }
}
