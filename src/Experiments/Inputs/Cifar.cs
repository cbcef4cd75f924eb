namespace Wellbehaved.Experiments;

/// <summary>The training images of CIFAR-10 and CIFAR-100, in the binary version or in the version for Python.</summary>
/// <param name="name">The data set's name.</param>
/// <param name="labels">Number of bytes before the pixels in a record of the binary version.</param>
/// <param name="binaryFolder">Folder that the archive of the binary version unpacks to.</param>
/// <param name="binaryFiles">Its files.</param>
/// <param name="pythonFolder">Folder that the archive of the version for Python unpacks to.</param>
/// <param name="pythonFiles">Its files; torchvision leaves the same files.</param>
internal sealed class Cifar(string name, int labels, string binaryFolder, string[] binaryFiles, string pythonFolder, string[] pythonFiles)
{
    private const int Side = 32;
    private const int Channels = 3;
    private const int PixelsLength = Side * Side * Channels;
    private const string TestFile = "test_batch.bin";

    /// <summary>Ten classes: five files of 10,000 images.</summary>
    public static Cifar Of10Classes { get; } =
        new(
            "CIFAR-10",
            1,
            "cifar-10-batches-bin",
            [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")],
            "cifar-10-batches-py",
            [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}")]
        );

    /// <summary>A hundred classes: one file of 50,000 images.</summary>
    public static Cifar Of100Classes { get; } = new("CIFAR-100", 2, "cifar-100-binary", ["train.bin"], "cifar-100-python", ["train"]);

    private int RecordLength => labels + PixelsLength;

    /// <summary>Loads the images from a folder, or from the subfolder that the archive unpacks to.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The images; they are the same for both versions.</returns>
    /// <exception cref="InvalidInputException">A file is missing or damaged.</exception>
    public ImageSource Load(string folder)
    {
        if (Find(folder, binaryFolder, binaryFiles) is { } binary)
        {
            return Images(binary, binaryFiles, path => WithoutLabels(DataFile.ReadAll(path, RequireWholeRecords)));
        }

        return Find(folder, pythonFolder, pythonFiles) is { } python
            ? Images(python, pythonFiles, ReadPickle)
            : throw new InvalidInputException(
                folder,
                $"expected {name} in its binary version ({Range(binaryFiles)}, there or in {binaryFolder}) or in that for Python "
                    + $"({Range(pythonFiles)}, there or in {pythonFolder}), unpacked"
            );
    }

    /// <summary>Loads training and test images with their classes from a folder, or from the subfolder that the archive unpacks to.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The training and the test images.</returns>
    /// <exception cref="InvalidInputException">A file is missing or damaged, or there is only the version for Python.</exception>
    public (LabelledImages Training, LabelledImages Test) LoadLabelled(string folder)
    {
        var home =
            Find(folder, binaryFolder, binaryFiles)
            ?? throw new InvalidInputException(
                folder,
                $"expected {name} in its binary version ({Range(binaryFiles)} and {TestFile}, there or in {binaryFolder}), which has the labels "
                    + "beside the images"
            );
        return (Labelled(home, binaryFiles), Labelled(home, [TestFile]));
    }

    private LabelledImages Labelled(string home, string[] files)
    {
        byte[][] parts = [.. files.Select(file => DataFile.ReadAll(Path.Combine(home, file), RequireWholeRecords))];
        byte[] classes = [.. parts.SelectMany(part => Enumerable.Range(0, part.Length / RecordLength).Select(i => part[(i * RecordLength) + labels - 1]))];
        var pixels = new byte[classes.Length * PixelsLength];
        var target = 0;
        foreach (var part in parts)
        {
            for (var record = 0; record < part.Length; record += RecordLength)
            {
                Interleave(part.AsSpan(record + labels, PixelsLength), pixels.AsSpan(target, PixelsLength));
                target += PixelsLength;
            }
        }

        return new LabelledImages(
            new NpyArray(new NpyElementType('u', 1, false), [classes.Length, Side, Side, Channels], pixels),
            classes,
            LabelledImages.ClassesOfAll,
            $"{home}, {Range(files)}"
        );
    }

    /// <summary>The folder that holds at least one of the files; other missing files are reported when they are read.</summary>
    private static string? Find(string folder, string nested, string[] files) =>
        new[] { Path.Combine(folder, nested), folder }.FirstOrDefault(place => files.Any(file => File.Exists(Path.Combine(place, file))));

    private static string Range(string[] files) => files.Length == 1 ? files[0] : $"{files[0]} … {files[^1]}";

    private static StoredImages Images(string home, string[] files, Func<string, ReadOnlyMemory<byte>> read)
    {
        var parts = files.Select(file => read(Path.Combine(home, file))).ToList();
        var length = parts.Sum(part => (long)part.Length);
        if (length > Array.MaxLength)
        {
            throw new InvalidInputException(home, $"expected at most {Array.MaxLength} bytes of images, found {length}");
        }

        var pixels = new byte[length];
        var target = 0;
        foreach (var part in parts)
        {
            for (var image = 0; image < part.Length; image += PixelsLength)
            {
                Interleave(part.Span.Slice(image, PixelsLength), pixels.AsSpan(target, PixelsLength));
                target += PixelsLength;
            }
        }

        return new StoredImages(
            new NpyArray(new NpyElementType('u', 1, false), [pixels.Length / PixelsLength, Side, Side, Channels], pixels),
            home,
            ImageLayout.Nhwc
        );
    }

    /// <summary>Removes the labels from the records in place, so that the pixels follow each other.</summary>
    private ReadOnlyMemory<byte> WithoutLabels(byte[] records)
    {
        var count = records.Length / RecordLength;
        for (var i = 0; i < count; i++)
        {
            records.AsSpan((i * RecordLength) + labels, PixelsLength).CopyTo(records.AsSpan(i * PixelsLength));
        }

        return records.AsMemory(0, count * PixelsLength);
    }

    private ReadOnlyMemory<byte> ReadPickle(string path)
    {
        var data = PickledImages.Read(DataFile.ReadAll(path), path);
        return data.Width == PixelsLength
            ? data.Bytes
            : throw new InvalidInputException(path, $"expected rows of {PixelsLength} bytes in 'data' of {name}, found {data.Width}");
    }

    private void RequireWholeRecords(string path, long length)
    {
        if (length == 0 || length % RecordLength != 0)
        {
            throw new InvalidInputException(path, $"expected whole {name} records of {RecordLength} bytes, found {length} bytes");
        }
    }

    /// <summary>Reorders the pixels from one plane for each colour to one triple for each pixel.</summary>
    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> pixels)
    {
        for (var pixel = 0; pixel < Side * Side; pixel++)
        {
            for (var channel = 0; channel < Channels; channel++)
            {
                pixels[(pixel * Channels) + channel] = planes[(channel * Side * Side) + pixel];
            }
        }
    }
}
