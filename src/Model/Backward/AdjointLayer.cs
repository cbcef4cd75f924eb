using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// A layer at one place of a network: what it makes of the signal, and its adjoint, which makes of the gradient at its output the gradient at its input.
/// </summary>
/// <remarks>
/// The signal has the bits of the layer that propagates signal and noise together, but for convolutions that this one computes by Fourier transforms.
/// The adjoint is that of the noise: <c>⟨J dx, w⟩ = ⟨dx, Jᵀ w⟩</c> up to rounding.
/// </remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="input">Shape of what it reads.</param>
/// <param name="output">Shape of what it writes.</param>
internal abstract class AdjointLayer<T>(TensorShape input, TensorShape output) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Shape of what it reads.</summary>
    public TensorShape Input { get; } = input;

    /// <summary>Shape of what it writes.</summary>
    public TensorShape Output { get; } = output;

    /// <summary>Whether the adjoint reads the signal at the input again.</summary>
    public virtual bool NeedsInput => false;

    /// <summary>Whether the adjoint reads the signal at the output again.</summary>
    public virtual bool NeedsOutput => false;

    /// <summary>Computes the signal at the output.</summary>
    /// <param name="source">The signal at the input.</param>
    /// <param name="target">Receives the signal at the output.</param>
    /// <param name="context">Parameters, threads and scratch memory.</param>
    public abstract void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context);

    /// <summary>Computes the gradient at the input, and those of the layer's parameters where they are asked for.</summary>
    /// <param name="signals">The signals at the input and the output; each is arbitrary unless the layer needs it.</param>
    /// <param name="gradient">The gradient at the output, which stays as it is.</param>
    /// <param name="target">Receives the gradient at the input; null where nobody asks for it.</param>
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
        // Most own nothing.
    }
}
