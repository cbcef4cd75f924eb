namespace Wellbehaved.Cli;

/// <summary>Breaks lines that are too long, between words only.</summary>
internal static class WordWrap
{
    /// <summary>The lines of a text.</summary>
    /// <param name="text">The text; its own lines stay apart.</param>
    /// <param name="width">The most characters of a line; null for as many as there are. A word that is longer stays whole.</param>
    /// <param name="hanging">What a line that goes on is indented by, beyond the indentation of the line that it goes on from.</param>
    public static IEnumerable<string> Lines(string text, int? width, int hanging = 0) =>
        text.ReplaceLineEndings("\n").Split('\n').SelectMany(line => width is { } most ? Break(line, most, hanging) : [line]);

    private static IEnumerable<string> Break(string line, int width, int hanging)
    {
        // Beyond half of the width there would be more indentation than text.
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

    /// <summary>The last space at which the line may end; the first one after a word that is too long; null where there is none.</summary>
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
