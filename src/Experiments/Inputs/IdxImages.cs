using System.Buffers.Binary;

namespace Wellbehaved.Experiments;

/// <summary>The training images of MNIST and of Fashion-MNIST in their IDX format, plain or compressed with gzip.</summary>
internal static class IdxImages
{
    private const uint MagicOfImages = 0x00000803;
    private const int HeaderLength = 16;
    private static readonly string[] FileNames = ["train-images-idx3-ubyte", "train-images.idx3-ubyte", "train-images-idx3-ubyte.gz", "train-images.idx3-ubyte.gz"];

    /// <summary>Loads the images from a folder, or from where torchvision puts them in it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="nameOfTorchvision">What torchvision calls the data set: <c>MNIST</c> or <c>FashionMNIST</c>, whose files have the same names.</param>
    /// <returns>The images.</returns>
    /// <exception cref="InvalidInputException">The file is missing or damaged.</exception>
    public static ImageSource Load(string folder, string nameOfTorchvision)
    {
        var inside = Path.Combine(nameOfTorchvision, "raw");
        var isTorchvision = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) == nameOfTorchvision;
        string[] folders = isTorchvision ? [folder, Path.Combine(folder, "raw")] : [folder, Path.Combine(folder, inside)];
        var path = folders.SelectMany(place => FileNames.Select(name => Path.Combine(place, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidInputException(folder, $"expected one of the files {string.Join(", ", FileNames)}, there or in {inside}");
        return new StoredImages(Decode(DataFile.ReadAll(path), path), path);
    }

    private static NpyArray Decode(byte[] file, string path)
    {
        if (file.Length < HeaderLength)
        {
            throw new InvalidInputException(path, "expected a whole IDX file, found a truncated or damaged one");
        }

        var magic = BinaryPrimitives.ReadUInt32BigEndian(file);
        var count = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(4));
        var height = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(8));
        var width = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(12));
        var size = (UInt128)count * height * width;
        if (magic != MagicOfImages || size == 0)
        {
            throw new InvalidInputException(path, "expected IDX images (magic number 0x00000803) of positive size");
        }

        return size == (UInt128)(file.Length - HeaderLength)
            ? new NpyArray(new NpyElementType('u', 1, false), [(int)count, (int)height, (int)width], file[HeaderLength..])
            : throw new InvalidInputException(path, $"expected {size} pixels as its header says, found {file.Length - HeaderLength}");
    }
}
