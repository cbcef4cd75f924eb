using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Norms of a sampled network, including their own derivative; that of batch norm only if asked for.</summary>
internal static class SampledNorms
{
    /// <summary>Applies a norm to blocks of features that share their statistics.</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="features">Its input.</param>
    /// <param name="differentiatesBatch">Whether statistics of the batch are differentiated.</param>
    public static SampledFeatures Apply(Norm norm, SampledFeatures features, bool differentiatesBatch)
    {
        var (points, width) = (features.Points, features.Width);
        var after = new double[features.Values.Length];

        // ε refers to the signal at its original scale.
        var epsilon = norm.Epsilon * Math.Exp(-features.LogSignalScale);
        switch (norm)
        {
            case BatchNorm:
                for (var channel = 0; channel < width; channel++)
                {
                    Normalise(norm, features.Values, after, new(channel, width, points), points * width, epsilon, subtractsMean: true, differentiatesBatch);
                }

                break;
            case LayerNorm or RmsNorm or GroupNorm:
                var groups = norm is GroupNorm grouped ? grouped.Groups : 1;
                for (var block = 0; block < points * groups; block++)
                {
                    Normalise(
                        norm,
                        features.Values,
                        after,
                        new(block * (width / groups), 1, width / groups),
                        points * width,
                        epsilon,
                        norm is not RmsNorm,
                        differentiates: true
                    );
                }

                break;
            case InstanceNorm:
                throw new NoTheoryException(norm, "a single position has no variance");
            default:
                throw new UnknownLayerException(norm);
        }

        return features with
        {
            Values = after,
            LogSignalScale = 0,
            LogNoiseScale = features.LogNoiseScale - features.LogSignalScale,
        };
    }

    private static void Normalise(Norm norm, double[] values, double[] after, Block block, int noise, double epsilon, bool subtractsMean, bool differentiates)
    {
        var (mean, noiseMean) = (0.0, 0.0);
        for (var k = 0; k < block.Count && subtractsMean; k++)
        {
            mean += values[block.At(k)] / block.Count;
            noiseMean += differentiates ? values[noise + block.At(k)] / block.Count : 0;
        }

        var (variance, along) = (0.0, 0.0);
        for (var k = 0; k < block.Count; k++)
        {
            var u = values[block.At(k)] - mean;
            variance += u * u / block.Count;
            along += differentiates ? u * (values[noise + block.At(k)] - noiseMean) / block.Count : 0;
        }

        if (!(variance + epsilon > 0))
        {
            throw new NoTheoryException(norm, "its input features are all equal, and ε = 0");
        }

        var (factor, removed) = (norm.Scale / Math.Sqrt(variance + epsilon), along / (variance + epsilon));
        for (var k = 0; k < block.Count; k++)
        {
            var u = values[block.At(k)] - mean;
            after[block.At(k)] = factor * u;
            after[noise + block.At(k)] = factor * (values[noise + block.At(k)] - noiseMean - (removed * u));
        }
    }

    /// <summary>Features at equal distances in memory.</summary>
    private readonly record struct Block(int First, int Step, int Count)
    {
        public int At(int index) => First + (index * Step);
    }
}
