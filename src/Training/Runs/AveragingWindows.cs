namespace Wellbehaved.Training;

/// <summary>Windows of consecutive steps, at most a hundred, over which loss and accuracy are averaged for the record.</summary>
internal static class AveragingWindows
{
    private const int Most = 100;

    /// <summary>The last step of each window, counted from 1.</summary>
    /// <param name="steps">Number of all steps.</param>
    public static int[] Ends(int steps)
    {
        var count = Math.Min(steps, Most);
        return [.. Enumerable.Range(1, count).Select(i => (int)((long)i * steps / count))];
    }
}
