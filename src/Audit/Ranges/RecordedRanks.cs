namespace Wellbehaved.Audit;

/// <summary>The effective ranks that numbers of points and channels allow in a result file, if the file states these numbers.</summary>
internal static class RecordedRanks
{
    /// <summary>The largest possible effective rank.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">A computed depth, or in the neutral layout a place.</param>
    /// <returns>min(N, P - 1), at least 1; null if neither is known. For a convolutional net in the author's layout the file does not state the number of
    /// points.</returns>
    public static double? Largest(ResultFile file, int column) => Largest(ChannelsOf(file, column), PointsOf(file, column));

    /// <summary>The largest possible effective rank. Over a single point nothing varies, so no larger one than 1 is ever right.</summary>
    /// <param name="channels">N; null if it is not known.</param>
    /// <param name="points">P; null if it is not known.</param>
    /// <returns>min(N, P - 1), at least 1; null if neither is known.</returns>
    public static double? Largest(long? channels, long? points) =>
        channels is null && points is null ? null : Math.Max(1, Math.Min(channels ?? long.MaxValue, points is { } known ? known - 1 : long.MaxValue));

    /// <summary>Points at a place: positions times images; null if the file does not state them.</summary>
    public static long? PointsOf(ResultFile file, int column) =>
        file switch
        {
            { Places: not null, Options: { RecordedPlaces: { } places } options } => (long)places.Places[column].Shape.Positions * options.BatchSize,
            { Places: not null } => file.PlaceSizes?.Points?[column],
            { BatchSize: { } images, KernelSize: 1 } => images,
            _ => null,
        };

    private static long? ChannelsOf(ResultFile file, int column) =>
        file switch
        {
            { Places: not null, Options.RecordedPlaces: { } places } => places.Places[column].Shape.Channels,
            { Places: not null } => file.PlaceSizes?.Channels?[column],
            _ => file.NumChannels,
        };
}
