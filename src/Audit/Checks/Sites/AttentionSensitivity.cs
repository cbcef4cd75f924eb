using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Bounds how far attention with weights of a subject's own may enlarge the difference of two inputs of one image.</summary>
/// <remarks>
/// <para>
/// Scores of hundreds, from inputs of size 10 or so, make a difference of 10⁻⁷ in the input one of 10⁻⁴ in the shares, and the derivative of softmax multiplies
/// that by the scores once more: more than half of the digits may be lost without another image having any part in it.
/// </para>
/// <para>
/// The weights do not depend on the input. A projection of a vector z to d components is a sum with independent weights of variance σ²/n, so its norm is at
/// most ρ(z) = √((σ²‖z‖²/n + σ_b²) m), m = 1.3(d + 14√d + 100), except once in 10²⁰ times: 14√d + 100 is that of χ² (Laurent and Massart, Annals of
/// Statistics 2000, lemma 1), and 1.3 allows for truncated normal weights, whose tails are below those of a normal law of 1.3 times their variance. Scores then
/// differ by at most e = (ρ(q) ρ(Δk) + ρ(k) ρ(Δq) + ρ(Δq) ρ(Δk))/√d, shares by r = exp(2e) - 1 of themselves, and all else are sums of products.
/// </para>
/// </remarks>
internal static class AttentionSensitivity
{
    /// <summary>Bounds the norms of the differences of two outputs for one image.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="one">Signal and noise of the image before the layer, in one answer: positions × channels.</param>
    /// <param name="two">The same in the other answer.</param>
    /// <returns>The largest norms of the differences of signal and noise after the layer; infinite where shares are unbounded.</returns>
    public static (double Signal, double Noise) Bound(Attention layer, WrittenOutFeatures one, WrittenOutFeatures two)
    {
        var (channels, positions) = (one.Channels, one.Positions);
        var size = channels / layer.Heads;
        var z = Math.Max(Largest(one.Signal), Largest(two.Signal));
        var dz = Math.Max(Largest(one.Noise), Largest(two.Noise));
        var (apart, apartOfNoise) = (Largest(Difference(one.Signal, two.Signal)), Largest(Difference(one.Noise, two.Noise)));
        if (apart == 0 && apartOfNoise == 0)
        {
            return (0, 0);
        }

        // Queries and keys of one head have the same law; values are of all heads, as the last projection sees them.
        var (q, ofQ) = (Projected(z, size, biased: true), Projected(apart, size, biased: false));
        var (dq, ofDq) = (Projected(dz, size, biased: false), Projected(apartOfNoise, size, biased: false));
        var (v, ofV) = (Projected(z, channels, biased: true), Projected(apart, channels, biased: false));
        var (dv, ofDv) = (Projected(dz, channels, biased: false), Projected(apartOfNoise, channels, biased: false));
        var root = Math.Sqrt(size);
        var ofScore = ((2 * q * ofQ) + (ofQ * ofQ)) / root;
        var share = Math.Exp(2 * ofScore) - 1;

        // ds = (dq·k + q·dk)/√d_k, and the derivative of a share is a(ds - Σ a ds).
        var scoreNoise = 2 * dq * q / root;
        var ofScoreNoise = 2 * ((ofDq * (q + ofQ)) + (dq * ofQ)) / root;
        var shareNoise = 2 * scoreNoise;
        var ofShareNoise = (share * (2 + share) * shareNoise) + ((1 + share) * (1 + share) * 2 * ofScoreNoise);

        var signal = (share * (v + ofV)) + ofV;
        var noise = (ofShareNoise * (v + ofV)) + (shareNoise * ofV) + (share * (dv + ofDv)) + ofDv;
        var images = Math.Sqrt(positions);
        return (images * Projected(signal, channels, biased: false), images * Projected(noise, channels, biased: false));

        double Projected(double norm, int components, bool biased) =>
            Math.Sqrt(
                ((layer.Parameters.WeightVariance * norm * norm / channels) + (biased ? layer.Parameters.BiasVariance : 0))
                    * 1.3
                    * (components + (14 * Math.Sqrt(components)) + 100)
            );

        double Largest(double[] values) =>
            Enumerable.Range(0, positions).Max(position => Enclosure.Norm(values[(position * channels)..((position + 1) * channels)]));

        static double[] Difference(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a - b)];
    }
}
