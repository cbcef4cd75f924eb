using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Bounds the errors by numbers below the smallest normal one, which add to the errors relative to results.</summary>
/// <remarks>
/// <para>
/// An operation errs by <c>u|x| + η</c>. With gradual underflow, η is half of the smallest denormal number; where results or operands below the smallest
/// normal number λ are flushed to zero, η is λ (Higham section 2.1). λ covers both cases.
/// A subject that keeps the scale of a tensor beside it rounds relative to the largest element, so λ is multiplied by 1 + M, where M is the largest
/// magnitude that a layer reads or makes.
/// </para>
/// <para>
/// These terms are far below every other rounding, since λ is 10⁻³⁸ in single precision. So one bound suffices for all elements of a layer: the number of
/// operations times the largest factors that follow them.
/// A number that is computed only from zeros is exactly zero, so it has no such error.
/// </para>
/// </remarks>
internal static class Underflow
{
    /// <summary>The smallest normal number of single precision, and of formats of 16 bits with its exponents.</summary>
    private const double OfSingle = 1.1754943508222875e-38;

    private const double OfDouble = 2.2250738585072014e-308;

    /// <summary>u of the format of 16 bits with five bits of exponent. Its range is small, and cases that leave it are not judged.</summary>
    private const double OfHalf = 1.0 / (1 << 11);

    /// <summary>λ of the number format with the given unit roundoff.</summary>
    /// <param name="unitRoundoff">u; the definition's own unit roundoff may have been added.</param>
    public static double Smallest(double unitRoundoff) =>
        IsOfSmallRange(unitRoundoff) ? 0
        : unitRoundoff < 1e-12 ? OfDouble
        : OfSingle;

    /// <summary>Whether the format has so few exponents that underflow begins far above 10⁻³⁸.</summary>
    /// <param name="unitRoundoff">u.</param>
    public static bool IsOfSmallRange(double unitRoundoff) => Math.Abs(unitRoundoff - OfHalf) < 1e-9;

    /// <summary>λ, scaled by the largest number of a layer.</summary>
    /// <param name="unitRoundoff">u.</param>
    /// <param name="tensors">The tensors that the layer reads and makes.</param>
    public static double Threshold(double unitRoundoff, params ReadOnlySpan<WrittenOutFeatures> tensors)
    {
        var largest = 0.0;
        foreach (var features in tensors)
        {
            largest = Math.Max(largest, Math.Max(Largest(features.Signal), Largest(features.Noise)));
        }

        return Smallest(unitRoundoff) * (1 + largest);
    }

    /// <summary>Adds a term to the bounds of all numbers that are not exactly zero.</summary>
    /// <param name="state">Exact tensors and bounds after a layer.</param>
    /// <param name="signal">The term of the signal.</param>
    /// <param name="noise">The term of the noise.</param>
    public static SiteState Added(SiteState state, double signal, double noise)
    {
        return state with
        {
            Bounds = state.Bounds.With(Wider(state.Values.Signal, state.Bounds.Signal, signal), Wider(state.Values.Noise, state.Bounds.Noise, noise)),
        };

        static double[] Wider(double[] values, double[] bounds, double term) =>
            [.. values.Zip(bounds, (value, bound) => value == 0 && bound == 0 ? 0 : bound + term)];
    }

    /// <summary>
    /// Adds the terms of any kind of layer, with its own factors. The factors of an activation differ from element to element and are in
    /// <see cref="FunctionRounding"/>.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">Exact tensors and bounds before it.</param>
    /// <param name="after">Exact tensors and bounds after it, without underflow.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="unitRoundoff">u.</param>
    public static SiteState After(Layer layer, SiteState input, SiteState after, IReadOnlyList<double[]> parameters, double unitRoundoff)
    {
        var flushed = Threshold(unitRoundoff, input.Values, after.Values);
        var terms = input.Values.Signal.Length / Math.Max(1, input.Values.Images);
        var widest = 1 + parameters.SelectMany(values => values).Select(Math.Abs).DefaultIfEmpty().Max();
        return layer switch
        {
            // Products, partial sums and operands; transforms also add up a whole image in each direction.
            Convolution or Dense => Both(8.0 * terms * terms * widest),
            Attention => Both(OfAttention(terms, widest, input.Magnitudes)),
            Scaling scaling => Both(4 * (1 + Math.Abs(scaling.Factor))),
            Dropout dropout => Both(4 / dropout.Keep),
            MaxPool pool => WithTies(pool, input, after, flushed),
            Pooling or GlobalAveragePool => Both(4 + terms),
            Norm or Activation or Flatten => after,
            _ => throw new UnknownLayerException(layer),
        };

        SiteState Both(double factor) => Added(after, factor * flushed, factor * flushed);
    }

    /// <summary>
    /// The terms of one set of a norm: y - m errs by λ, the variance by 3λ, and a number that is divided by d errs by λ/d; the noise has two more products with
    /// z.
    /// </summary>
    /// <param name="flushed">λ in units of the largest number.</param>
    /// <param name="scale">The magnitude of γ.</param>
    /// <param name="deviation">d.</param>
    /// <param name="z">The magnitude of a number after the norm, before its scale.</param>
    /// <param name="noise">The largest noise before it.</param>
    public static (double Signal, double Noise) AfterNorm(double flushed, double scale, double deviation, double z, double noise)
    {
        var inverse = 1 + (1 / deviation);
        var signal = 8 * flushed * (1 + scale) * inverse * inverse * (1 + z);
        return (signal, 4 * signal * (1 + z) * (1 + (noise / deviation)));
    }

    /// <summary>
    /// The factor of attention. Scores are products of two projections, and their exponentials and shares underflow. A share's error is multiplied by a value;
    /// in the noise, by a value and by a score's noise.
    /// </summary>
    private static double OfAttention(int terms, double widest, WrittenOutFeatures largest)
    {
        var (signal, noise) = (1 + (terms * widest * Largest(largest.Signal)), 1 + (terms * widest * Largest(largest.Noise)));
        return 32.0 * terms * terms * widest * signal * signal * noise;
    }

    /// <summary>
    /// If numbers are flushed to zero before they are compared, max pooling may choose another one of them: then the noise of that one is right, too.
    /// </summary>
    private static SiteState WithTies(MaxPool pool, SiteState input, SiteState after, double flushed)
    {
        var widened = Added(after, 4 * flushed, 4 * flushed);
        if (flushed == 0 || !Array.Exists(input.Values.Signal, value => value != 0 && Math.Abs(value) < flushed))
        {
            return widened;
        }

        var other = WrittenOutMaxPool.Propagate(
            pool,
            input.Values.With([.. input.Values.Signal.Select(value => Math.Abs(value) < flushed ? 0 : value)], input.Values.Noise)
        );
        return widened with
        {
            Bounds = widened.Bounds.With(
                widened.Bounds.Signal,
                [.. widened.Bounds.Noise.Select((bound, i) => Math.Max(bound, bound + Math.Abs(other.Noise[i] - after.Values.Noise[i])))]
            ),
        };
    }

    private static double Largest(double[] values) => values.Length == 0 ? 0 : values.Max(Math.Abs);
}
