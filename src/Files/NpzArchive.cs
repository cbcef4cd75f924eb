using System.IO.Compression;
using System.IO.Hashing;

namespace Wellbehaved.Files;

/// <summary>A NumPy archive (<c>.npz</c>): named arrays in a zip file.</summary>
/// <remarks>
/// Arrays are decoded when they are asked for. Before memory is allocated, sizes are checked against the greatest size that the compressed bytes can have;
/// afterwards checksums are checked.
/// </remarks>
internal sealed class NpzArchive : IArrayCollection, IDisposable
{
    /// <summary>The greatest ratio of compression that the deflate format allows.</summary>
    private const long MaxDeflateRatio = 1032;

    /// <summary>The least number of bytes that an entry takes in addition to its content.</summary>
    private const int LocalHeaderBytes = 30;

    private const string Extension = ".npy";
    private static readonly DateTimeOffset FixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _path;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];

    private NpzArchive(string path, ZipArchive archive, long bytes)
    {
        _path = path;
        _archive = archive;
        StoredBytes = bytes;

        // Entries that share the same bytes would let a small file expand to a very large one.
        if (archive.Entries.Aggregate(UInt128.Zero, (sum, entry) => sum + (ulong)entry.CompressedLength + LocalHeaderBytes) > (ulong)bytes)
        {
            throw new InvalidInputException(path, $"expected entries that do not overlap, found entries that claim more than the {bytes} bytes of the file");
        }

        foreach (var entry in archive.Entries)
        {
            var name = entry.FullName.EndsWith(Extension, StringComparison.Ordinal) ? entry.FullName[..^Extension.Length] : entry.FullName;
            if (!_entries.TryAdd(name, entry))
            {
                throw new InvalidInputException(path, $"expected each array once, found '{name}' twice");
            }
        }
    }

    /// <summary>Names of the arrays.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Bytes of the file.</summary>
    public long StoredBytes { get; }

    /// <summary>Opens an archive.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The archive; dispose of it after reading.</returns>
    /// <exception cref="InvalidInputException">The file is missing or is not a zip archive.</exception>
    public static NpzArchive Open(string path) => Open(RegularFile.Open(path), path);

    /// <summary>Opens an archive from an open file.</summary>
    /// <param name="file">The file; it is closed with the archive, or at once if it is not an archive.</param>
    /// <param name="path">The file's name in messages.</param>
    /// <returns>The archive; dispose of it after reading.</returns>
    /// <exception cref="InvalidInputException">The file is not a zip archive, or cannot be read.</exception>
    public static NpzArchive Open(FileStream file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        var stream = file;
        try
        {
            var archive = new NpzArchive(path, new ZipArchive(stream, ZipArchiveMode.Read), stream.Length);
            stream = null;
            return archive;
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidInputException(path, "expected a NumPy archive (.npz), found a file that is not a whole zip archive", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(path, $"expected a readable file ({exception.Message})", exception);
        }
        finally
        {
            stream?.Dispose();
        }
    }

    /// <summary>Writes an archive; the file is either complete or not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">Names and arrays, in the order in which they are to be stored.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NpyArray>> arrays) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
                foreach (var (name, array) in arrays)
                {
                    // Entries are not compressed and have a fixed time, so that equal results give equal files, whatever the compressor's version and the
                    // clock.
                    var entry = archive.CreateEntry(name + Extension, CompressionLevel.NoCompression);
                    entry.LastWriteTime = FixedTime;
                    using var content = entry.Open();
                    NpyFormat.Write(content, array);
                }
            }
        );

    /// <summary>Whether there is an array of this name.</summary>
    /// <param name="name">Name without extension.</param>
    /// <returns>True if so.</returns>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Reads an array.</summary>
    /// <param name="name">Name without extension.</param>
    /// <returns>The array.</returns>
    /// <exception cref="InvalidInputException">There is no such array, or it is damaged.</exception>
    public NpyArray Read(string name)
    {
        using var content = Open(name, out var entry, out var label);
        return Guarded(
            label,
            () =>
            {
                var array = NpyFormat.Read(content, entry.Length, label);
                return content.Checksum == entry.Crc32
                    ? array
                    : throw new InvalidInputException(label, "expected the checksum that the archive states, found damaged bytes");
            }
        );
    }

    /// <summary>
    /// Reads the header of an array, but not its elements, so that the caller can refuse an unwanted type or shape before it takes memory.
    /// </summary>
    /// <param name="name">Name without extension.</param>
    /// <returns>Type and shape.</returns>
    /// <exception cref="InvalidInputException">There is no such array, or its header is damaged.</exception>
    public NpyHeader Describe(string name)
    {
        using var content = Open(name, out var entry, out var label);
        return Guarded(label, () => NpyFormat.ReadHeader(content, entry.Length, label));
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private ChecksummedStream Open(string name, out ZipArchiveEntry entry, out string label)
    {
        if (!_entries.TryGetValue(name, out var found))
        {
            throw new InvalidInputException(_path, $"expected an array '{name}'");
        }

        entry = found;
        label = $"{_path} ({name})";
        return found.Length <= (found.CompressedLength * MaxDeflateRatio) + MaxDeflateRatio
            ? Guarded(label, () => new ChecksummedStream(found.Open()))
            : throw new InvalidInputException(
                label,
                $"expected a possible size, but {found.CompressedLength} compressed bytes cannot expand to the stated {found.Length} bytes"
            );
    }

    private static T Guarded<T>(string label, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or NotSupportedException)
        {
            throw new InvalidInputException(label, $"expected a readable array ({exception.Message})", exception);
        }
    }

    /// <summary>Computes a checksum of the bytes that are read through it.</summary>
    private sealed class ChecksummedStream(Stream inner) : Stream
    {
        private readonly Crc32 _crc = new();

        public uint Checksum => _crc.GetCurrentHashAsUInt32();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var count = inner.Read(buffer);
            _crc.Append(buffer[..count]);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
