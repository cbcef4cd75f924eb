using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// Bounds how far a norm that differentiates its statistics may be from its definition, with any of the usual formulas for the variance and the derivative.
/// </summary>
/// <remarks>
/// <para>
/// The signal is bounded as in <see cref="BatchNormRounding"/>, with the n features that share their statistics in place of the points of a channel. An RMS
/// norm has no mean and so no error of one. The scale γ is one more rounding.
/// </para>
/// <para>
/// The noise, with a = E|dy|, c = E z dy, each per set. The mean of dy errs by γ_n a. The product c errs by γ_{4n+16}(E|y||dy| + E|y| a)/d, whether it is
/// summed over centred numbers, by expanding E y dy - E y E dy, or as the derivative of E y² - (E y)²; and it errs by 4ϱ E|z||dy| for the standard deviations
/// that it is divided by, at most three. The numerator dy - E dy - z c errs by γ_{2n+8}(|dy| + a) + |Δz||c| + (|z| + |Δz|)(Δc + γ_8|c|). The division by one
/// more standard deviation errs by 4ϱ + γ_8 of the result.
/// </para>
/// </remarks>
internal static class NormRounding
{
    /// <summary>Bounds a norm over sets of features.</summary>
    /// <param name="layer">The norm.</param>
    /// <param name="input">Signal and noise, as the subject itself has shown them.</param>
    /// <param name="values">Signal and noise after it, by its definition.</param>
    /// <param name="sets">The indices of the features that share their statistics.</param>
    /// <param name="centred">Whether a mean is subtracted.</param>
    /// <param name="unitRoundoff">u.</param>
    public static SiteState Apply(
        Norm layer,
        WrittenOutFeatures input,
        WrittenOutFeatures values,
        IEnumerable<IReadOnlyList<int>> sets,
        bool centred,
        double unitRoundoff
    )
    {
        var (signal, noise) = (new double[values.Signal.Length], new double[values.Noise.Length]);
        var flushed = Underflow.Threshold(unitRoundoff, input, values);
        foreach (var set in sets)
        {
            AddSet(layer, input, values, set, centred, unitRoundoff, signal, noise);
            AddLost(layer, input, set, centred, flushed, signal, noise);
        }

        return new(values, values.With(Enclosure.Bounds(signal), Enclosure.Bounds(noise)));
    }

    /// <summary>Adds the error by underflow wherever a number is not exactly zero.</summary>
    private static void AddLost(Norm layer, WrittenOutFeatures input, IReadOnlyList<int> set, bool centred, double flushed, double[] signal, double[] noise)
    {
        var (mean, d) = WrittenOutNormalisation.Statistics(layer, input, set, centred);
        var largest = set.Max(i => Math.Abs(input.Noise[i]));
        foreach (var i in set)
        {
            var lost = Underflow.AfterNorm(flushed, Math.Abs(layer.Scale), d, Math.Abs((input.Signal[i] - mean) / d), largest);
            signal[i] += signal[i] == 0 ? 0 : lost.Signal;
            noise[i] += noise[i] == 0 ? 0 : lost.Noise;
        }
    }

    private static void AddSet(
        Norm layer,
        WrittenOutFeatures input,
        WrittenOutFeatures values,
        IReadOnlyList<int> set,
        bool centred,
        double unitRoundoff,
        double[] signal,
        double[] noise
    )
    {
        var count = set.Count;
        var (mean, d) = WrittenOutNormalisation.Statistics(layer, input, set, centred);
        var absolute = set.Average(i => Math.Abs(input.Signal[i]));
        var square = set.Average(i => input.Signal[i] * input.Signal[i]);
        var t = Gamma((3 * count) + 4) * square / (d * d);
        var relative = t < 1 ? 0.5 * t / (1 - t) : double.PositiveInfinity;
        var ofMean = centred ? Gamma(count) * absolute : 0;
        var absoluteNoise = set.Average(i => Math.Abs(input.Noise[i]));
        var products = set.Average(i => Math.Abs(input.Signal[i] * input.Noise[i]));
        var along = set.Average(i => (input.Signal[i] - mean) / d * input.Noise[i]);
        var magnitudes = set.Average(i => Math.Abs((input.Signal[i] - mean) / d * input.Noise[i]));
        var ofAlong = (Gamma((4 * count) + 16) * (products + (centred ? absolute * absoluteNoise : 0)) / d) + (4 * relative * magnitudes);
        foreach (var i in set)
        {
            var z = Math.Abs((input.Signal[i] - mean) / d);
            var shift = ofMean + (2 * unitRoundoff * (Math.Abs(input.Signal[i]) + Math.Abs(mean)));
            var ofZ = (shift * (1 + relative) / d) + (z * (relative + Gamma(10)));
            signal[i] = Math.Abs(layer.Scale) * ofZ;
            var numerator =
                (Gamma((2 * count) + 8) * (Math.Abs(input.Noise[i]) + (centred ? absoluteNoise : 0)))
                + (ofZ * Math.Abs(along))
                + ((z + ofZ) * (ofAlong + (Gamma(8) * Math.Abs(along))));
            noise[i] = (Math.Abs(layer.Scale) * numerator * (1 + relative) / d) + (Math.Abs(values.Noise[i]) * ((4 * relative) + Gamma(9)));
        }

        double Gamma(int roundings) => Roundings.Gamma(roundings, unitRoundoff);
    }
}
