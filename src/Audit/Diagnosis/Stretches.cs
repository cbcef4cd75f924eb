namespace Wellbehaved.Audit;

/// <summary>Stretches of depth between recorded depths: as many as asked for, or as the recorded depths allow, nearly equal in a measure of depth.</summary>
internal static class Stretches
{
    /// <summary>The stretches that a law of growth must bear out one by one.</summary>
    public const int OfLaw = 4;

    /// <summary>Indices of the recorded depths that bound the stretches.</summary>
    /// <param name="depths">Recorded depths.</param>
    /// <param name="from">Index where the first begins.</param>
    /// <param name="to">Index where the last ends.</param>
    /// <param name="count">Most stretches.</param>
    /// <param name="measure">What they are equal in: the depth, or its logarithm; increasing.</param>
    /// <returns>Two at least, from the first to the last.</returns>
    public static int[] Knots(IReadOnlyList<int> depths, int from, int to, int count, Func<double, double> measure)
    {
        var (low, high) = (measure(depths[from]), measure(depths[to]));
        var inner = Enumerable
            .Range(1, count - 1)
            .Select(number =>
            {
                var target = low + ((high - low) * number / count);
                return Enumerable.Range(from, to - from + 1).MinBy(index => Math.Abs(measure(depths[index]) - target));
            });
        return [.. inner.Prepend(from).Append(to).Distinct()];
    }
}
