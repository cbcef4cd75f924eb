using System.Buffers.Binary;
using System.IO.Compression;

namespace Wellbehaved.Experiments;

/// <summary>Reads whole files of a data set, plain or compressed with gzip, whatever their ending is.</summary>
internal static class DataFile
{
    /// <summary>
    /// The greatest ratio of compression. Images are compressed to a fifth; a file with a greater ratio holds no images and must not fill the memory.
    /// </summary>
    private const long LargestRatio = 50;

    /// <summary>Bytes that any compressed file may hold, whatever its ratio: tests use images of a few colours.</summary>
    private const long AlwaysAllowed = 1 << 23;

    private const int PartLength = 1 << 16;

    private static ReadOnlySpan<byte> MagicOfGzip => [0x1f, 0x8b];

    /// <summary>Reads a file; its length is checked first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireLength">Throws for a length that the content cannot have; receives the file and the length.</param>
    /// <param name="beginning">What the beginning of the content says about all of it; null if it says nothing.</param>
    /// <returns>The content, decompressed.</returns>
    /// <exception cref="InvalidInputException">The file is missing, unreadable, a damaged gzip file, or would take more memory than its beginning or its size
    /// justifies.</exception>
    public static byte[] ReadAll(string path, Action<string, long>? requireLength = null, Beginning? beginning = null)
    {
        try
        {
            using var stream = RegularFile.Open(path);
            Span<byte> start = stackalloc byte[MagicOfGzip.Length];
            var isCompressed = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(MagicOfGzip);
            stream.Position = 0;
            if (isCompressed)
            {
                var plain = Decompress(stream, path, beginning);
                RequireNothingAfter(stream, path, plain.Length);
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

    /// <summary>The beginning of a format that states how long its content is.</summary>
    /// <param name="Length">Bytes of the beginning.</param>
    /// <param name="TotalOf">Gives the bytes of the whole content; throws for a beginning that is none of this format.</param>
    internal sealed record Beginning(int Length, Func<byte[], UInt128> TotalOf);

    /// <summary>A header, an empty block, a checksum and a length.</summary>
    private const int ShortestGzip = 20;

    private static byte[] Decompress(FileStream stream, string path, Beginning? beginning)
    {
        var most = Math.Min(Math.Max(AlwaysAllowed, LargestRatio * stream.Length), Array.MaxLength);
        using var gzip = new GZipStream(new SlowEnd(stream), CompressionMode.Decompress);
        var start = new byte[beginning?.Length ?? 0];
        var atStart = gzip.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (beginning is not null && atStart == start.Length)
        {
            return OfStatedLength(gzip, start, beginning.TotalOf(start), most, path, stream.Length);
        }

        using var plain = new MemoryStream();
        plain.Write(start, 0, atStart);
        var part = new byte[PartLength];
        for (int count; (count = gzip.Read(part)) > 0; )
        {
            if (plain.Length + count > most)
            {
                throw TooMuch(path, most, stream.Length);
            }

            plain.Write(part, 0, count);
        }

        return plain.ToArray();
    }

    /// <summary>
    /// Refuses bytes after a gzip stream, which readers pass over: the file is damaged or is not what it seems. Zeros are the padding of tapes.
    /// </summary>
    /// <param name="file">The file, where the decompression stopped: after its stream and at most one byte.</param>
    /// <param name="path">The file's name in messages.</param>
    /// <param name="length">Bytes of the decompressed content.</param>
    private static void RequireNothingAfter(FileStream file, string path, int length)
    {
        var (end, isPadded) = (file.Position, true);
        var part = new byte[PartLength];
        for (int count; isPadded && (count = file.Read(part)) > 0; )
        {
            isPadded = !part.AsSpan(0, count).ContainsAnyExcept((byte)0);
        }

        if (file.Length < ShortestGzip)
        {
            throw new InvalidDataException();
        }

        // A stream ends with the length of its content; another byte after it makes a greater number of that.
        file.Position = file.Length - sizeof(uint);
        file.ReadExactly(part, 0, sizeof(uint));
        if (!isPadded || BinaryPrimitives.ReadUInt32LittleEndian(part) > length)
        {
            throw new InvalidInputException(
                path,
                $"expected a gzip file that ends with its stream, found {Counted.Spell(Math.Max(1, file.Length - end), "byte")} or more after it"
            );
        }
    }

    /// <summary>Reads what a beginning announces, and nothing more: whether it may take that memory is decided before any is taken.</summary>
    private static byte[] OfStatedLength(GZipStream gzip, byte[] start, UInt128 total, long most, string path, long compressed)
    {
        if (total > (UInt128)most)
        {
            throw TooMuch(path, most, compressed);
        }

        var content = new byte[Math.Max((int)total, start.Length)];
        start.CopyTo(content, 0);
        var read = start.Length + gzip.ReadAtLeast(content.AsSpan(start.Length), content.Length - start.Length, throwOnEndOfStream: false);
        return read == (int)total && gzip.ReadByte() < 0
            ? content
            : throw new InvalidInputException(path, $"expected {total} bytes, as its header says, found {(read < (int)total ? $"{read}" : "more")}");
    }

    private static InvalidInputException TooMuch(string path, long most, long compressed) =>
        new(path, $"expected at most {most} bytes of images in a gzip file of {compressed} bytes, found more");
}
