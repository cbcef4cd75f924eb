using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// Numbers (points × channels) with a power of two in front, of the signal alone or of a gradient: the true values are <c>stored · 2^exponent</c>.
/// </summary>
/// <remarks>Its memory is one of many of equal capacity, so that its length is what a layer takes of it.</remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="capacity">Elements of the largest shape.</param>
internal sealed unsafe class ScaledTensor<T>(int capacity) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> _buffer = new(capacity);

    /// <summary>The power of two before the stored values.</summary>
    public int Exponent { get; set; }

    /// <summary>Address of the stored values.</summary>
    public T* Pointer => _buffer.Pointer;

    /// <summary>The stored values of a shape.</summary>
    public Span<T> Stored(TensorShape shape) => _buffer.Span[..shape.Elements];

    /// <summary>The stored values of some points.</summary>
    public Span<T> Rows(int channels, int first, int count) => _buffer.Span.Slice(first * channels, count * channels);

    /// <summary>Brings the stored values back where they have left the range.</summary>
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
