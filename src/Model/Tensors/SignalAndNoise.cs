using System.Numerics;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>The signal and the noise at one place of the network, each a (points × channels) matrix with a power of two as factor.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// Both are in one block, the noise after the signal, so that one matrix product propagates both. The true values are <c>stored · 2^exponent</c>. Since the
/// factors are powers of two, rescaling is exact, and depth 2000 neither overflows (noise in <c>bn_ff</c>, both in <c>vanilla_res</c>) nor underflows.
/// </remarks>
public sealed unsafe class SignalAndNoise<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> _buffer;

    /// <summary>Allocates signal and noise, both zero.</summary>
    /// <param name="shape">Their common shape.</param>
    public SignalAndNoise(TensorShape shape)
        : this(shape, shape.Elements) { }

    /// <summary>Allocates signal and noise, both zero, with memory for larger shapes: see <see cref="Reshape"/>.</summary>
    /// <param name="shape">Their initial shape.</param>
    /// <param name="capacity">Number of elements of the largest shape.</param>
    internal SignalAndNoise(TensorShape shape, int capacity)
        : this(shape, new AlignedBuffer<T>(checked(2 * capacity)), isReadOnly: false) { }

    private SignalAndNoise(TensorShape shape, AlignedBuffer<T> buffer, bool isReadOnly) => (Shape, _buffer, IsReadOnly) = (shape, buffer, isReadOnly);

    /// <summary>Shape of the signal, and of the noise.</summary>
    public TensorShape Shape { get; private set; }

    /// <summary>The stored signal (points × channels).</summary>
    public Span<T> Signal => _buffer.Span[..Shape.Elements];

    /// <summary>The stored noise (points × channels).</summary>
    public Span<T> Noise => _buffer.Span.Slice(Shape.Elements, Shape.Elements);

    /// <summary>The true signal is the stored one times 2 to this power.</summary>
    public int SignalExponent { get; set; }

    /// <summary>The true noise is the stored one times 2 to this power.</summary>
    public int NoiseExponent { get; set; }

    /// <summary>Whether layers must not change it, because it is the input of a network, which its owner may propagate again.</summary>
    internal bool IsReadOnly { get; }

    /// <summary>Address of the stored signal; the stored noise follows it.</summary>
    internal T* Pointer => _buffer.Pointer;

    /// <summary>Gives the same memory another shape. Values are kept if the number of elements stays the same, and are arbitrary otherwise.</summary>
    /// <param name="shape">The shape.</param>
    /// <exception cref="ArgumentException">The memory is too small for it.</exception>
    internal void Reshape(TensorShape shape)
    {
        if (2L * shape.Elements > _buffer.Length)
        {
            throw new ArgumentException($"expected at most {_buffer.Length / 2} elements, got {shape}", nameof(shape));
        }

        Shape = shape;
    }

    /// <summary>A read-only view of the same values, in a shape with the same number of elements.</summary>
    /// <param name="shape">The shape.</param>
    /// <returns>A view of the same memory, which need not be disposed of.</returns>
    internal SignalAndNoise<T> View(TensorShape shape) =>
        shape.Elements == Shape.Elements
            ? new(shape, _buffer, isReadOnly: true) { SignalExponent = SignalExponent, NoiseExponent = NoiseExponent }
            : throw new ArgumentException($"expected {Shape.Elements} elements, got {shape}", nameof(shape));

    /// <summary>The true signal (points × channels).</summary>
    /// <returns>A copy, multiplied by its power of two; infinite where that exceeds double precision.</returns>
    public double[] TrueSignal() => TrueValues(Signal, SignalExponent);

    /// <summary>The true noise (points × channels).</summary>
    /// <returns>A copy, multiplied by its power of two; infinite where that exceeds double precision.</returns>
    public double[] TrueNoise() => TrueValues(Noise, NoiseExponent);

    /// <summary>Copies values and exponents.</summary>
    /// <param name="source">Signal and noise of the same shape.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    internal void CopyFrom(SignalAndNoise<T> source, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Shape != Shape)
        {
            throw new ArgumentException($"expected shape {Shape}, got {source.Shape}", nameof(source));
        }

        RowChunks.ForEach(
            checked(2 * Shape.Points),
            threads,
            (_, first, count) => source._buffer.Span.Slice(first * Shape.Channels, count * Shape.Channels).CopyTo(_buffer.Span[(first * Shape.Channels)..])
        );
        (SignalExponent, NoiseExponent) = (source.SignalExponent, source.NoiseExponent);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private static double[] TrueValues(ReadOnlySpan<T> stored, int exponent)
    {
        var values = GC.AllocateUninitializedArray<double>(stored.Length);
        var i = 0;
        fixed (T* source = stored)
        fixed (double* target = values)
        {
            for (; i <= values.Length - Vector512<double>.Count; i += Vector512<double>.Count)
            {
                VectorMath.LoadEight(source + i).Store(target + i);
            }

            for (; i < values.Length; i++)
            {
                target[i] = double.CreateTruncating(source[i]);
            }
        }

        if (exponent is not 0)
        {
            Scale(values, exponent);
        }

        return values;
    }

    private static void Scale(double[] values, int exponent)
    {
        // A product with a power of two that is a normal number is rounded in the same way as a change of the exponent.
        if (exponent is >= -1022 and <= 1023)
        {
            VectorMath.Scale(values, Math.ScaleB(1, exponent));
            return;
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.ScaleB(values[i], exponent);
        }
    }
}
