using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>An activation that is not homogeneous. Its derivative is computed and stored together with its value, as the factor of the gradient.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; the function itself is evaluated in double precision.</typeparam>
/// <typeparam name="TFunction">The function.</typeparam>
internal sealed class ActivationAdjoint<T, TFunction> : AdjointLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TFunction : struct, IScalarFunction
{
    /// <summary>Derivatives below this are computed again with an exponent of their own, because single precision would lose digits of them.</summary>
    private const double LeastDerivative = 1e-30;

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
        var (exponent, outputExponent) = ActivationExponents.Choose<TFunction>(source.Exponent, context.Depth);
        target.Exponent = outputExponent == exponent ? source.Exponent : outputExponent;
        var largest = Evaluate(source, target, exponent, outputExponent, 0, context.Threads);
        if (_derivative is not null && largest is > 0 and < LeastDerivative)
        {
            // The derivatives of a saturated function are so small that they are computed again with another power of two.
            Evaluate(source, target, exponent, outputExponent, ActivationExponents.OfNoise(largest), context.Threads);
        }

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
    /// <returns>The largest derivative.</returns>
    private double Evaluate(ScaledTensor<T> source, ScaledTensor<T> target, int exponent, int outputExponent, int derivativeExponent, int threads)
    {
        var scales = (Math.ScaleB(1, exponent), Math.ScaleB(1, -outputExponent), Math.ScaleB(1, -derivativeExponent));
        var maxima = new double[RowChunks.Count(Input.Points)];
        RowChunks.ForEach(
            Input.Points,
            threads,
            (chunk, first, count) =>
            {
                var signal = source.Rows(Input.Channels, first, count);
                var value = target.Rows(Input.Channels, first, count);
                var slope = _derivative is null ? [] : _derivative.Rows(Input.Channels, first, count);
                maxima[chunk] = FunctionRows.Evaluate<T, TFunction>(signal, [], value, slope, scales).Slope;
            }
        );
        if (_derivative is not null)
        {
            _derivative.Exponent = derivativeExponent;
        }

        return maxima.Max();
    }
}
