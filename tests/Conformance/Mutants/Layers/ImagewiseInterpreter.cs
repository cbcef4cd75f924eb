using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// An implementation that draws its weights anew for the images of a batch: each image is right by itself, and no two of them pass through one mapping.
/// Networks whose images meet in batch statistics are propagated as they should be.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="sets">Sets of weights that the images take in turn.</param>
internal sealed class ImagewiseInterpreter(string name, int sets) : LayerInterpreter(name, new LayerRules())
{
    private const uint Apart = 7919;

    public override void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe)
    {
        if (weights is not Weights.Own own || LayerFamilies.All(network.Layers).Any(layer => layer is BatchNorm))
        {
            base.Propagate(network, noise, weights, input, observe);
            return;
        }

        var perImage = input.Signal.Length / input.Shape.Images;
        var images = new List<NetworkSnapshot>[input.Shape.Images];
        for (var image = 0; image < images.Length; image++)
        {
            var (from, shown) = (image * perImage, images[image] = []);
            var alone = new Batch(input.Shape with { Images = 1 }, input.Signal[from..(from + perImage)], input.Noise[from..(from + perImage)]);
            base.Propagate(network, noise, new Weights.Own(own.Seed, own.Simulation + (Apart * (uint)(image % sets))), alone, shown.Add);
        }

        foreach (var place in images[0])
        {
            double[] signal = [.. images.SelectMany(image => image[place.Index].Signal)];
            double[] changes = [.. images.SelectMany(image => image[place.Index].Noise)];
            var shape = place.Shape with { Images = images.Length };
            observe(place with { Shape = shape, Signal = signal, Noise = changes, Moments = () => PlainMoments.Compute(shape, signal, changes) });
        }
    }
}
