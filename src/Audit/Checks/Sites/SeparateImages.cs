using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>What I12 says of layers without batch statistics: signal and noise of an image depend on no other image.</summary>
internal static class SeparateImages
{
    /// <summary>
    /// The largest factor by which layers may enlarge what an image loses below the smallest normal number, if other images change a tensor's scale. A norm
    /// with ε = 10⁻⁵ enlarges it by 300, and four of them by as much as this.
    /// </summary>
    private const double Lost = 1e10;

    /// <summary>Whether a network has no layer that shares statistics over a batch.</summary>
    public static bool HasSite(Network network) => LayerFamilies.All(network.Layers).All(layer => layer is not BatchNorm);

    /// <summary>The input with other numbers of the same size in some of its images: at least one image changes, and at least one stays.</summary>
    /// <param name="input">The input, of two images or more.</param>
    /// <param name="seed">The seed of the choice and of the numbers.</param>
    /// <returns>The input, and which images were changed.</returns>
    public static (Batch Input, bool[] Changed) Change(Batch input, ulong seed)
    {
        var (shape, draws) = (input.Shape, new Draws(seed));
        var changed = Enumerable.Range(0, shape.Images).Select(_ => draws.Chance(50)).ToArray();
        if (changed.Distinct().Count() == 1)
        {
            changed[draws.Below(changed.Length)] ^= true;
        }

        var perImage = shape.Elements / shape.Images;
        return (input with { Signal = Replaced(input.Signal, RandomPurpose.GaussianImages), Noise = Replaced(input.Noise, RandomPurpose.InputNoise) }, changed);

        double[] Replaced(double[] values, RandomPurpose purpose)
        {
            var size = Math.Sqrt(values.Average(value => value * value));
            var others = Batch.Normal(values.Length, seed, 1, purpose);
            return [.. values.Select((value, i) => changed[i / perImage] ? (double)(float)(size * others[i]) : value)];
        }
    }

    /// <summary>Compares the images that were not changed, at every place.</summary>
    /// <param name="first">The subject's answer to the first input.</param>
    /// <param name="other">Its answer to the changed input, under the same seed.</param>
    /// <param name="changed">Which images were changed.</param>
    /// <param name="unitRoundoff">u. The two answers are rounded alike; other roundings cost less than half of the digits.</param>
    /// <param name="comparison">Collects the comparisons.</param>
    /// <param name="description">The network in words, for messages.</param>
    public static void Compare(NetworkTrace first, NetworkTrace other, bool[] changed, double unitRoundoff, ExactComparison comparison, string description)
    {
        foreach (var (one, two) in first.Snapshots.Zip(other.Snapshots))
        {
            Add(one.Signal, two.Signal, "signal", one);
            Add(one.Noise, two.Noise, "noise", one);
        }

        void Add(double[] one, double[] two, string what, NetworkSnapshot where)
        {
            var perImage = one.Length / changed.Length;
            var flushed =
                Lost
                * Underflow.Smallest(unitRoundoff)
                * (1 + Math.Max(one.Select(Math.Abs).DefaultIfEmpty().Max(), two.Select(Math.Abs).DefaultIfEmpty().Max()));
            for (var image = 0; image < changed.Length; image++)
            {
                if (!changed[image])
                {
                    var (size, distance) = (0.0, 0.0);
                    for (var i = image * perImage; i < (image + 1) * perImage; i++)
                    {
                        size += one[i] * one[i];
                        distance += (one[i] - two[i]) * (one[i] - two[i]);
                    }

                    var number = image + 1;
                    comparison.Add(
                        new Observed(Math.Sqrt(distance)),
                        new Expected(0),
                        Math.Sqrt(unitRoundoff * size) + (size == 0 && distance == 0 ? 0 : flushed),
                        $"{what} of image {number} when others change, {where.Where}, {description}"
                    );
                }
            }
        }
    }
}
