using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>max(u, 0); the gradient passes where the output is positive.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class ReluAdjoint<T>(TensorShape shape) : AdjointLayer<T>(shape, shape)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public override bool NeedsOutput => true;

    /// <inheritdoc/>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context)
    {
        target.Exponent = source.Exponent;
        RowChunks.ForEach(
            Input.Points,
            context.Threads,
            (_, first, count) =>
            {
                var signal = source.Rows(Input.Channels, first, count);
                AdjointMath.KeepWherePositive(target.Rows(Input.Channels, first, count), signal, signal);
            }
        );
    }

    /// <inheritdoc/>
    public override void Backward(
        (ScaledTensor<T> Input, ScaledTensor<T> Output) signals,
        ScaledTensor<T> gradient,
        ScaledTensor<T>? target,
        PassContext<T> context
    )
    {
        if (target is null)
        {
            return;
        }

        target.Exponent = gradient.Exponent;
        RowChunks.ForEach(
            Input.Points,
            context.Threads,
            (_, first, count) =>
                AdjointMath.KeepWherePositive(
                    target.Rows(Input.Channels, first, count),
                    gradient.Rows(Input.Channels, first, count),
                    signals.Output.Rows(Input.Channels, first, count)
                )
        );
    }
}
