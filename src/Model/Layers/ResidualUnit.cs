using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A residual branch, repeated H times with fresh weights, and the skip connection around it: <c>y ← y + branch(y)</c>.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class ResidualUnit<T> : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Sequence<T> _branch;
    private readonly int _repetitions;
    private readonly int _threads;
    private readonly SignalAndNoise<T> _skip;

    /// <summary>Builds the branch; its places are those of the first repetition.</summary>
    /// <param name="branch">Steps of the branch.</param>
    /// <param name="repetitions">Residual depth H ≥ 1.</param>
    /// <param name="builder">Builds layers for the network's shape.</param>
    internal ResidualUnit(IEnumerable<Step> branch, int repetitions, NetworkBuilder<T> builder)
    {
        _branch = new Sequence<T>(branch, builder);
        (_repetitions, _threads) = (repetitions, builder.Threads);
        _skip = new SignalAndNoise<T>(builder.Shape);
    }

    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _skip.CopyFrom(state.Current, _threads);
        for (var repetition = 0; repetition < _repetitions; repetition++)
        {
            _branch.Propagate(state, observe: repetition == 0);
        }

        var sum = state.Current;
        var (signalExponent, noiseExponent) = (Math.Max(sum.SignalExponent, _skip.SignalExponent), Math.Max(sum.NoiseExponent, _skip.NoiseExponent));
        var channels = sum.Shape.Channels;
        RowChunks.ForEach(
            sum.Shape.Points,
            _threads,
            (_, first, count) =>
            {
                var (start, length) = (first * channels, count * channels);
                Add(
                    sum.Signal.Slice(start, length),
                    sum.SignalExponent - signalExponent,
                    _skip.Signal.Slice(start, length),
                    _skip.SignalExponent - signalExponent
                );
                Add(sum.Noise.Slice(start, length), sum.NoiseExponent - noiseExponent, _skip.Noise.Slice(start, length), _skip.NoiseExponent - noiseExponent);
            }
        );
        (sum.SignalExponent, sum.NoiseExponent) = (signalExponent, noiseExponent);
        Rescaling.Apply(sum, _threads);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _branch.Dispose();
        _skip.Dispose();
    }

    /// <summary>Adds numbers with different powers of two, none of which is positive.</summary>
    private static void Add(Span<T> sum, int exponent, ReadOnlySpan<T> addend, int addendExponent)
    {
        if (exponent < 0)
        {
            Rescaling.Multiply(sum, exponent);
        }

        ElementwiseMath.AddScaled(sum, addend, T.ScaleB(T.One, addendExponent));
    }
}
