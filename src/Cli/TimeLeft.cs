namespace Wellbehaved.Cli;

/// <summary>Estimates how long work will still take, as soon as an estimate is reliable.</summary>
/// <remarks>
/// An estimate from the first moments is many times too long: the runtime still compiles, caches fill, and the first of many steps is not over. So there is no
/// estimate before a twentieth of the work is done, nor while the present estimate differs much from the one at half the present time.
/// </remarks>
internal sealed class TimeLeft
{
    private const double LeastShare = 0.05;
    private const double Agreement = 1.5;
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(2);
    private readonly List<(TimeSpan Elapsed, double Share)> _past = [];

    /// <summary>Adds an observation of the work; to be called from time to time.</summary>
    /// <param name="elapsed">Time since it began.</param>
    /// <param name="share">Share of it that is done, 0 to 1.</param>
    /// <returns>The time left; null where it cannot be estimated yet.</returns>
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
