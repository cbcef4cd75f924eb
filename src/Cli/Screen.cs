using Spectre.Console;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>
/// Where a command writes what a person reads: lines as wide as the window, in colour where the window has colours and <c>NO_COLOR</c> is not set.
/// </summary>
internal sealed class Screen
{
    private readonly IAnsiConsole _console;

    /// <summary>A screen of a given width.</summary>
    /// <param name="writer">What is written to.</param>
    /// <param name="width">Columns; null where lines have no end, as in a file.</param>
    /// <param name="colours">Whether it has colours.</param>
    public Screen(TextWriter writer, int? width, bool colours)
        : this(writer, width, colours ? AnsiSupport.Yes : AnsiSupport.No, colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors) { }

    private Screen(TextWriter writer, int? width, AnsiSupport ansi, ColorSystemSupport colours)
    {
        Width = width;

        // Servers of continuous integration are taken for terminals with colours otherwise, even where output goes to a file.
        _console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = ansi,
                ColorSystem = colours,
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            }
        );

        // Lines are broken here, by words.
        _console.Profile.Width = int.MaxValue;
    }

    /// <summary>Columns; null where lines have no end.</summary>
    public int? Width { get; }

    /// <summary>The process's standard output.</summary>
    public static Screen Output() =>
        Terminal.IsOutputRedirected
            ? new Screen(Console.Out, null, AnsiSupport.No, ColorSystemSupport.NoColors)
            : new Screen(Console.Out, Terminal.OutputWidth, AnsiSupport.Detect, ColorSystemSupport.Detect);

    /// <summary>Writes a line as it is.</summary>
    /// <param name="pieces">Its parts, each with its colour; the window's own where that is null.</param>
    public void Line(params IEnumerable<(string Text, Color? Colour)> pieces)
    {
        foreach (var (text, colour) in pieces.Where(piece => piece.Text.Length > 0))
        {
            _console.Write(new Text(ForeignText.OnOneLine(text), colour is { } given ? new Style(given) : Style.Plain));
        }

        _console.Write(new Text("\n"));
    }

    /// <summary>Writes words, on as many lines as they need.</summary>
    /// <param name="text">The words.</param>
    /// <param name="hanging">What every line but the first is indented by.</param>
    public void Sentence(string text = "", int hanging = 0)
    {
        foreach (var line in WordWrap.Lines(ForeignText.OnOneLine(text), Width, hanging))
        {
            Line((line, null));
        }
    }

    /// <summary>Writes a command so that it can be pasted into a shell, even where it is longer than a line.</summary>
    /// <param name="text">The command, after its indentation and what introduces it.</param>
    public void Command(string text)
    {
        foreach (var line in CommandText.Lines(ForeignText.OnOneLine(text), Width, Shell.LineEnd))
        {
            Line((line, null));
        }
    }
}
