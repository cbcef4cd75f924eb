namespace Wellbehaved.Cli;

/// <summary>
/// Prints columns within the width of the window. Columns that do not fit beside each other are printed below, where the first column is repeated.
/// </summary>
internal static class ColumnText
{
    /// <summary>The space between two columns.</summary>
    private const string Gap = "  ";

    /// <summary>Least width of a column of words.</summary>
    private const int LeastWords = 16;

    /// <summary>Indentation of the continuation lines of a cell of words.</summary>
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

    /// <summary>Prints rows in which the cells of one column are words; where these are too long, they continue in the next line.</summary>
    /// <param name="screen">The window.</param>
    /// <param name="rows">The rows, the titles first.</param>
    /// <param name="left">Number of columns of words, which come first; the others hold numbers.</param>
    /// <param name="words">The column whose cells may continue in the next line.</param>
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
