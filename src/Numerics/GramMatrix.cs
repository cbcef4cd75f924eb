using System.Numerics;

namespace Wellbehaved.Numerics;

/// <summary>The centred Gram matrix of P points with N coordinates, on whichever side is smaller, in double precision.</summary>
/// <remarks>
/// The nonzero spectrum of <c>XᵀX</c> (N × N) and <c>XXᵀ</c> (P × P) is the same, so the smaller one suffices for eigenvalues.
/// Points are centred before they are multiplied: subtracting the mean's contribution afterwards would cancel all digits
/// where the mean dominates, as it does in a collapsed signal.
/// </remarks>
public sealed unsafe class GramMatrix : IDisposable
{
    private const int PointsPerChunk = 512;
    private readonly MatrixProduct<double> _product;
    private AlignedBuffer<double> _centred = new(0);
    private AlignedBuffer<double> _gram = new(0);

    /// <summary>Prepares Gram matrices.</summary>
    /// <param name="threads">Greatest number of threads to use.</param>
    public GramMatrix(int threads = 1) => _product = new MatrixProduct<double>(threads);

    /// <summary>Computes the Gram matrix of the points minus their mean.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="points">The points (P × N), row after row.</param>
    /// <param name="mean">The mean of each coordinate (N).</param>
    /// <param name="size">The matrix's size: the smaller of P and N.</param>
    /// <returns>The full symmetric matrix, valid until the next call.</returns>
    public ReadOnlySpan<double> Centred<T>(ReadOnlySpan<T> points, ReadOnlySpan<double> mean, out int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var coordinates = mean.Length;
        var count = points.Length / coordinates;
        size = Math.Min(count, coordinates);
        Reserve(ref _gram, size * size);
        if (count <= coordinates)
        {
            Reserve(ref _centred, count * coordinates);
            Centre(points, mean);
            _product.Multiply(MatrixOperand<double>.RowMajor(_centred.Pointer, coordinates), MatrixOperand<double>.Transposed(_centred.Pointer, coordinates), _gram.Pointer, count, coordinates, count, upperOnly: true);
        }
        else
        {
            Reserve(ref _centred, Math.Min(count, PointsPerChunk) * coordinates);
            for (var first = 0; first < count; first += PointsPerChunk)
            {
                var chunk = Math.Min(PointsPerChunk, count - first);
                Centre(points.Slice(first * coordinates, chunk * coordinates), mean);
                _product.Multiply(MatrixOperand<double>.Transposed(_centred.Pointer, coordinates), MatrixOperand<double>.RowMajor(_centred.Pointer, coordinates), _gram.Pointer, coordinates, chunk, coordinates, accumulate: first > 0, upperOnly: true);
            }
        }

        MirrorUpperTriangle(size);
        return _gram.Span[..(size * size)];
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

    private void Centre<T>(ReadOnlySpan<T> points, ReadOnlySpan<double> mean)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var target = _centred.Span;
        for (var row = 0; row < points.Length; row += mean.Length)
        {
            for (var j = 0; j < mean.Length; j++)
            {
                target[row + j] = double.CreateTruncating(points[row + j]) - mean[j];
            }
        }
    }

    private void MirrorUpperTriangle(int size)
    {
        var gram = _gram.Span;
        for (var i = 1; i < size; i++)
        {
            for (var j = 0; j < i; j++)
            {
                gram[(i * size) + j] = gram[(j * size) + i];
            }
        }
    }
}
