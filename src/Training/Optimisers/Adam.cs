using System.Numerics;
using System.Runtime.InteropServices;

namespace Wellbehaved.Training;

/// <summary>
/// Adam: <c>m ← β₁m + (1 − β₁)g</c>, <c>v ← β₂v + (1 − β₂)g²</c>, <c>p ← p − η/(1 − β₁ᵗ) · m/(√v/√(1 − β₂ᵗ) + ε)</c> (Kingma, Ba, ICLR 2015), in the order of
/// operations of PyTorch.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="rate">The learning rate η.</param>
/// <param name="parameters">Number of parameters.</param>
/// <param name="threads">The most threads; results do not depend on it.</param>
internal sealed class Adam<T>(double rate, int parameters, int threads) : Optimiser<T>(rate, threads)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Beta1 = 0.9,
        Beta2 = 0.999,
        Epsilon = 1e-8;
    private readonly T[] _means = new T[parameters];
    private readonly T[] _squares = new T[parameters];
    private double _power1 = 1,
        _power2 = 1;
    private T _step,
        _root;

    /// <inheritdoc/>
    protected override void Begin()
    {
        (_power1, _power2) = (_power1 * Beta1, _power2 * Beta2);
        (_step, _root) = (T.CreateTruncating(Rate / (1 - _power1)), T.CreateTruncating(Math.Sqrt(1 - _power2)));
    }

    /// <inheritdoc/>
    protected override void Step(Span<T> parameters, ReadOnlySpan<T> gradients, int first)
    {
        var means = _means.AsSpan(first, parameters.Length);
        var squares = _squares.AsSpan(first, parameters.Length);
        var (beta1, rest1, beta2, rest2, epsilon) = (
            T.CreateTruncating(Beta1),
            T.CreateTruncating(1 - Beta1),
            T.CreateTruncating(Beta2),
            T.CreateTruncating(1 - Beta2),
            T.CreateTruncating(Epsilon)
        );

        // Each number by itself, so that the width of registers changes no bit of the result.
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(parameters);
        var slopes = MemoryMarshal.Cast<T, Vector<T>>(gradients);
        var m = MemoryMarshal.Cast<T, Vector<T>>(means);
        var v = MemoryMarshal.Cast<T, Vector<T>>(squares);
        var (root, tail) = (new Vector<T>(_root), new Vector<T>(epsilon));
        for (var i = 0; i < vectors.Length; i++)
        {
            m[i] = (m[i] * beta1) + (slopes[i] * rest1);
            v[i] = (v[i] * beta2) + (slopes[i] * slopes[i] * rest2);
            vectors[i] -= m[i] / ((Vector.SquareRoot(v[i]) / root) + tail) * _step;
        }

        for (var i = vectors.Length * Vector<T>.Count; i < parameters.Length; i++)
        {
            means[i] = (means[i] * beta1) + (gradients[i] * rest1);
            squares[i] = (squares[i] * beta2) + (gradients[i] * gradients[i] * rest2);
            parameters[i] -= means[i] / ((T.Sqrt(squares[i]) / _root) + epsilon) * _step;
        }
    }
}
