using Spectre.Console;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>
/// Output to be read by people: lines as wide as the window, in colour where the window has colours and <c>NO_COLOR</c> is not set.
/// </summary>
internal sealed class Screen
{
    private readonly IAnsiConsole _console;

    /// <summary>A screen of a given width.</summary>
    /// <param name="writer">Receives the output.</param>
    /// <param name="width">Columns; null where lines have no limit, as in a file.</param>
    /// <param name="colours">Whether it has colours.</param>
    public Screen(TextWriter writer, int? width, bool colours)
        : this(writer, width, colours ? AnsiSupport.Yes : AnsiSupport.No, colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors) { }

    private Screen(TextWriter writer, int? width, AnsiSupport ansi, ColorSystemSupport colours)
    {
        Width = width;

        // Otherwise servers of continuous integration are taken for terminals with colours, even where output goes to a file.
        _console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = ansi,
                ColorSystem = colours,
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            }
        );

        // This class breaks lines itself, between words.
        _console.Profile.Width = int.MaxValue;
    }

    /// <summary>Columns; null where lines have no limit.</summary>
    public int? Width { get; }

    /// <summary>The process's standard output.</summary>
    public static Screen Output() =>
        Terminal.IsOutputRedirected
            ? new Screen(Console.Out, null, AnsiSupport.No, ColorSystemSupport.NoColors)
            : new Screen(Console.Out, Terminal.OutputWidth, AnsiSupport.Detect, ColorSystemSupport.Detect);

    /// <summary>Writes a line without breaking it.</summary>
    /// <param name="pieces">Its parts, each with its colour; null for the window's own colour.</param>
    public void Line(params IEnumerable<(string Text, Color? Colour)> pieces)
    {
        foreach (var (text, colour) in pieces.Where(piece => piece.Text.Length > 0))
        {
            _console.Write(new Text(ForeignText.OnOneLine(text), colour is { } given ? new Style(given) : Style.Plain));
        }

        _console.Write(new Text("\n"));
    }

    /// <summary>Writes text, broken between words into as many lines as it needs.</summary>
    /// <param name="text">The text.</param>
    /// <param name="hanging">Indentation of every line but the first.</param>
    public void Sentence(string text = "", int hanging = 0)
    {
        foreach (var line in WordWrap.Lines(ForeignText.OnOneLine(text), Width, hanging))
        {
            Line((line, null));
        }
    }

    /// <summary>Writes a command so that it can be pasted into a shell, even where it is longer than a line.</summary>
    /// <param name="text">The indentation, some introducing words, and the command.</param>
    public void Command(string text)
    {
        foreach (var line in CommandText.Lines(ForeignText.OnOneLine(text), Width, Shell.LineEnd))
        {
            Line((line, null));
        }
    }
}
