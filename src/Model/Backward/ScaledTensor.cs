using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// Numbers (points × channels) with a power of two, of the signal alone or of a gradient: the true values are <c>stored · 2^exponent</c>.
/// </summary>
/// <remarks>The memory is one of many of equal capacity; each layer uses as much of it as it needs.</remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="capacity">Number of elements of the largest shape.</param>
internal sealed unsafe class ScaledTensor<T>(int capacity) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> _buffer = new(capacity);

    /// <summary>The power of two of the stored values.</summary>
    public int Exponent { get; set; }

    /// <summary>Address of the stored values.</summary>
    public T* Pointer => _buffer.Pointer;

    /// <summary>The stored values, for a given shape.</summary>
    public Span<T> Stored(TensorShape shape) => _buffer.Span[..shape.Elements];

    /// <summary>The stored values of some points.</summary>
    public Span<T> Rows(int channels, int first, int count) => _buffer.Span.Slice(first * channels, count * channels);

    /// <summary>Scales the stored values back to the range around 1 if they have left it.</summary>
    /// <param name="shape">Their shape.</param>
    /// <param name="threads">Greatest number of threads.</param>
    public void Rescale(TensorShape shape, int threads)
    {
        var maxima = new T[RowChunks.Count(shape.Points)];
        RowChunks.ForEach(shape.Points, threads, (chunk, first, count) => maxima[chunk] = Rescaling.MaxMagnitude<T>(Rows(shape.Channels, first, count)));
        var largest = T.Zero;
        foreach (var maximum in maxima)
        {
            largest = T.Max(largest, maximum);
        }

        Exponent += Rescaling.Normalise(Stored(shape), largest);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
