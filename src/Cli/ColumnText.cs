namespace Wellbehaved.Cli;

/// <summary>Prints columns, and keeps them within the window: what does not fit beside each other stands below, the first column once more before it.</summary>
internal static class ColumnText
{
    /// <summary>Between two columns.</summary>
    private const string Gap = "  ";

    /// <summary>A column of words is never made narrower.</summary>
    private const int LeastWords = 16;

    /// <summary>What a line of words that goes on is indented by.</summary>
    private const int Hanging = 2;

    /// <summary>Whether rows fit the window as they are.</summary>
    /// <param name="screen">The window.</param>
    /// <param name="rows">The rows, the titles first.</param>
    public static bool Fits(Screen screen, IReadOnlyList<string[]> rows) => screen.Width is not { } most || Total(Widths(rows)) <= most;

    /// <summary>Prints rows of numbers.</summary>
    /// <param name="screen">The window.</param>
    /// <param name="rows">The rows, the titles first; their first column is of words.</param>
    public static void Print(Screen screen, IReadOnlyList<string[]> rows)
    {
        var widths = Widths(rows);
        for (var first = 1; first < widths.Length; )
        {
            var next = first + 1;
            while (next < widths.Length && (screen.Width is not { } most || Total([widths[0], .. widths[first..(next + 1)]]) <= most))
            {
                next++;
            }

            if (first > 1)
            {
                screen.Sentence();
            }

            int[] columns = [0, .. Enumerable.Range(first, next - first)];
            foreach (var row in rows)
            {
                screen.Line((Joined([.. columns.Select(column => row[column])], [.. columns.Select(column => widths[column])], left: 1), null));
            }

            first = next;
        }
    }

    /// <summary>Prints rows of which one column is of words, which go on in the next line where they are too long.</summary>
    /// <param name="screen">The window.</param>
    /// <param name="rows">The rows, the titles first.</param>
    /// <param name="left">How many columns are of words, the first ones; the others are of numbers.</param>
    /// <param name="words">The column that goes on.</param>
    public static void Print(Screen screen, IReadOnlyList<string[]> rows, int left, int words)
    {
        var widths = Widths(rows);
        if (screen.Width is { } most && Total(widths) > most)
        {
            widths[words] = Math.Max(LeastWords, most - (Total(widths) - widths[words]));
        }

        foreach (var row in rows)
        {
            var goesOn = false;
            foreach (var line in WordWrap.Lines(row[words], widths[words], Hanging))
            {
                screen.Line(
                    (
                        Joined(
                            [
                                .. row.Select(
                                    (cell, column) =>
                                        column == words ? line
                                        : goesOn ? ""
                                        : cell
                                ),
                            ],
                            widths,
                            left
                        ),
                        null
                    )
                );
                goesOn = true;
            }
        }
    }

    private static int[] Widths(IReadOnlyList<string[]> rows) => [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];

    private static int Total(int[] widths) => widths.Sum() + (Gap.Length * (widths.Length - 1));

    private static string Joined(string[] cells, int[] widths, int left) =>
        string.Join(Gap, cells.Select((cell, column) => column < left ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd();
}
