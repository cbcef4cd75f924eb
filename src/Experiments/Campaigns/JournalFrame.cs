using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;

namespace Wellbehaved.Experiments;

/// <summary>
/// What journals of every kind have in common: a header that names the experiment of the records, and checksums that tie the records to the header.
/// </summary>
/// <remarks>Eight bytes that name the format, the length of a JSON object, the object, and a CRC-64 of all of it. docs/file-formats.md.</remarks>
internal static class JournalFrame
{
    /// <summary>Bytes of a checksum.</summary>
    public const int LengthOfChecksum = sizeof(ulong);

    /// <summary>Bytes that name the kind of a journal, at its beginning.</summary>
    public const int LengthOfName = 8;

    private const int LengthOfStart = LengthOfName + sizeof(int);
    private const int MostBytes = 1 << 26;

    /// <summary>Writes a beginning.</summary>
    /// <param name="name">The name of the format, eight bytes.</param>
    /// <param name="content">The JSON object.</param>
    /// <returns>The bytes.</returns>
    public static byte[] Encode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        var bytes = new byte[LengthOfStart + content.Length + LengthOfChecksum];
        name.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(LengthOfName), content.Length);
        content.CopyTo(bytes.AsSpan(LengthOfStart));
        var body = bytes.AsSpan(0, LengthOfStart + content.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(body.Length), Crc64.HashToUInt64(body));
        return bytes;
    }

    /// <summary>Reads the beginning of a stream.</summary>
    /// <param name="stream">The journal.</param>
    /// <param name="name">The name of the format.</param>
    /// <param name="path">What to call the journal in messages.</param>
    /// <returns>All of its bytes, and where the JSON object is among them; null if the stream ends before the beginning does, so that no record can follow
    /// it.</returns>
    /// <exception cref="InvalidInputException">The bytes are damaged, or no journal of this kind.</exception>
    public static (byte[] Bytes, Range Content)? Read(Stream stream, ReadOnlySpan<byte> name, string path)
    {
        var start = new byte[LengthOfStart];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(LengthOfName));
        if (!start.AsSpan().StartsWith(name) || length is <= 0 or > MostBytes)
        {
            throw KindOf(start) is { } kind && !start.AsSpan().StartsWith(name)
                ? new InvalidInputException(path, $"expected a journal of another kind, found that of {kind}, which {CampaignParameters.Resume} goes on with")
                : Damaged(path);
        }

        if (stream.Length < LengthOfStart + length + LengthOfChecksum)
        {
            return IsCutOff(stream, length) ? null : throw Damaged(path);
        }

        var bytes = new byte[LengthOfStart + length + LengthOfChecksum];
        start.CopyTo(bytes, 0);
        stream.ReadExactly(bytes.AsSpan(LengthOfStart));
        return Crc64.HashToUInt64(bytes.AsSpan(0, LengthOfStart + length)) == BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(LengthOfStart + length))
            ? (bytes, LengthOfStart..(LengthOfStart + length))
            : throw Damaged(path);
    }

    /// <summary>Whether a stream begins with the name of a format; afterwards it is where it was.</summary>
    /// <param name="stream">The journal.</param>
    /// <param name="name">The name of the format.</param>
    public static bool Begins(Stream stream, ReadOnlySpan<byte> name)
    {
        var (start, position) = (new byte[LengthOfName], stream.Position);
        var isWhole = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length;
        stream.Position = position;
        return isWhole && start.AsSpan().SequenceEqual(name);
    }

    /// <summary>The checksum of a record, which the checksum of the beginning enters: no record is taken for one of another journal.</summary>
    /// <param name="record">The record without its checksum.</param>
    /// <param name="beginning">The beginning.</param>
    public static ulong Checksum(ReadOnlySpan<byte> record, ReadOnlySpan<byte> beginning)
    {
        var crc = new Crc64();
        crc.Append(beginning[^LengthOfChecksum..]);
        crc.Append(record);
        return crc.GetCurrentHashAsUInt64();
    }

    /// <summary>Whose journal begins so, in words; null for a beginning that no journal has. A beginning may end within the name.</summary>
    public static string? KindOf(ReadOnlySpan<byte> start) =>
        Begins(start, "WBJRNL1\n"u8) ? "a run of layers or of an architecture"
        : Begins(start, "WBONNX1\n"u8) ? "a run of an ONNX file"
        : Begins(start, "WBTRAIN1"u8) ? "train"
        : null;

    /// <summary>
    /// Whether a stream that is shorter than the stated length ends within its JSON object or the checksum after it. If something else follows the object, the
    /// length itself is damaged, and there may be records: they must not be discarded.
    /// </summary>
    private static bool IsCutOff(Stream stream, int length)
    {
        var rest = new byte[stream.Length - stream.Position];
        stream.ReadExactly(rest);
        var reader = new Utf8JsonReader(rest, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = ResultConfiguration.MostLevels }));
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType != JsonTokenType.StartObject)
                {
                    return reader.TokenType == JsonTokenType.EndObject && reader.BytesConsumed == length;
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return rest.Length < length;
    }

    private static bool Begins(ReadOnlySpan<byte> start, ReadOnlySpan<byte> name) => start.StartsWith(name) || name.StartsWith(start);

    private static InvalidInputException Damaged(string path) =>
        new(
            path,
            "expected a journal, found one whose damaged header does not show the experiment of its records; to start again, use "
                + $"{CampaignParameters.Overwrite} or remove the file"
        );
}
