using System.Numerics;
using System.Runtime.InteropServices;

namespace Wellbehaved.Training;

/// <summary>Stochastic gradient descent with momentum: <c>b ← μb + g</c>, <c>p ← p − ηb</c> (Polyak 1964), as in PyTorch.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="rate">The learning rate η.</param>
/// <param name="parameters">Number of parameters.</param>
/// <param name="threads">The most threads; results do not depend on it.</param>
internal sealed class Sgd<T>(double rate, int parameters, int threads) : Optimiser<T>(rate, threads)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Momentum = 0.9;
    private readonly T[] _velocities = new T[parameters];

    /// <inheritdoc/>
    protected override void Begin()
    {
        // There is nothing to prepare: all steps follow the same rule.
    }

    /// <inheritdoc/>
    protected override void Step(Span<T> parameters, ReadOnlySpan<T> gradients, int first)
    {
        var velocities = _velocities.AsSpan(first, parameters.Length);
        var (momentum, rate) = (T.CreateTruncating(Momentum), T.CreateTruncating(Rate));
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(parameters);
        var slopes = MemoryMarshal.Cast<T, Vector<T>>(gradients);
        var moved = MemoryMarshal.Cast<T, Vector<T>>(velocities);
        for (var i = 0; i < vectors.Length; i++)
        {
            moved[i] = (moved[i] * momentum) + slopes[i];
            vectors[i] -= moved[i] * rate;
        }

        for (var i = vectors.Length * Vector<T>.Count; i < parameters.Length; i++)
        {
            velocities[i] = (velocities[i] * momentum) + gradients[i];
            parameters[i] -= velocities[i] * rate;
        }
    }
}
