using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Bounds how far attention with given weights may be from its definition.</summary>
/// <remarks>
/// Queries, keys and values are dense layers (<see cref="LinearRounding"/>). A score Σ q k/√d_k errs by Σ(|q|Δk + |k|Δq + ΔqΔk)/√d_k + γ_{d_k+4} Σ|q||k|/√d_k.
/// If no score errs by more than e, exp of its distance to the largest errs by the factor e^{2e} and by some roundings of itself and of its argument s: shares
/// err by r = e^{2e + 2u s}(1 + γ_{T+12}) - 1, T being the positions, twice that for numerator and sum. The noise of a share is a_j(ds_j - Σ a_i ds_i): it errs
/// by r' of a_j(|ds_j| + Σ a_i|ds_i|), r' = (1 + 2r)² - 1 + γ_{T+4}, and by a_j(Δds_j + max Δds) times (1 + 2r)². All that follows are sums of products.
/// </remarks>
internal static class AttentionRounding
{
    /// <summary>Bounds attention whose input is what the subject itself has shown.</summary>
    public static SiteState Apply(Attention layer, SiteState input, IReadOnlyList<double[]> parameters, double unitRoundoff)
    {
        var each = parameters.Count / 4;
        var (queries, keys, values) = (Project(0, input), Project(1, input), Project(2, input));
        var zero = input.Values.With(new double[input.Values.Signal.Length], new double[input.Values.Noise.Length]);
        var attended = new SiteState(zero, zero.With(new double[zero.Signal.Length], new double[zero.Noise.Length]));
        var size = input.Values.Channels / layer.Heads;
        for (var point = 0; point < input.Values.Points; point++)
        {
            var (first, position) = (point / input.Values.Positions * input.Values.Positions, point % input.Values.Positions);
            for (var head = 0; head < layer.Heads; head++)
            {
                var seen = new Seen(point, first, layer.Causal ? position + 1 : input.Values.Positions, head * size, size);
                Attend(seen, queries, keys, values, attended, unitRoundoff);
            }
        }

        return Project(3, attended);

        SiteState Project(int projection, SiteState from) =>
            LinearRounding.Dense(from, from.Values.Channels, layer.Parameters, [.. parameters.Skip(projection * each).Take(each)], unitRoundoff);
    }

    private static void Attend(Seen seen, SiteState queries, SiteState keys, SiteState values, SiteState attended, double unitRoundoff)
    {
        var (scores, ofScores) = (new double[seen.Count], new double[seen.Count]);
        var (noises, ofNoises) = (new double[seen.Count], new double[seen.Count]);
        var gamma = Roundings.Gamma(seen.Size + 4, unitRoundoff);
        for (var j = 0; j < seen.Count; j++)
        {
            for (var channel = seen.Channel; channel < seen.Channel + seen.Size; channel++)
            {
                var (q, k) = (queries.Values.At(seen.Point, channel), keys.Values.At(seen.First + j, channel));
                scores[j] += queries.Values.Signal[q] * keys.Values.Signal[k];
                ofScores[j] += Product(queries.Values.Signal[q], queries.Bounds.Signal[q], keys.Values.Signal[k], keys.Bounds.Signal[k], gamma);
                noises[j] += (queries.Values.Noise[q] * keys.Values.Signal[k]) + (queries.Values.Signal[q] * keys.Values.Noise[k]);
                ofNoises[j] +=
                    Product(queries.Values.Noise[q], queries.Bounds.Noise[q], keys.Values.Signal[k], keys.Bounds.Signal[k], 2 * gamma)
                    + Product(queries.Values.Signal[q], queries.Bounds.Signal[q], keys.Values.Noise[k], keys.Bounds.Noise[k], 2 * gamma);
            }
        }

        var root = Math.Sqrt(seen.Size);
        for (var j = 0; j < seen.Count; j++)
        {
            (scores[j], ofScores[j], noises[j], ofNoises[j]) = (scores[j] / root, ofScores[j] / root, noises[j] / root, ofNoises[j] / root);
        }

        var (largest, distance) = (scores.Max(), scores.Max() - scores.Min());
        double[] powers = [.. scores.Select(score => Math.Exp(score - largest))];
        double[] shares = [.. powers.Select(power => power / powers.Sum())];
        var relative = Math.Exp((2 * ofScores.Max()) + (2 * unitRoundoff * distance)) * (1 + Roundings.Gamma(seen.Count + 12, unitRoundoff)) - 1;
        var (twice, mean) = (2 * relative, shares.Zip(noises, (share, noise) => share * noise).Sum());
        var ofShareNoise = ((1 + twice) * (1 + twice)) - 1 + Roundings.Gamma(seen.Count + 4, unitRoundoff);
        var meanMagnitude = shares.Zip(noises, (share, noise) => share * Math.Abs(noise)).Sum();
        for (var channel = seen.Channel; channel < seen.Channel + seen.Size; channel++)
        {
            var at = attended.Values.At(seen.Point, channel);
            for (var j = 0; j < seen.Count; j++)
            {
                var v = values.Values.At(seen.First + j, channel);
                var (share, ofShare) = (shares[j], twice * shares[j]);
                var shareNoise = share * (noises[j] - mean);
                var ofNoise = share * ((ofShareNoise * (Math.Abs(noises[j]) + meanMagnitude)) + ((1 + twice) * (1 + twice) * (ofNoises[j] + ofNoises.Max())));
                var sum = Roundings.Gamma((2 * seen.Count) + 2, unitRoundoff);
                attended.Values.Signal[at] += share * values.Values.Signal[v];
                attended.Bounds.Signal[at] += Product(share, ofShare, values.Values.Signal[v], values.Bounds.Signal[v], sum);
                attended.Values.Noise[at] += (shareNoise * values.Values.Signal[v]) + (share * values.Values.Noise[v]);
                attended.Bounds.Noise[at] +=
                    Product(shareNoise, ofNoise, values.Values.Signal[v], values.Bounds.Signal[v], sum)
                    + Product(share, ofShare, values.Values.Noise[v], values.Bounds.Noise[v], sum);
            }
        }
    }

    /// <summary>The error bound of a product of two numbers that have errors themselves, including roundings of the product.</summary>
    private static double Product(double x, double ofX, double y, double ofY, double gamma) =>
        (Math.Abs(x) * ofY) + (ofX * Math.Abs(y)) + (ofX * ofY) + (gamma * (Math.Abs(x) + ofX) * (Math.Abs(y) + ofY));

    /// <summary>The positions that one point of one head attends to.</summary>
    private readonly record struct Seen(int Point, int First, int Count, int Channel, int Size);
}
