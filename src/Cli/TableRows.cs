namespace Wellbehaved.Cli;

/// <summary>Chooses which of many rows a table on the console shows.</summary>
internal static class TableRows
{
    private const int Most = 10;

    /// <summary>At most ten indices, evenly spaced, including the last one.</summary>
    /// <param name="count">Number of all rows.</param>
    public static IEnumerable<int> Spread(int count)
    {
        var step = (count + Most - 1) / Most;
        for (var i = (count - 1) % step; i < count; i += step)
        {
            yield return i;
        }
    }
}
