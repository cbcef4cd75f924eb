using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>What numbers below the smallest normal one may add to an error, beside what is relative to results.</summary>
/// <remarks>
/// <para>
/// An operation errs by <c>u|x| + η</c>, where η is half of the smallest denormal number with gradual underflow, and the smallest normal number λ where
/// results, or operands, below it are flushed to zero (Higham section 2.1). λ covers both.
/// A subject that carries the scale of a tensor beside it rounds relative to the largest element, so λ counts in units of that: it is multiplied by 1 + M, M
/// being the largest magnitude that a layer reads or makes.
/// </para>
/// <para>
/// These terms lie so far below every other rounding, λ being 10⁻³⁸ in single precision, that one bound for all elements of a layer will do: the number of
/// operations times the largest factors that follow them.
/// A number that nothing but zeros are summed or multiplied to is exactly zero, so it has none.
/// </para>
/// </remarks>
internal static class Underflow
{
    /// <summary>The smallest normal number of single precision, and of formats of 16 bits with its exponents.</summary>
    private const double OfSingle = 1.1754943508222875e-38;

    private const double OfDouble = 2.2250738585072014e-308;

    /// <summary>u of the format of 16 bits with five bits of exponent: its range is small, and cases that leave it are not judged.</summary>
    private const double OfHalf = 1.0 / (1 << 11);

    /// <summary>λ of the numbers that have a unit roundoff.</summary>
    /// <param name="unitRoundoff">u, to which the definition's own may have been added.</param>
    public static double Smallest(double unitRoundoff) =>
        IsOfSmallRange(unitRoundoff) ? 0
        : unitRoundoff < 1e-12 ? OfDouble
        : OfSingle;

    /// <summary>Whether numbers have so few exponents that underflow is no matter of 10⁻³⁸.</summary>
    /// <param name="unitRoundoff">u.</param>
    public static bool IsOfSmallRange(double unitRoundoff) => Math.Abs(unitRoundoff - OfHalf) < 1e-9;

    /// <summary>λ in units of a layer's largest number.</summary>
    /// <param name="unitRoundoff">u.</param>
    /// <param name="tensors">What the layer reads and makes.</param>
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
    /// <param name="state">What is known after a layer.</param>
    /// <param name="signal">The term of the signal.</param>
    /// <param name="noise">That of the noise.</param>
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
    /// The same after a layer, whatever it is, with its own factors; an activation, whose factors differ from element to element, has them in
    /// <see cref="FunctionRounding"/>.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">What is known before it.</param>
    /// <param name="after">What is known after it, but for underflow.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="unitRoundoff">u.</param>
    public static SiteState After(Layer layer, SiteState input, SiteState after, IReadOnlyList<double[]> parameters, double unitRoundoff)
    {
        var flushed = Threshold(unitRoundoff, input.Values, after.Values);
        var terms = input.Values.Signal.Length / Math.Max(1, input.Values.Images);
        var widest = 1 + parameters.SelectMany(values => values).Select(Math.Abs).DefaultIfEmpty().Max();
        return layer switch
        {
            // Products, partial sums, operands; transforms add up a whole image once more in each direction.
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
    /// Of a norm's set: y - m errs by λ, the variance by 3λ, and what is divided by d errs by as much over d; the noise has two products with z more.
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
    /// Scores are products of two projections, and their exponentials and shares underflow: a share's error meets a value, and its noise a value and a score's
    /// noise.
    /// </summary>
    private static double OfAttention(int terms, double widest, WrittenOutFeatures largest)
    {
        var (signal, noise) = (1 + (terms * widest * Largest(largest.Signal)), 1 + (terms * widest * Largest(largest.Noise)));
        return 32.0 * terms * terms * widest * signal * signal * noise;
    }

    /// <summary>Numbers that are flushed before they are compared may let another one of them pass: then its noise is right, too.</summary>
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
