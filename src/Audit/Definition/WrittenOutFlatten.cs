namespace Wellbehaved.Audit;

/// <summary>Flattening: rows, columns and channels become channels of one position, in the order in which they are stored.</summary>
internal static class WrittenOutFlatten
{
    public static WrittenOutFeatures Propagate(WrittenOutFeatures input) =>
        new(input.Images, 1, 1, input.Positions * input.Channels, input.Signal, input.Noise);
}
