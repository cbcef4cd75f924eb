namespace Wellbehaved.Model;

/// <summary>The training images of CIFAR-10 in the official binary version.</summary>
internal static class Cifar10
{
    private const int Side = 32;
    private const int Channels = 3;
    private const int RecordLength = 1 + (Side * Side * Channels);

    /// <summary>Loads <c>data_batch_1.bin</c> to <c>data_batch_5.bin</c> from a folder, or from <c>cifar-10-batches-bin</c> in it.</summary>
    /// <exception cref="InvalidInputException">A file is missing or not made of whole records.</exception>
    public static ImageSource Load(string folder)
    {
        var nested = Path.Combine(folder, "cifar-10-batches-bin");
        var home = Directory.Exists(nested) ? nested : folder;
        var files = Enumerable.Range(1, 5).Select(i => DataFile.ReadAll(Path.Combine(home, $"data_batch_{i}.bin"), RequireWholeRecords)).ToList();
        var count = files.Sum(file => file.Length / RecordLength);
        var pixels = new byte[count * (RecordLength - 1)];
        var target = 0;
        foreach (var file in files)
        {
            for (var record = 0; record < file.Length; record += RecordLength)
            {
                Interleave(file.AsSpan(record + 1, RecordLength - 1), pixels.AsSpan(target, RecordLength - 1));
                target += RecordLength - 1;
            }
        }

        return new StoredImages(new NpyArray(new NpyElementType('u', 1, false), [count, Side, Side, Channels], pixels), home);
    }

    private static void RequireWholeRecords(string path, long length)
    {
        if (length == 0 || length % RecordLength != 0)
        {
            throw new InvalidInputException(path, $"expected whole CIFAR-10 records of {RecordLength} bytes, found {length} bytes");
        }
    }

    /// <summary>From one plane per colour to one triple per pixel.</summary>
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
