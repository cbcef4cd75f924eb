using System.Text;

namespace Wellbehaved.Figures;

/// <summary>The width of text, computed without a font, from the widths of DejaVu Sans. Verdana has the same widths, and other common sans-serif families are
/// narrower. So a figure has the same line breaks wherever it is made, and its text has room wherever it is read.</summary>
internal static class TextMetrics
{
    /// <summary>
    /// Size of subscripts and superscripts, relative to the size of their line: the smallest that can still be read where a figure is shown on a phone.
    /// </summary>
    public const double ScriptSize = 0.85;

    /// <summary>Distance by which a subscript is lowered, relative to the size of its line.</summary>
    public const double Lowering = 0.2;

    /// <summary>Distance by which a superscript is raised, relative to the size of its line.</summary>
    public const double Raising = 0.36;

    /// <summary>Widths of the characters from the space to the tilde, in thousandths of the size.</summary>
    private static readonly short[] Ascii =
    [
        318,
        401,
        460,
        838,
        636,
        950,
        780,
        275,
        390,
        390,
        500,
        838,
        318,
        361,
        318,
        337,
        636,
        636,
        636,
        636,
        636,
        636,
        636,
        636,
        636,
        636,
        337,
        337,
        838,
        838,
        838,
        531,
        1000,
        684,
        686,
        698,
        770,
        632,
        575,
        775,
        752,
        295,
        295,
        656,
        557,
        863,
        748,
        787,
        603,
        787,
        695,
        635,
        611,
        732,
        684,
        989,
        685,
        611,
        685,
        390,
        337,
        390,
        838,
        500,
        500,
        613,
        635,
        550,
        635,
        615,
        352,
        635,
        634,
        278,
        278,
        579,
        278,
        974,
        634,
        612,
        635,
        635,
        411,
        521,
        392,
        634,
        592,
        818,
        592,
        592,
        525,
        636,
        337,
        636,
        838,
    ];

    /// <summary>Width of a line.</summary>
    public static double Width(IEnumerable<TextRun> runs, double size, bool bold = false) =>
        runs.Sum(run => run.Text.EnumerateRunes().Sum(sign => Width(sign, run.Style, size, bold)));

    /// <summary>Width of a line of markup.</summary>
    public static double Width(string markup, double size) => Markup.Signs(markup).Sum(sign => Width(sign.Sign, sign.Style, size, bold: false));

    /// <summary>Markup as a single line that is not broken.</summary>
    public static IReadOnlyList<TextRun> Line(string markup) => Markup.Join(Markup.Signs(markup));

    /// <summary>Breaks markup into lines: at spaces, within long names after a punctuation sign, otherwise where a line is full.</summary>
    public static IReadOnlyList<IReadOnlyList<TextRun>> Wrap(string markup, double width, double size, bool bold = false)
    {
        var lines = new List<IReadOnlyList<TextRun>>();
        var line = new List<(Rune Sign, TextStyle Style)>();
        foreach (var sign in Markup.Signs(markup))
        {
            line.Add(sign);
            while (line.Count > 1 && line.Sum(one => Width(one.Sign, one.Style, size, bold)) > width)
            {
                var space = line.FindLastIndex(line.Count - 2, one => one.Sign.Value == ' ');
                var end =
                    space > 0 ? space
                    : line.FindLastIndex(line.Count - 2, one => one.Sign.Value is '_' or '-' or '.' or '/') is > 0 and var joint ? joint + 1
                    : line.Count - 1;
                lines.Add(Markup.Join(line.Take(end)));
                line.RemoveRange(0, space > 0 ? end + 1 : end);
            }
        }

        if (line.Count > 0)
        {
            lines.Add(Markup.Join(line));
        }

        return lines;
    }

    private static double Width(Rune sign, TextStyle style, double size, bool bold)
    {
        var thousandths = sign.Value switch
        {
            >= ' ' and <= '~' => Ascii[sign.Value - ' '],
            >= 0x0300 and < 0x0370 => 0,
            < 0x0600 => 690,
            >= 0x2000 and < 0x2500 => 850,
            _ => 1050,
        };
        return (bold ? 1.14 : 1) * (style is TextStyle.Lowered or TextStyle.Raised ? ScriptSize : 1) * size * thousandths / 1000;
    }
}
