namespace Wellbehaved.Audit;

/// <summary>The effective ranks that numbers of points and channels allow in a result file, if the file states these numbers.</summary>
internal static class RecordedRanks
{
    /// <summary>The largest possible effective rank.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">A computed depth, or in the neutral layout a place.</param>
    /// <returns>min(N, P - 1); null if neither is known. For a convolutional net in the author's layout the file does not state the number of points.</returns>
    public static double? Largest(ResultFile file, int column) =>
        file switch
        {
            { Places: not null, Options: { RecordedPlaces: { } places } options } => places.Places[column].Shape is var shape
            && (long)shape.Positions * options.BatchSize is >= 2 and var points
                ? Math.Min(points - 1, shape.Channels)
                : null,
            { Places: not null } => null,
            { NumChannels: { } channels, BatchSize: >= 2 and var images, KernelSize: 1 } => Theory.Bounds.LargestEffectiveRank(images, channels),
            { BatchSize: >= 2 and var images, KernelSize: 1 } => images - 1,
            _ => file.NumChannels,
        };
}
