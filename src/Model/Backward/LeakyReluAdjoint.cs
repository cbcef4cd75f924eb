using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A leaky ReLU: slope 1 above zero and a elsewhere; the absolute value for a = -1.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class LeakyReluAdjoint<T>(TensorShape shape, double slope) : AdjointLayer<T>(shape, shape)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _slope = T.CreateTruncating(slope);

    /// <inheritdoc/>
    public override bool NeedsInput => true;

    /// <inheritdoc/>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context) => Multiply(source, source, target, context);

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
            Multiply(signals.Input, gradient, target, context);
        }
    }

    private void Multiply(ScaledTensor<T> signal, ScaledTensor<T> values, ScaledTensor<T> target, PassContext<T> context)
    {
        target.Exponent = values.Exponent;
        RowChunks.ForEach(
            Input.Points,
            context.Threads,
            (_, first, count) =>
                AdjointMath.MultiplyWhereNotPositive(
                    target.Rows(Input.Channels, first, count),
                    values.Rows(Input.Channels, first, count),
                    signal.Rows(Input.Channels, first, count),
                    _slope
                )
        );
        if (T.Abs(_slope) != T.One)
        {
            target.Rescale(Input, context.Threads);
        }
    }
}
