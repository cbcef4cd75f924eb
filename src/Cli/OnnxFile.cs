namespace Wellbehaved.Cli;

/// <summary>Which files are ONNX models.</summary>
internal static class OnnxFile
{
    private const string Ending = ".onnx";

    /// <summary>
    /// The key of the first field of a model, its format's version, and the greatest version that a file of another kind is not likely to begin with.
    /// </summary>
    private const byte VersionKey = 0x08;

    private const byte MostVersion = 32;

    /// <summary>Whether a name is that of a model: by what the file holds, or by its name where that is not told.</summary>
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
