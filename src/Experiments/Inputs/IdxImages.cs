using System.Buffers.Binary;

namespace Wellbehaved.Experiments;

/// <summary>MNIST and Fashion-MNIST in their IDX format, plain or compressed with gzip.</summary>
internal static class IdxImages
{
    private const uint MagicOfImages = 0x00000803;
    private const uint MagicOfLabels = 0x00000801;
    private const int LengthOfImagesHeader = 16;
    private const int LengthOfLabelsHeader = 8;

    /// <summary>Loads the training images from a folder, or from the subfolder in which torchvision puts them.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="nameOfTorchvision">The data set's name in torchvision: <c>MNIST</c> or <c>FashionMNIST</c>, whose files have the same names.</param>
    /// <returns>The images.</returns>
    /// <exception cref="InvalidInputException">The file is missing or damaged.</exception>
    public static ImageSource Load(string folder, string nameOfTorchvision)
    {
        var path = Find(folder, nameOfTorchvision, "train-images", 3);
        return new StoredImages(Images(DataFile.ReadAll(path, beginning: OfImages(path)), path), path, ImageLayout.Nhw);
    }

    /// <summary>Loads the training or the test images from a folder, with their labels.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="nameOfTorchvision">The data set's name in torchvision.</param>
    /// <param name="part"><c>train</c> or <c>t10k</c>, as in the names of the files.</param>
    /// <returns>The images.</returns>
    /// <exception cref="InvalidInputException">A file is missing or damaged, or labels and images do not fit each other.</exception>
    public static LabelledImages LoadLabelled(string folder, string nameOfTorchvision, string part)
    {
        var images = Find(folder, nameOfTorchvision, $"{part}-images", 3);
        var labels = Find(folder, nameOfTorchvision, $"{part}-labels", 1);
        return new LabelledImages(
            Images(DataFile.ReadAll(images, beginning: OfImages(images)), images),
            Labels(DataFile.ReadAll(labels, beginning: OfLabels(labels)), labels),
            LabelledImages.ClassesOfAll,
            labels
        );
    }

    private static DataFile.Beginning OfImages(string path) =>
        new(
            LengthOfImagesHeader,
            start =>
            {
                Require(start, path, LengthOfImagesHeader, MagicOfImages, "images (magic number 0x00000803) of positive size");
                return LengthOfImagesHeader
                    + (
                        (UInt128)BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(4))
                        * BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(8))
                        * BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(12))
                    );
            }
        );

    private static DataFile.Beginning OfLabels(string path) =>
        new(
            LengthOfLabelsHeader,
            start =>
            {
                Require(start, path, LengthOfLabelsHeader, MagicOfLabels, "labels (magic number 0x00000801)");
                return LengthOfLabelsHeader + (UInt128)BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(4));
            }
        );

    /// <summary>The pixels of a file of images, as bytes (images, height, width).</summary>
    /// <param name="file">Its content, decompressed.</param>
    /// <param name="path">The file's name in messages.</param>
    internal static NpyArray Images(byte[] file, string path)
    {
        Require(file, path, LengthOfImagesHeader, MagicOfImages, "images (magic number 0x00000803) of positive size");
        var count = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(4));
        var height = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(8));
        var width = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(12));
        var size = (UInt128)count * height * width;
        if (size == 0)
        {
            throw new InvalidInputException(
                path,
                $"expected IDX images (magic number 0x00000803) of positive size, found {Counted.Spell(count, "image")} of {height} × {width} pixels"
            );
        }

        return size == (UInt128)(file.Length - LengthOfImagesHeader)
            ? new NpyArray(new NpyElementType('u', 1, false), [(int)count, (int)height, (int)width], file[LengthOfImagesHeader..])
            : throw new InvalidInputException(path, $"expected {size} pixels as its header says, found {file.Length - LengthOfImagesHeader}");
    }

    /// <summary>The labels of a file of labels.</summary>
    /// <param name="file">Its content, decompressed.</param>
    /// <param name="path">The file's name in messages.</param>
    internal static byte[] Labels(byte[] file, string path)
    {
        Require(file, path, LengthOfLabelsHeader, MagicOfLabels, "labels (magic number 0x00000801)");
        var count = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(4));
        return count == file.Length - LengthOfLabelsHeader
            ? file[LengthOfLabelsHeader..]
            : throw new InvalidInputException(path, $"expected {count} labels as its header says, found {file.Length - LengthOfLabelsHeader}");
    }

    private static void Require(byte[] file, string path, int headerLength, uint magic, string what)
    {
        if (file.Length < headerLength)
        {
            throw new InvalidInputException(path, "expected a whole IDX file, found a truncated or damaged one");
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(file) is var found && found != magic)
        {
            throw new InvalidInputException(path, $"expected IDX {what}, found {Described(found)}");
        }
    }

    /// <summary>What an IDX file of another magic number holds: two bytes of zero, the type of its numbers, and the number of its axes.</summary>
    private static string Described(uint magic)
    {
        var type = ((magic >> 8) & 0xff) switch
        {
            0x08 => "bytes",
            0x09 => "signed bytes",
            0x0b => "16-bit integers",
            0x0c => "32-bit integers",
            0x0d => "32-bit floats",
            0x0e => "64-bit floats",
            _ => null,
        };
        return magic >> 16 == 0 && type is not null
            ? $"{type} of {magic & 0xff} {((magic & 0xff) == 1 ? "axis" : "axes")} (0x{magic:X8})"
            : $"0x{magic:X8}, which is none of IDX";
    }

    private static string Find(string folder, string nameOfTorchvision, string stem, int axes)
    {
        string[] names = [$"{stem}-idx{axes}-ubyte", $"{stem}.idx{axes}-ubyte", $"{stem}-idx{axes}-ubyte.gz", $"{stem}.idx{axes}-ubyte.gz"];
        var inside = Path.Combine(nameOfTorchvision, "raw");
        var isTorchvision = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) == nameOfTorchvision;
        string[] folders = isTorchvision ? [folder, Path.Combine(folder, "raw")] : [folder, Path.Combine(folder, inside)];
        return folders.SelectMany(place => names.Select(name => Path.Combine(place, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidInputException(folder, $"expected one of the files {string.Join(", ", names)}, there or in {inside}");
    }
}
