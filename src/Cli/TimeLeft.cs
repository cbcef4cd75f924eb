namespace Wellbehaved.Cli;

/// <summary>How long work will still take, as soon as that can be said.</summary>
/// <remarks>
/// Work that is extrapolated from its first moments is announced many times too long: the runtime compiles, caches fill, and the first step of many is
/// not over. So nothing is said before a twentieth of the work is done, nor while what would be said now and at half the time differ.
/// </remarks>
internal sealed class TimeLeft
{
    private const double LeastShare = 0.05;
    private const double Agreement = 1.5;
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(2);
    private readonly List<(TimeSpan Elapsed, double Share)> _past = [];

    /// <summary>Looks at the work; to be called every now and then.</summary>
    /// <param name="elapsed">Time since it began.</param>
    /// <param name="share">Share of it that is done, 0 to 1.</param>
    /// <returns>The time left; null where that cannot be said yet.</returns>
    public TimeSpan? After(TimeSpan elapsed, double share)
    {
        _past.Add((elapsed, share));
        var half = _past.FindLastIndex(look => look.Elapsed <= elapsed / 2);
        if (half < 0)
        {
            return null;
        }

        var earlier = _past[half];
        _past.RemoveRange(0, half);
        if (elapsed < LeastTime || share < LeastShare || earlier.Share <= 0)
        {
            return null;
        }

        var (now, before) = (elapsed / share, earlier.Elapsed / earlier.Share);
        return now < before * Agreement && before < now * Agreement ? now - elapsed : null;
    }
}
