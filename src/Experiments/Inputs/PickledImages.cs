namespace Wellbehaved.Experiments;

/// <summary>The array <c>data</c> of a pickled dictionary, as in CIFAR's version for Python.</summary>
/// <param name="Bytes">Images, one after the other.</param>
/// <param name="Width">Number of bytes of an image.</param>
internal readonly record struct PickledImages(ReadOnlyMemory<byte> Bytes, int Width)
{
    /// <summary>Reads a pickle without executing any part of it.</summary>
    /// <param name="file">The pickle.</param>
    /// <param name="name">Its name in messages.</param>
    /// <returns>The images.</returns>
    /// <exception cref="InvalidInputException">The file is damaged, or the pickle holds something else.</exception>
    public static PickledImages Read(byte[] file, string name)
    {
        try
        {
            return new PickleReader(file).ReadDictionary() is { Array: { } array }
                ? Read(array, file)
                : throw new FormatException("expected a pickled dictionary with an array 'data'");
        }
        catch (FormatException exception)
        {
            throw new InvalidInputException(
                name,
                $"{exception.Message}, as in CIFAR's files for Python; no code of the file was executed; save the images with np.save instead",
                exception
            );
        }
    }

    private static PickledImages Read(PickledArray array, byte[] file)
    {
        if (array is not { Shape: [> 0 and var count, > 0 and var width], ElementType: "u1" or "|u1" } || (Int128)count * width != array.Content.Length)
        {
            var found = $"shape ({string.Join(", ", array.Shape)}) of type {array.ElementType}";
            throw new FormatException($"expected 'data' to be a whole array of bytes (images, bytes of an image), found {found}");
        }

        var bytes = file.AsMemory(array.Content.Offset, array.Content.Length);
        return new PickledImages(array.IsFortran ? Transposed(bytes.Span, (int)count, (int)width) : bytes, (int)width);
    }

    private static byte[] Transposed(ReadOnlySpan<byte> columns, int count, int width)
    {
        var rows = new byte[columns.Length];
        for (var image = 0; image < count; image++)
        {
            for (var i = 0; i < width; i++)
            {
                rows[(image * width) + i] = columns[(i * count) + image];
            }
        }

        return rows;
    }
}
