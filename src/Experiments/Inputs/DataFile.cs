using System.IO.Compression;

namespace Wellbehaved.Experiments;

/// <summary>Reads whole files of a data set, plain or compressed with gzip, whatever their ending is.</summary>
internal static class DataFile
{
    /// <summary>
    /// The greatest ratio of compression. Images are compressed to a fifth; a file with a greater ratio holds no images and must not fill the memory.
    /// </summary>
    private const long LargestRatio = 100;

    /// <summary>Bytes that any compressed file may hold, whatever its ratio: tests use images of a few colours.</summary>
    private const long AlwaysAllowed = 1 << 26;

    private const int PartLength = 1 << 16;

    private static ReadOnlySpan<byte> MagicOfGzip => [0x1f, 0x8b];

    /// <summary>Reads a file; its length is checked first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireLength">Throws for a length that the content cannot have; receives the file and the length.</param>
    /// <returns>The content, decompressed.</returns>
    /// <exception cref="InvalidInputException">The file is missing, unreadable, or a damaged gzip file.</exception>
    public static byte[] ReadAll(string path, Action<string, long>? requireLength = null)
    {
        try
        {
            using var stream = RegularFile.Open(path);
            Span<byte> start = stackalloc byte[MagicOfGzip.Length];
            var isCompressed = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(MagicOfGzip);
            stream.Position = 0;
            if (isCompressed)
            {
                var plain = Decompress(stream, path);
                requireLength?.Invoke(path, plain.Length);
                return plain;
            }

            requireLength?.Invoke(path, stream.Length);
            var content = new byte[checked((int)stream.Length)];
            stream.ReadExactly(content);
            return content;
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidInputException(path, "expected a whole gzip file, found a damaged one", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or OverflowException or NotSupportedException)
        {
            throw new InvalidInputException(path, $"expected a readable data file ({exception.Message})", exception);
        }
    }

    private static byte[] Decompress(FileStream stream, string path)
    {
        var most = Math.Min(Math.Max(AlwaysAllowed, LargestRatio * stream.Length), Array.MaxLength);
        using var gzip = new GZipStream(stream, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        var part = new byte[PartLength];
        for (int count; (count = gzip.Read(part)) > 0; )
        {
            if (plain.Length + count > most)
            {
                throw new InvalidInputException(path, $"expected at most {most} bytes of images in a gzip file of {stream.Length} bytes, found more");
            }

            plain.Write(part, 0, count);
        }

        return plain.ToArray();
    }
}
