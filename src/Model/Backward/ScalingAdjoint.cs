using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Multiplies signal and gradient by a number.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class ScalingAdjoint<T>(TensorShape shape, double factor) : AdjointLayer<T>(shape, shape)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ScaledFactor<T> _factor = new(factor);

    /// <inheritdoc/>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context) =>
        ScaledSums.Multiply(target, source, _factor, Input, context.Threads);

    /// <inheritdoc/>
    public override void Backward(
        (ScaledTensor<T> Input, ScaledTensor<T> Output) signals,
        ScaledTensor<T> gradient,
        ScaledTensor<T>? target,
        PassContext<T> context
    )
    {
        if (target is not null)
        {
            ScaledSums.Multiply(target, gradient, _factor, Input, context.Threads);
        }
    }
}
