namespace Wellbehaved.Training;

/// <summary>Steps in a row over which loss and accuracy are averaged for the record: a hundred windows at most.</summary>
internal static class Windows
{
    private const int Most = 100;

    /// <summary>The last step of each window, counted from 1.</summary>
    /// <param name="steps">Steps in all.</param>
    public static int[] Ends(int steps)
    {
        var count = Math.Min(steps, Most);
        return [.. Enumerable.Range(1, count).Select(i => (int)((long)i * steps / count))];
    }
}
