using System.Buffers.Binary;
using System.IO.Compression;

namespace Wellbehaved.Model;

/// <summary>The training images of MNIST in their IDX format, plain or compressed with gzip.</summary>
internal static class Mnist
{
    private const uint MagicOfImages = 0x00000803;
    private const int HeaderLength = 16;
    private const long MaxDeflateRatio = 1032;
    private static readonly string[] FileNames = ["train-images-idx3-ubyte", "train-images.idx3-ubyte", "train-images-idx3-ubyte.gz", "train-images.idx3-ubyte.gz"];

    /// <summary>Loads the images from a folder.</summary>
    /// <exception cref="InvalidInputException">The file is missing or damaged.</exception>
    public static ImageSource Load(string folder)
    {
        var path = FileNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new InvalidInputException(folder, $"expected one of the files {string.Join(", ", FileNames)}");
        var file = DataFile.ReadAll(path);
        try
        {
            using var plain = new MemoryStream(file);
            using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(plain, CompressionMode.Decompress) : plain;
            return new StoredImages(ReadImages(stream, path, file.Length * MaxDeflateRatio), path);
        }
        catch (Exception exception) when (exception is EndOfStreamException or InvalidDataException)
        {
            throw new InvalidInputException(path, "expected a whole IDX file, found a truncated or damaged one", exception);
        }
    }

    private static NpyArray ReadImages(Stream stream, string path, long mostBytes)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        stream.ReadExactly(header);
        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        var count = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        var width = BinaryPrimitives.ReadUInt32BigEndian(header[12..]);
        var size = (UInt128)count * height * width;
        if (magic != MagicOfImages || size == 0)
        {
            throw new InvalidInputException(path, "expected IDX images (magic number 0x00000803) of positive size");
        }

        if (size > (UInt128)Math.Min(mostBytes, Array.MaxLength))
        {
            throw new InvalidInputException(path, $"expected {size} pixels as its header says, found a file too small to hold them");
        }

        var pixels = new byte[(int)size];
        stream.ReadExactly(pixels);
        if (stream.ReadByte() >= 0)
        {
            throw new InvalidInputException(path, $"expected {size} pixels as its header says, found more bytes");
        }

        return new NpyArray(new NpyElementType('u', 1, false), [(int)count, (int)height, (int)width], pixels);
    }
}
