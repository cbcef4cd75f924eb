using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>An activation that is not homogeneous. Its derivative is computed and stored together with its value, as the factor of the gradient.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; the function itself is evaluated in double precision.</typeparam>
/// <typeparam name="TFunction">The function.</typeparam>
internal sealed class ActivationAdjoint<T, TFunction> : AdjointLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TFunction : struct, IScalarFunction
{
    private readonly ScaledTensor<T>? _derivative;

    /// <summary>Allocates memory for the derivative.</summary>
    /// <param name="shape">Shape of input and output.</param>
    /// <param name="keeps">Whether the derivative is stored for a gradient.</param>
    public ActivationAdjoint(TensorShape shape, bool keeps)
        : base(shape, shape) => _derivative = keeps ? new(shape.Elements) : null;

    /// <inheritdoc/>
    /// <exception cref="ArithmeticException">The function has no value in double precision for a signal of this size.</exception>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context)
    {
        var chosen = ActivationExponents.Choose<TFunction>(source.Exponent, context.Depth);
        var (largest, largestSlope) = Evaluate(source, target, chosen, 0, context.Threads);
        var own = ActivationExponents.OfSignal(largest, chosen.Value);
        var ofDerivative = _derivative is null ? 0 : ActivationExponents.OfNoise(largestSlope);
        if (own != 0 || ofDerivative != 0)
        {
            // Values or derivatives of a saturated function are so small that they are computed again with other powers of two.
            Evaluate(source, target, (chosen.Argument, chosen.Value + own), ofDerivative, context.Threads);
        }

        target.Exponent = ActivationExponents.OfOutput(source.Exponent, chosen, own);
        target.Rescale(Output, context.Threads);
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

        target.Exponent = gradient.Exponent + _derivative!.Exponent;
        RowChunks.ForEach(
            Input.Points,
            context.Threads,
            (_, first, count) =>
                AdjointMath.Multiply(
                    target.Rows(Input.Channels, first, count),
                    gradient.Rows(Input.Channels, first, count),
                    _derivative.Rows(Input.Channels, first, count)
                )
        );
        target.Rescale(Input, context.Threads);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _derivative?.Dispose();
        base.Dispose();
    }

    /// <summary>Evaluates function and derivative.</summary>
    /// <returns>The largest of both, in stored units.</returns>
    private (double Value, double Slope) Evaluate(
        ScaledTensor<T> source,
        ScaledTensor<T> target,
        (int Argument, int Value) exponents,
        int ofDerivative,
        int threads
    )
    {
        var scales = (Math.ScaleB(1, exponents.Argument), Math.ScaleB(1, -exponents.Value), Math.ScaleB(1, -ofDerivative));
        var maxima = new (double Value, double Slope)[RowChunks.Count(Input.Points)];
        RowChunks.ForEach(
            Input.Points,
            threads,
            (chunk, first, count) =>
            {
                var signal = source.Rows(Input.Channels, first, count);
                var value = target.Rows(Input.Channels, first, count);
                var slope = _derivative is null ? [] : _derivative.Rows(Input.Channels, first, count);
                maxima[chunk] = FunctionRows.Evaluate<T, TFunction>(signal, [], value, slope, scales);
            }
        );
        if (_derivative is not null)
        {
            _derivative.Exponent = ofDerivative;
        }

        return (maxima.Max(pair => pair.Value), maxima.Max(pair => pair.Slope));
    }
}
