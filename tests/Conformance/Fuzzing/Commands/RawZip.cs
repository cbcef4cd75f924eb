using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Wellbehaved.Tests.Conformance;

/// <summary>An entry of a zip file, with what the file says of it: as it is, unless somebody changes that.</summary>
internal sealed class RawEntry
{
    /// <summary>Makes an entry that is right.</summary>
    public RawEntry(string name, byte[] content, bool isDeflated)
    {
        Name = name;
        Stored = isDeflated ? Deflated(content) : content;
        Method = (ushort)(isDeflated ? 8 : 0);
        Checksum = Crc32.HashToUInt32(content);
        CompressedLength = (uint)Stored.Length;
        Length = (uint)content.Length;
    }

    /// <summary>Its name.</summary>
    public string Name { get; set; }

    /// <summary>The bytes that lie in the file.</summary>
    public byte[] Stored { get; set; }

    /// <summary>How they are said to be compressed: 0 not, 8 deflated, others unknown here.</summary>
    public ushort Method { get; set; }

    /// <summary>Said checksum of the content.</summary>
    public uint Checksum { get; set; }

    /// <summary>Said length of the stored bytes.</summary>
    public uint CompressedLength { get; set; }

    /// <summary>Said length of the content.</summary>
    public uint Length { get; set; }

    /// <summary>Encrypted, described after the content, spelled in UTF-8, …</summary>
    public ushort Flags { get; set; }

    /// <summary>Further fields in the directory.</summary>
    public byte[] Extra { get; set; } = [];

    /// <summary>Where the directory says that the entry lies; null for where it does.</summary>
    public uint? Offset { get; set; }

    /// <summary>Whether only the directory names it, so that another entry's bytes are its.</summary>
    public bool IsOnlyListed { get; set; }

    /// <summary>A copy that can be changed.</summary>
    public RawEntry Copy() => (RawEntry)MemberwiseClone();

    private static byte[] Deflated(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var deflate = new DeflateStream(stream, CompressionLevel.Fastest))
        {
            deflate.Write(content);
        }

        return stream.ToArray();
    }
}

/// <summary>Writes zip files, right and wrong ones.</summary>
internal static class RawZip
{
    /// <summary>The file.</summary>
    /// <param name="entries">Its entries.</param>
    /// <param name="comment">A comment at its end.</param>
    /// <param name="moreEntries">What the number of entries is wrong by.</param>
    public static byte[] Write(IReadOnlyList<RawEntry> entries, byte[] comment, int moreEntries = 0)
    {
        using var file = new MemoryStream();
        var offsets = new List<uint>();
        foreach (var entry in entries)
        {
            offsets.Add(entry.IsOnlyListed && offsets.Count > 0 ? offsets[^1] : (uint)file.Position);
            if (!entry.IsOnlyListed)
            {
                var name = Encoding.UTF8.GetBytes(entry.Name);
                Write(
                    file,
                    0x04034b50u,
                    (ushort)20,
                    entry.Flags,
                    entry.Method,
                    0u,
                    entry.Checksum,
                    entry.CompressedLength,
                    entry.Length,
                    (ushort)name.Length,
                    (ushort)0
                );
                file.Write(name);
                file.Write(entry.Stored);
            }
        }

        var start = (uint)file.Position;
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, name) = (entries[i], Encoding.UTF8.GetBytes(entries[i].Name));
            Write(file, 0x02014b50u, (ushort)20, (ushort)20, entry.Flags, entry.Method, 0u, entry.Checksum, entry.CompressedLength, entry.Length);
            Write(file, (ushort)name.Length, (ushort)entry.Extra.Length, (ushort)0, (ushort)0, (ushort)0, 0u, entry.Offset ?? offsets[i]);
            file.Write(name);
            file.Write(entry.Extra);
        }

        var count = (ushort)(entries.Count + moreEntries);
        Write(file, 0x06054b50u, (ushort)0, (ushort)0, count, count, (uint)file.Position - start, start, (ushort)comment.Length);
        file.Write(comment);
        return file.ToArray();
    }

    /// <summary>Writes numbers of two and of four bytes.</summary>
    private static void Write(MemoryStream file, params object[] numbers)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, Convert.ToUInt32(number, System.Globalization.CultureInfo.InvariantCulture));
            file.Write(number is ushort ? bytes[..sizeof(ushort)] : bytes);
        }
    }
}
