using System.Text;

namespace Wellbehaved.Cli;

/// <summary>The properties of the window that a person looks at.</summary>
internal static class Terminal
{
    /// <summary>
    /// Set, in its own asynchronous flow, by code that runs commands within its process and captures their output: that output then goes to no window, even if
    /// the process has one.
    /// </summary>
    internal static AsyncLocal<bool> IsTaken { get; } = new();

    /// <summary>Whether standard output does not go to a window.</summary>
    public static bool IsOutputRedirected => Console.IsOutputRedirected || IsTaken.Value;

    /// <summary>Whether standard error does not go to a window.</summary>
    public static bool IsErrorRedirected => Console.IsErrorRedirected || IsTaken.Value;

    /// <summary>Columns of the window of standard output; null where that is redirected, since a file has no width.</summary>
    public static int? OutputWidth => IsOutputRedirected ? null : Width();

    /// <summary>
    /// Breaks each line that is written to a window between words. Use <see cref="TextWriter.Write(string?)"/> for text that must not be broken.
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
