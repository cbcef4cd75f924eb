using System.Numerics;
using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Onnx;

/// <summary>Computes moments at places, with the same definitions and arithmetic as the model.</summary>
internal sealed unsafe class PlaceMoments<T>(OnnxOptions options) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Block = 16;
    private SignalAndNoise<T>? _values;
    private MomentComputation<T>? _computation;
    private TensorShape _form;
    private int _capacity;

    /// <summary>Whether the first number that was not finite was a NaN; otherwise it was an infinity.</summary>
    public bool HasMetNotANumber { get; private set; }

    private bool _hasMetNotFinite;

    /// <summary>The moments of signal and noise; null where either has a number that is not finite.</summary>
    /// <param name="signal">The signal, in the order of its shape.</param>
    /// <param name="noise">The noise.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="channelAxis">The axis of the channels.</param>
    /// <param name="ranks">Whether effective ranks are also computed, if the options ask for them.</param>
    public MomentSet? Compute(ReadOnlySpan<T> signal, ReadOnlySpan<T> noise, IReadOnlyList<long> shape, int channelAxis, bool ranks = true)
    {
        // A number without axes is one point of one channel.
        shape = shape.Count == 0 ? [1] : shape;
        var (outer, channels, inner) = (Product(shape.Take(channelAxis)), shape[channelAxis], Product(shape.Skip(channelAxis + 1)));
        var points = checked((int)(outer * inner));
        var form = new TensorShape(points, 1, 1, checked((int)channels));
        if (_values is null || _capacity < form.Elements)
        {
            _values?.Dispose();
            (_values, _capacity) = (new SignalAndNoise<T>(form, form.Elements), form.Elements);
        }

        _values.Reshape(form);
        if (
            !ChannelsLast(signal, _values.Signal, (int)outer, form.Channels, (int)inner)
            | !ChannelsLast(noise, _values.Noise, (int)outer, form.Channels, (int)inner)
        )
        {
            HasMetNotANumber |= !_hasMetNotFinite && (ContainsNotANumber(signal) || ContainsNotANumber(noise));
            _hasMetNotFinite = true;
            return null;
        }

        if (_computation is null || _form != form)
        {
            // The computation is kept as long as the shape does not change, since many successive places have the same shape.
            _computation?.Dispose();
            (_computation, _form) = (new MomentComputation<T>(form, options.Threads), form);
        }

        var moments = _computation.Compute(_values, ranks && options.ReffSignal, ranks && options.ReffNoise);
        return double.IsFinite(moments.Nu2Signal) && double.IsFinite(moments.Mu2Noise) ? moments : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values?.Dispose();
        _computation?.Dispose();
    }

    private static bool ContainsNotANumber(ReadOnlySpan<T> values)
    {
        foreach (var value in values)
        {
            if (T.IsNaN(value))
            {
                return true;
            }
        }

        return false;
    }

    private static long Product(IEnumerable<long> lengths) => lengths.Aggregate(1L, (product, length) => product * length);

    /// <summary>Copies (outer × channels × inner) to (outer × inner × channels); false if an element is not finite.</summary>
    private bool ChannelsLast(ReadOnlySpan<T> source, Span<T> target, int outer, int channels, int inner)
    {
        if (source.Length != target.Length)
        {
            throw new InvalidOperationException($"expected {target.Length} elements, got {source.Length}");
        }

        var blocks = (inner + Block - 1) / Block;
        var infinite = 0;
        fixed (T* from = source)
        fixed (T* to = target)
        {
            T* first = from,
                result = to;
            Workers.ForEach(
                outer * ((blocks + 63) / 64),
                options.Threads,
                (item, _) =>
                {
                    var (image, share) = (item / ((blocks + 63) / 64), item % ((blocks + 63) / 64));
                    var offset = (nint)image * channels * inner;
                    var sum = T.Zero;
                    for (var start = share * 64 * Block; start < Math.Min(inner, (share + 1) * 64 * Block); start += Block)
                    {
                        var end = Math.Min(inner, start + Block);
                        for (var channel = 0; channel < channels; channel++)
                        {
                            var row = first + offset + ((nint)channel * inner);
                            for (var i = start; i < end; i++)
                            {
                                // The difference is zero for finite elements, and NaN for others, so the sum is NaN as soon as an element is not finite.
                                sum += row[i] - row[i];
                                result[offset + ((nint)i * channels) + channel] = row[i];
                            }
                        }
                    }

                    if (sum != T.Zero)
                    {
                        Volatile.Write(ref infinite, 1);
                    }
                }
            );
        }

        return Volatile.Read(ref infinite) == 0;
    }
}
