namespace Wellbehaved.Cli;

/// <summary>Tells texts and figures, which may be replaced, from data by how a file begins.</summary>
internal static class ReplacedContent
{
    /// <summary>Bytes at the beginning that are looked at: formats of data have numbers of several bytes in their headers, and so bytes of zeros.</summary>
    private const int Beginning = 4096;

    private const byte Escape = 0x1b;
    private const byte FormFeed = 0x0c;

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    private static ReadOnlySpan<byte> Pdf => "%PDF-"u8;

    /// <summary>Whether a file begins as a text in UTF-8 or any code page does, or is one of the figures that are no text.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">It cannot be read, so that nobody knows what would be lost.</exception>
    public static bool IsTextOrFigure(string path)
    {
        using var stream = RegularFile.Open(path, "file");
        var start = new byte[Beginning];
        ReadOnlySpan<byte> found = start.AsSpan(0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        return found.StartsWith(Png) || found.StartsWith(Pdf) || !found.ContainsAnyExcept(OfTexts);
    }

    private static readonly System.Buffers.SearchValues<byte> OfTexts = System.Buffers.SearchValues.Create([
        (byte)'\t',
        (byte)'\n',
        FormFeed,
        (byte)'\r',
        Escape,
        .. Enumerable.Range(0x20, 0x100 - 0x20).Select(code => (byte)code),
    ]);
}
