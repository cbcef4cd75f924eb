namespace Wellbehaved.Cli;

/// <summary>Recognises ONNX models among files.</summary>
internal static class OnnxFile
{
    private const string Ending = ".onnx";

    /// <summary>
    /// The key of the first field of a model, which holds the version of its format; and the greatest version that is accepted, so that other files are not
    /// taken for models.
    /// </summary>
    private const byte VersionKey = 0x08;

    private const byte MostVersion = 32;

    /// <summary>Whether a path names a model that can be read: unlike <see cref="Is"/>, it refuses nothing.</summary>
    /// <param name="path">The path, which may be anything.</param>
    public static bool Names(string path)
    {
        try
        {
            return File.Exists(path) && Is(path);
        }
        catch (Exception unreadable) when (unreadable is InvalidInputException or IOException or UnauthorizedAccessException)
        {
            // The command says so when it reads the file.
            return false;
        }
    }

    /// <summary>Whether a path names a model: its ending or the first bytes of the file decide.</summary>
    public static bool Is(string path)
    {
        if (path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (!File.Exists(path))
        {
            return false;
        }

        using var stream = RegularFile.Open(path, "file");
        Span<byte> beginning = stackalloc byte[2];
        return stream.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false) == beginning.Length
            && beginning[0] == VersionKey
            && beginning[1] is > 0 and <= MostVersion;
    }
}
