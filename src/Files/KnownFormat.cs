namespace Wellbehaved.Files;

/// <summary>Tells by its first bytes what a file is that is not what was expected, since its name may say otherwise.</summary>
internal static class KnownFormat
{
    private static readonly (byte[] Magic, string Words)[] Formats =
    [
        ([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'], "a NumPy array of another version"),
        ([0x1f, 0x8b], "a gzip stream, which must be decompressed first"),
        ([(byte)'P', (byte)'K', 3, 4], "an archive (.npz or .zip)"),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "a PNG picture"),
        ([0xff, 0xd8, 0xff], "a JPEG picture"),
        ([0x89, (byte)'H', (byte)'D', (byte)'F'], "an HDF5 file"),
        ([.. "MATLAB"u8], "a MATLAB file"),
        ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "an xz stream, which must be decompressed first"),
        ([(byte)'B', (byte)'Z', (byte)'h'], "a bzip2 stream, which must be decompressed first"),
        ([0x28, 0xb5, 0x2f, 0xfd], "a Zstandard stream, which must be decompressed first"),
    ];

    /// <summary>Describes a file.</summary>
    /// <param name="start">Its first bytes, eight or more.</param>
    /// <returns>For example <c>a gzip stream</c>; <c>another file</c> where the bytes tell nothing.</returns>
    public static string Describe(ReadOnlySpan<byte> start)
    {
        foreach (var (magic, words) in Formats)
        {
            if (start.StartsWith(magic))
            {
                return words;
            }
        }

        // A pickle begins with its protocol, 2 to 5, and goes on with a frame, a dictionary, a class or a constructor.
        return start[0] == 0x80 && start[1] is >= 2 and <= 5 ? "a pickle, whose array np.save writes anew" : "another file";
    }
}
