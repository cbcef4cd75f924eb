using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// The layers of a network that may make much of a difference in the last digits: attention whose scores are large, and slopes that jump, through which noise
/// passes on either side where the signal is zero but for rounding.
/// </summary>
internal sealed class SensitiveLayers
{
    private readonly Dictionary<int, ShownLayer> _byPlace;
    private readonly bool _allShown;

    private SensitiveLayers(Dictionary<int, ShownLayer> byPlace, bool allShown) => (_byPlace, _allShown) = (byPlace, allShown);

    /// <summary>Finds them.</summary>
    public static SensitiveLayers Of(Network network)
    {
        var shown = ShownLayer.Collect(network).Where(layer => IsSensitive(layer.Layer)).ToDictionary(layer => layer.After);
        return new(shown, shown.Count == Times(network.Layers));
    }

    /// <summary>What signal and noise of an image may have lost at a place, relative to their size, by the difference of the signals before it.</summary>
    /// <param name="one">The place, in the first answer.</param>
    /// <param name="image">Index of an image that is the same in both inputs.</param>
    /// <param name="first">The first answer.</param>
    /// <param name="other">The other answer.</param>
    /// <returns>Shares; infinite behind layers that are not shown, once the answers differ.</returns>
    public (double Signal, double Noise) Lost(NetworkSnapshot one, int image, NetworkTrace first, NetworkTrace other)
    {
        // What a hidden layer makes of a difference is not known; one that was not there before it is the subject's.
        if (
            !_allShown
            && one.Index > 0
            && !Of(first.Snapshots[one.Index - 1].Signal, image, first).SequenceEqual(Of(other.Snapshots[one.Index - 1].Signal, image, other))
        )
        {
            return (double.PositiveInfinity, double.PositiveInfinity);
        }

        if (!_byPlace.TryGetValue(one.Index, out var layer))
        {
            return (0, 0);
        }

        var (before, otherBefore) = (Image(layer.InputOf(first), image), Image(layer.InputOf(other), image));
        if (before.Signal.SequenceEqual(otherBefore.Signal) && before.Noise.SequenceEqual(otherBefore.Noise))
        {
            return (0, 0);
        }

        var (signal, noise) = layer.Layer switch
        {
            Attention attention => AttentionSensitivity.Bound(attention, before, otherBefore),
            Activation activation => (0, Jumped(WrittenOutActivation.Propagate(activation, before), WrittenOutActivation.Propagate(activation, Mixed()))),
            MaxPool pool => (0, Jumped(WrittenOutMaxPool.Propagate(pool, before), WrittenOutMaxPool.Propagate(pool, Mixed()))),
            _ => throw new UnknownLayerException(layer.Layer),
        };
        return (Share(signal, Of(one.Signal, image, first)), Share(noise, Of(one.Noise, image, first)));

        // The same noise beside the other signal: what comes out differently differs by the slopes.
        WrittenOutFeatures Mixed() => otherBefore.With(otherBefore.Signal, before.Noise);

        static double Jumped(WrittenOutFeatures x, WrittenOutFeatures y) => Enclosure.Norm([.. x.Noise.Zip(y.Noise, (a, b) => a - b)]);
    }

    private static double[] Of(double[] values, int image, NetworkTrace trace)
    {
        var each = values.Length / trace.Input.Shape.Images;
        return values[(image * each)..((image + 1) * each)];
    }

    private static WrittenOutFeatures Image(WrittenOutFeatures all, int image)
    {
        var each = all.Signal.Length / all.Images;
        var elements = (image * each)..((image + 1) * each);
        return new(1, all.Height, all.Width, all.Channels, all.Signal[elements], all.Noise[elements]);
    }

    private static double Share(double bound, double[] image) => bound == 0 ? 0 : bound / Enclosure.Norm(image);

    private static bool IsSensitive(Layer layer) => layer is Attention or Activation or MaxPool;

    private static long Times(Networks.Layers layers) =>
        layers.Sum(layer =>
            IsSensitive(layer) ? 1
            : layer is Repeat repeat ? repeat.Times * Times(repeat.Unit)
            : layer is Residual residual ? Times(residual.Branch) + Times(residual.Skip)
            : 0
        );
}
