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

    /// <summary>
    /// The least size of an image, as a share of the largest image of the batch, at which it is compared. A convolution by Fourier transforms may take two
    /// images as the real and imaginary part of one, and leaves up to F·u of the other image in this one, F about 600 (docs/rounding.md). Of images of
    /// this share or more that is less than half of the digits: 600·u ≤ √u/8 for u = 2⁻²⁴, nearly. Of a smaller image, or one of zeros, rounding may be all
    /// that is left.
    /// </summary>
    private const double LeastShare = 1.0 / 8;

    /// <summary>
    /// The largest tolerance, relative to the size of an image, at which it is compared; a larger one would tell little.
    /// </summary>
    private const double WidestTolerance = 0.1;

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

    /// <summary>Compares the images that were not changed, at every place up to which they are no smaller than an eighth of the largest image.</summary>
    /// <param name="first">
    /// The subject's answer to the first input. Its noise is random: by how much it grows beside the signal is by how much the network enlarges small
    /// differences of the signal, those of rounding among them, and differences of the noise with them.
    /// </param>
    /// <param name="other">Its answer to the changed input, under the same seed.</param>
    /// <param name="changed">Which images were changed.</param>
    /// <param name="unitRoundoff">u. The two answers are rounded alike; other roundings cost less than half of the digits.</param>
    /// <param name="comparison">Collects the comparisons.</param>
    /// <param name="description">The network in words, for messages.</param>
    public static void Compare(NetworkTrace first, NetworkTrace other, bool[] changed, double unitRoundoff, ExactComparison comparison, string description)
    {
        // The noise passes through slopes and masks that the signal sets, so it is compared only where the signal is.
        bool[] signal = [.. changed.Select(isChanged => !isChanged)];
        bool[] noise = [.. signal];
        RoundingGrowth[] growth = [.. changed.Select(_ => new RoundingGrowth())];
        var signalLost = new double[changed.Length];
        var noiseLost = new double[changed.Length];
        var sensitive = SensitiveLayers.Of(first.Network);
        Look(first.Input.Signal, other.Input.Signal, first.Input.Noise, other.Input.Noise);
        Grow(first.Input.Signal, first.Input.Noise);
        foreach (var (one, two) in first.Snapshots.Zip(other.Snapshots))
        {
            Look(one.Signal, two.Signal, one.Noise, two.Noise);
            Grow(one.Signal, one.Noise);
            Widen(one);

            var root = Math.Sqrt(unitRoundoff);
            Add(one.Signal, two.Signal, signal, image => (root * growth[image].OfSignal) + signalLost[image], "signal", one);
            Add(one.Noise, two.Noise, noise, image => (root * growth[image].OfNoise) + noiseLost[image], "noise", one);
        }

        void Grow(double[] ofSignal, double[] ofNoise)
        {
            for (var image = 0; image < changed.Length; image++)
            {
                growth[image].Pass(Enclosure.Norm(ofSignal[Elements(ofSignal, image)]), Enclosure.Norm(ofNoise[Elements(ofNoise, image)]));
            }
        }

        void Look(double[] signalOfOne, double[] signalOfTwo, double[] noiseOfOne, double[] noiseOfTwo)
        {
            var (seen, heard) = (Comparable(signalOfOne, signalOfTwo), Comparable(noiseOfOne, noiseOfTwo));
            for (var image = 0; image < changed.Length; image++)
            {
                signal[image] &= seen[image];
                noise[image] &= signal[image] && heard[image];
            }
        }

        // What a layer may have cost an image stays lost.
        void Widen(NetworkSnapshot one)
        {
            for (var image = 0; image < changed.Length; image++)
            {
                var (ofSignal, ofNoise) = sensitive.Lost(one, image, first, other);
                signalLost[image] += ofSignal;
                noiseLost[image] += ofNoise;
            }
        }

        // Of both answers together: an image that is small in one of them only has changed with the others, and is compared.
        bool[] Comparable(double[] one, double[] two)
        {
            double[] sizes = [.. Sizes(one).Zip(Sizes(two), Math.Max)];
            return [.. sizes.Select(size => !(size < LeastShare * sizes.Max()))];
        }

        double[] Sizes(double[] values) => [.. Enumerable.Range(0, changed.Length).Select(image => Enclosure.Norm(values[Elements(values, image)]))];

        Range Elements(double[] values, int image) => (image * values.Length / changed.Length)..((image + 1) * values.Length / changed.Length);

        void Add(double[] one, double[] two, bool[] comparable, Func<int, double> toleranceOf, string what, NetworkSnapshot where)
        {
            var flushed =
                Lost
                * Underflow.Smallest(unitRoundoff)
                * (1 + Math.Max(one.Select(Math.Abs).DefaultIfEmpty().Max(), two.Select(Math.Abs).DefaultIfEmpty().Max()));

            // Noise that is no number has no growth, and so no tolerance; it is compared, and found to be none.
            foreach (var image in Enumerable.Range(0, changed.Length).Where(image => comparable[image] && !(toleranceOf(image) > WidestTolerance)))
            {
                var (here, there) = (one[Elements(one, image)], two[Elements(two, image)]);
                var (size, distance) = (Enclosure.Norm(here), Enclosure.Norm([.. here.Zip(there, (x, y) => x - y)]));
                comparison.Add(
                    new Observed(distance),
                    new Expected(0),
                    (toleranceOf(image) * size) + (size == 0 && distance == 0 ? 0 : flushed),
                    $"{what} of image {image + 1} when others change, {where.Where}, {description}"
                );
            }
        }
    }
}
