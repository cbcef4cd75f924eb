using System.Text;

namespace Wellbehaved.Cli;

/// <summary>
/// Standard error that may be closed, or a file on a full disk. What cannot be said is left unsaid: the work goes on, and the exit status still tells how it
/// ended.
/// </summary>
/// <param name="stream">What receives the text.</param>
internal sealed class UnfailingWriter(TextWriter stream) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => stream.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => stream.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => stream.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => stream.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine() => Try(stream.WriteLine);

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => stream.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(stream.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Nobody is left to be told.
        }
    }
}
