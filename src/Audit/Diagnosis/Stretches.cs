namespace Wellbehaved.Audit;

/// <summary>Stretches of depth between recorded depths, nearly equal in a measure of depth: as many as asked for, or as the recorded depths allow.</summary>
internal static class Stretches
{
    /// <summary>Number of stretches that must each confirm a law of growth.</summary>
    public const int OfLaw = 4;

    /// <summary>Indices of the recorded depths that bound the stretches.</summary>
    /// <param name="depths">Recorded depths.</param>
    /// <param name="from">Index at which the first begins.</param>
    /// <param name="to">Index at which the last ends.</param>
    /// <param name="count">The most stretches.</param>
    /// <param name="measure">The measure in which they are nearly equal: the depth, or its logarithm; increasing.</param>
    /// <returns>At least two indices, from the first to the last.</returns>
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
