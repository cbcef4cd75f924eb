using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Dropout: signal and noise times a given mask, which holds 1/p for what is kept and 0 for the rest.</summary>
internal static class WrittenOutDropout
{
    public static WrittenOutFeatures Propagate(Dropout layer, WrittenOutFeatures input, WrittenOutParameters parameters)
    {
        var mask = layer.Mask switch
        {
            DropoutMask.Shared => Repeated(parameters.Take("the mask of a dropout", input.Channels), input.Points),
            DropoutMask.ByPoint => parameters.Take("the mask of a dropout", input.Points * input.Channels),
            _ => throw new ArgumentOutOfRangeException(nameof(layer), layer.Mask, "expected a mask that has been written out"),
        };
        return input.With([.. input.Signal.Zip(mask, (value, factor) => factor * value)], [.. input.Noise.Zip(mask, (value, factor) => factor * value)]);
    }

    private static double[] Repeated(double[] mask, int points) => [.. Enumerable.Range(0, points).SelectMany(_ => mask)];
}
