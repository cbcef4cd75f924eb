using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A residual branch, repeated H times with fresh weights, and the skip connection around it: <c>y ← y + branch(y)</c>.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class ResidualUnit<T> : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Sequence<T> _branch;
    private readonly int _repetitions;
    private readonly SignalAndNoise<T> _skip;

    /// <summary>Builds the branch; its places are those of the first repetition.</summary>
    /// <param name="branch">Steps of the branch.</param>
    /// <param name="repetitions">Residual depth H ≥ 1.</param>
    /// <param name="builder">Builds layers for the network's shape.</param>
    internal ResidualUnit(IEnumerable<Step> branch, int repetitions, NetworkBuilder<T> builder)
    {
        _branch = new Sequence<T>(branch, builder);
        _repetitions = repetitions;
        _skip = new SignalAndNoise<T>(builder.Shape);
    }

    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _skip.CopyFrom(state.Current);
        for (var repetition = 0; repetition < _repetitions; repetition++)
        {
            _branch.Propagate(state, observe: repetition == 0);
        }

        var sum = state.Current;
        sum.SignalExponent = Add(sum.Signal, sum.SignalExponent, _skip.Signal, _skip.SignalExponent);
        sum.NoiseExponent = Add(sum.Noise, sum.NoiseExponent, _skip.Noise, _skip.NoiseExponent);
        Rescaling.Apply(sum);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _branch.Dispose();
        _skip.Dispose();
    }

    /// <summary>Adds two tensors with different powers of two in front, in the units of the larger power, and returns that power.</summary>
    private static int Add(Span<T> sum, int exponent, ReadOnlySpan<T> addend, int addendExponent)
    {
        var common = Math.Max(exponent, addendExponent);
        if (exponent < common)
        {
            Rescaling.Multiply(sum, exponent - common);
        }

        ElementwiseMath.AddScaled(sum, addend, T.ScaleB(T.One, addendExponent - common));
        return common;
    }
}
