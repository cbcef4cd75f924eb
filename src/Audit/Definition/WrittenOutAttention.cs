using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Self-attention over the positions of each image: in every head softmax(QKᵀ/√d_k) V, then an output projection.</summary>
/// <remarks>The shares of the positions are computed from the input itself, so both kinds of noise differentiate them.</remarks>
internal static class WrittenOutAttention
{
    public static WrittenOutFeatures Propagate(Attention layer, WrittenOutFeatures input, WrittenOutParameters parameters)
    {
        if (input.Channels % layer.Heads != 0 || input.Positions < 2)
        {
            throw new ArgumentException(
                $"expected two positions or more and channels that {layer.Heads} heads divide, got {input.Positions} and {input.Channels}"
            );
        }

        var queries = WrittenOutDense.Propagate(input, input.Channels, layer.Parameters, parameters);
        var keys = WrittenOutDense.Propagate(input, input.Channels, layer.Parameters, parameters);
        var values = WrittenOutDense.Propagate(input, input.Channels, layer.Parameters, parameters);
        var attended = input.With(new double[input.Signal.Length], new double[input.Noise.Length]);
        var size = input.Channels / layer.Heads;
        for (var image = 0; image < input.Images; image++)
        {
            for (var head = 0; head < layer.Heads; head++)
            {
                for (var position = 0; position < input.Positions; position++)
                {
                    var first = image * input.Positions;
                    var seen = layer.Causal ? position + 1 : input.Positions;
                    Attend(queries, keys, values, attended, first + position, (first, seen), (head * size, size));
                }
            }
        }

        return WrittenOutDense.Propagate(attended, input.Channels, layer.Parameters, parameters);
    }

    /// <summary>Computes the attention of one point in one head.</summary>
    private static void Attend(
        WrittenOutFeatures queries,
        WrittenOutFeatures keys,
        WrittenOutFeatures values,
        WrittenOutFeatures attended,
        int point,
        (int First, int Count) seen,
        (int First, int Count) channels
    )
    {
        var (scores, scoreNoise) = (new double[seen.Count], new double[seen.Count]);
        for (var j = 0; j < seen.Count; j++)
        {
            for (var channel = channels.First; channel < channels.First + channels.Count; channel++)
            {
                var (q, k) = (queries.At(point, channel), keys.At(seen.First + j, channel));
                scores[j] += queries.Signal[q] * keys.Signal[k];
                scoreNoise[j] += (queries.Noise[q] * keys.Signal[k]) + (queries.Signal[q] * keys.Noise[k]);
            }

            scores[j] /= Math.Sqrt(channels.Count);
            scoreNoise[j] /= Math.Sqrt(channels.Count);
        }

        var (shares, shareNoise) = Softmax(scores, scoreNoise);
        for (var channel = channels.First; channel < channels.First + channels.Count; channel++)
        {
            for (var j = 0; j < seen.Count; j++)
            {
                var v = values.At(seen.First + j, channel);
                attended.Signal[attended.At(point, channel)] += shares[j] * values.Signal[v];
                attended.Noise[attended.At(point, channel)] += (shareNoise[j] * values.Signal[v]) + (shares[j] * values.Noise[v]);
            }
        }
    }

    /// <summary>a_j = exp(s_j)/Σ exp(s_i) and da_j = a_j (ds_j - Σ a_i ds_i).</summary>
    private static (double[] Shares, double[] Noise) Softmax(double[] scores, double[] scoreNoise)
    {
        var largest = scores.Max();
        var sum = scores.Sum(score => Math.Exp(score - largest));
        double[] shares = [.. scores.Select(score => Math.Exp(score - largest) / sum)];
        var mean = shares.Zip(scoreNoise, (share, noise) => share * noise).Sum();
        return (shares, [.. shares.Zip(scoreNoise, (share, noise) => share * (noise - mean))]);
    }
}
