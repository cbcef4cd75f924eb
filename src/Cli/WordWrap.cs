namespace Wellbehaved.Cli;

/// <summary>Breaks long lines between words.</summary>
internal static class WordWrap
{
    /// <summary>The lines of a text after it is broken.</summary>
    /// <param name="text">The text; its own line breaks are kept.</param>
    /// <param name="width">The greatest number of characters in a line; null for no limit. A longer word is not broken.</param>
    /// <param name="hanging">Additional indentation of a continuation line, relative to the line that it continues.</param>
    public static IEnumerable<string> Lines(string text, int? width, int hanging = 0) =>
        text.ReplaceLineEndings("\n").Split('\n').SelectMany(line => width is { } most ? Break(line, most, hanging) : [line]);

    private static IEnumerable<string> Break(string line, int width, int hanging)
    {
        // The indentation is at most half of the width, so that there is room for text.
        var indentation = line.TakeWhile(character => character == ' ').Count();
        var margin = new string(' ', Math.Min(indentation + hanging, width / 2));
        line = line.Length > width ? line.TrimEnd(' ') : line;
        while (line.Length > width && BreakOf(line, width) is { } at)
        {
            yield return line[..at].TrimEnd(' ');
            line = margin + line[at..].TrimStart(' ');
        }

        yield return line;
    }

    /// <summary>The last space at which the line may end; after a word that is too long, the next space; null where there is none.</summary>
    private static int? BreakOf(string line, int width)
    {
        var first = line.Length - line.TrimStart(' ').Length;
        var last = line.LastIndexOf(' ', width);
        if (last > first)
        {
            return last;
        }

        var next = line.IndexOf(' ', Math.Max(first, width));
        return next > 0 ? next : null;
    }
}
