namespace Wellbehaved.Files;

/// <summary>Limits the memory that arrays from outside may take; the headers decide, before any array is read.</summary>
/// <remarks>
/// A compressed file may expand a thousandfold. In addition a byte becomes a double when it is read, and a row becomes an array of its own. Real results stay
/// below the limit: numbers that vary compress to a half at best, and take twice as many bytes when they are read. Small arrays may be compressed to any
/// degree.
/// </remarks>
internal static class ReadingAllowance
{
    private const int PerStoredByte = 8;
    private const int LargestRatioOfImages = 50;
    private const long Free = 32 << 20;
    private const int BytesOfRow = 40;
    private const long MostBytesOfText = 4 << 20;

    /// <summary>
    /// Refuses images that a file is too small for: pixels compress to a fifth, and what compresses to less than a fiftieth holds no images. The header
    /// decides, before the array is read.
    /// </summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="arrays">The stored arrays.</param>
    /// <param name="name">Name of the array of images.</param>
    /// <exception cref="InvalidInputException">The images would take too much memory, or the array is damaged.</exception>
    public static void RequireImages(string path, IArrayCollection arrays, string name)
    {
        var allowed = Int128.Max(Free, LargestRatioOfImages * (Int128)arrays.StoredBytes);
        var header = arrays.Describe(name);
        if (header.Bytes > allowed)
        {
            throw new InvalidInputException(
                path,
                $"expected images of at most {allowed} bytes in a file of {arrays.StoredBytes} bytes, found '{name}' of {header}, {header.Bytes} bytes; "
                    + "save them with numpy.savez, which does not compress, or as .npy"
            );
        }
    }

    /// <summary>Refuses arrays that would take too much memory.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="arrays">The stored arrays.</param>
    /// <param name="names">Names of the arrays that will be read.</param>
    /// <exception cref="InvalidInputException">The arrays would take too much memory, or one of them is damaged.</exception>
    public static void Require(string path, IArrayCollection arrays, IEnumerable<string> names)
    {
        var allowed = Free + (PerStoredByte * (UInt128)arrays.StoredBytes);
        var needed = UInt128.Zero;
        foreach (var name in names)
        {
            var header = arrays.Describe(name);
            if (header.ElementType.Kind == 'U' && header.Bytes > MostBytesOfText)
            {
                throw new InvalidInputException(path, $"expected a text of at most {MostBytesOfText} bytes in '{name}', found {header}");
            }

            needed += (UInt128)header.Bytes + ((UInt128)header.Count * sizeof(double)) + (header.Shape.Count > 0 ? (UInt128)header.Shape[0] * BytesOfRow : 0);
            if (needed > allowed)
            {
                throw new InvalidInputException(
                    path,
                    $"expected arrays of at most {allowed} bytes in memory for a file of {arrays.StoredBytes} bytes, "
                        + $"found more, among them '{name}' of {header}; "
                        + "save them as float64 with numpy.savez, which does not compress"
                );
            }
        }
    }
}
