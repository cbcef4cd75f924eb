using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// A layer at one position of a network: computes the signal at its output and, as its adjoint, the gradient at its input from the gradient at its output.
/// </summary>
/// <remarks>
/// The signal has the same bits as in the layer that propagates signal and noise together, except where that layer convolves by Fourier transforms.
/// The adjoint is that of the noise's derivative: <c>⟨J dx, w⟩ = ⟨dx, Jᵀ w⟩</c> up to rounding.
/// </remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="input">Shape of its input.</param>
/// <param name="output">Shape of its output.</param>
internal abstract class AdjointLayer<T>(TensorShape input, TensorShape output) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Shape of its input.</summary>
    public TensorShape Input { get; } = input;

    /// <summary>Shape of its output.</summary>
    public TensorShape Output { get; } = output;

    /// <summary>Whether the adjoint needs the signal at the input.</summary>
    public virtual bool NeedsInput => false;

    /// <summary>Whether the adjoint needs the signal at the output.</summary>
    public virtual bool NeedsOutput => false;

    /// <summary>Computes the signal at the output.</summary>
    /// <param name="source">The signal at the input.</param>
    /// <param name="target">Receives the signal at the output.</param>
    /// <param name="context">Parameters, threads and scratch memory.</param>
    public abstract void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context);

    /// <summary>Computes the gradient at the input and, if asked for, the gradients of the layer's parameters.</summary>
    /// <param name="signals">The signals at the input and the output; a signal that the layer does not need is arbitrary.</param>
    /// <param name="gradient">The gradient at the output, which is not changed.</param>
    /// <param name="target">Receives the gradient at the input; null where it is not needed.</param>
    /// <param name="context">Parameters, threads and scratch memory.</param>
    public abstract void Backward(
        (ScaledTensor<T> Input, ScaledTensor<T> Output) signals,
        ScaledTensor<T> gradient,
        ScaledTensor<T>? target,
        PassContext<T> context
    );

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        // Most layers own no memory.
    }
}
