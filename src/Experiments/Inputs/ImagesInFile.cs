using System.IO.Hashing;
using System.Text;

namespace Wellbehaved.Experiments;

/// <summary>Images of an <c>.npy</c> file that is too large for the memory: the images of a simulation are read when they are drawn.</summary>
internal sealed class ImagesInFile : ImageSource
{
    /// <summary>Number of parts of the file, each of one page, that the checksum is computed of: a few megabytes for a file of any size.</summary>
    private const int PartsOfChecksum = 1024;

    private const int PageLength = 4096;
    private readonly FileStream _file;
    private readonly NpyHeader _header;
    private readonly ImageAxes _axes;
    private readonly string _name;

    private ImagesInFile(FileStream file, NpyHeader header, ImageAxes axes, string name) => (_file, _header, _axes, _name) = (file, header, axes, name);

    /// <inheritdoc/>
    public override int? Count => _axes.Count;

    /// <inheritdoc/>
    public override int Height => _axes.Height;

    /// <inheritdoc/>
    public override int Width => _axes.Width;

    /// <inheritdoc/>
    public override int Channels => _axes.Channels;

    /// <summary>A checksum of evenly spaced parts of the file, since reading all of it would take longer than the experiment.</summary>
    public override string Checksum
    {
        get
        {
            var hash = new XxHash128();
            hash.Append(Encoding.ASCII.GetBytes(StoredImages.ChecksumLabel(_header.ElementType, _header.Shape, _axes.Layout)));
            var page = new byte[Math.Min(PageLength, _header.Bytes)];
            var last = _header.Bytes - page.Length;
            for (var part = 0; part < PartsOfChecksum; part++)
            {
                Read(_header.Offset + (long)((Int128)last * part / (PartsOfChecksum - 1)), page);
                hash.Append(page);
            }

            return $"sample-{Convert.ToHexStringLower(hash.GetCurrentHash())}";
        }
    }

    /// <inheritdoc/>
    internal override string? Remark => _axes.Remark is { } remark ? $"{_name}: {remark}" : null;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layout">The meaning of each axis; null where the user does not give it.</param>
    /// <returns>Its images.</returns>
    /// <exception cref="InvalidInputException">The file cannot be read, or does not hold images.</exception>
    public static ImagesInFile Open(string path, ImageLayout? layout)
    {
        FileStream? file = null;
        try
        {
            // The file stays open, so that later reads are from the file whose header was checked.
            file = RegularFile.Open(path);
            var header = NpyFormat.ReadHeader(file, file.Length, path);
            if (header.IsFortranOrder)
            {
                throw new InvalidInputException(
                    path,
                    $"expected an array in C order, which is read image by image, since {header.Bytes} bytes do not fit into memory; found one in Fortran "
                        + "order: save np.ascontiguousarray(a)"
                );
            }

            PixelRange.RequireNumbers(header.ElementType, path);
            var axes = ImageAxes.Read(header.Shape, layout, path);
            if (axes.ImageLength * header.ElementType.Size > Array.MaxLength)
            {
                throw new InvalidInputException(path, $"expected images of at most {Array.MaxLength} bytes, found {axes}");
            }

            var images = new ImagesInFile(file, header, axes, path);
            file = null;
            return images;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(path, $"expected a readable file ({exception.Message})", exception);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <inheritdoc/>
    public override void FillBatch(ulong seed, uint simulation, int images, Span<double> destination)
    {
        var chosen = BatchSelection.WithoutReplacement(seed, simulation, _axes.Count, images);
        var length = (int)_axes.ImageLength;
        var (bytes, stored) = (new byte[length * _header.ElementType.Size], new double[length]);
        for (var i = 0; i < images; i++)
        {
            Read(_header.Offset + ((long)chosen[i] * bytes.Length), bytes);
            try
            {
                new NpyArray(_header.ElementType, [length], bytes).Decode(0, stored);
            }
            catch (FormatException exception)
            {
                throw new InvalidInputException(_name, exception.Message, exception);
            }

            PixelRange.Require(stored, (long)chosen[i] * length, _name);
            _axes.Arrange(stored, destination.Slice(i * length, length));
        }
    }

    private void Read(long offset, Span<byte> destination)
    {
        try
        {
            for (var done = 0; done < destination.Length; )
            {
                var count = RandomAccess.Read(_file.SafeFileHandle, destination[done..], offset + done);
                done += count > 0 ? count : throw new EndOfStreamException("the file has become shorter");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(_name, $"expected a readable file ({exception.Message})", exception);
        }
    }
}
