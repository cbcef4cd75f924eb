using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Inverted dropout: signal and gradient are multiplied by the same mask, which the parameter source provides for each of them.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="shape">Shape of input and output.</param>
/// <param name="mask">The mask.</param>
internal sealed unsafe class DropoutAdjoint<T>(TensorShape shape, ParameterTensor mask) : AdjointLayer<T>(shape, shape)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context) => Multiply(source, target, context);

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
            Multiply(gradient, target, context);
        }
    }

    private void Multiply(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context)
    {
        var channels = Input.Channels;
        var isShared = mask.FanIn == 1;
        var factors = context.Parameters(mask, isShared ? channels : Input.Elements);
        target.Exponent = source.Exponent;
        RowChunks.ForEach(
            Input.Points,
            context.Threads,
            (_, first, count) =>
            {
                for (var point = first; point < first + count; point++)
                {
                    var row = new ReadOnlySpan<T>(factors + (isShared ? 0 : (nint)point * channels), channels);
                    AdjointMath.Multiply(target.Rows(channels, point, 1), source.Rows(channels, point, 1), row);
                }
            }
        );
        target.Rescale(Input, context.Threads);
    }
}
