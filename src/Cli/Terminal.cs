using System.Text;

namespace Wellbehaved.Cli;

/// <summary>What is known of the window that a person looks at.</summary>
internal static class Terminal
{
    /// <summary>
    /// Set, in its own flow, by whoever runs commands in its own process and takes what they write: no window gets it, even where the process has one.
    /// </summary>
    internal static AsyncLocal<bool> IsTaken { get; } = new();

    /// <summary>Whether standard output goes to something else than a window.</summary>
    public static bool IsOutputRedirected => Console.IsOutputRedirected || IsTaken.Value;

    /// <summary>Whether standard error goes to something else than a window.</summary>
    public static bool IsErrorRedirected => Console.IsErrorRedirected || IsTaken.Value;

    /// <summary>Columns of the window that standard output goes to; null where it is redirected: a file has no edge.</summary>
    public static int? OutputWidth => IsOutputRedirected ? null : Width();

    /// <summary>
    /// Lets every line that is written to a window break between words. What must not be broken is written by <see cref="TextWriter.Write(string?)"/>.
    /// </summary>
    public static void WrapLines()
    {
        if (!IsOutputRedirected)
        {
            Console.SetOut(new Wrapping(Console.Out));
        }

        if (!IsErrorRedirected)
        {
            Console.SetError(new Wrapping(Console.Error));
        }
    }

    private static int? Width()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed class Wrapping(TextWriter window) : TextWriter
    {
        public override Encoding Encoding => window.Encoding;

        public override void Write(char value) => window.Write(value);

        public override void Write(string? value) => window.Write(value);

        public override void Write(char[] buffer, int index, int count) => window.Write(buffer, index, count);

        public override void WriteLine() => window.WriteLine();

        public override void WriteLine(string? value)
        {
            foreach (var line in WordWrap.Lines(value ?? string.Empty, Width()))
            {
                window.WriteLine(line);
            }
        }

        public override void Flush() => window.Flush();
    }
}
