namespace Wellbehaved.Files;

/// <summary>How much memory arrays that somebody else wrote may take, decided by their headers before any of them is read.</summary>
/// <remarks>
/// Stored bytes may stand for a thousand times as many where they are compressed, and a byte becomes a double, a row an array of its own. Honest
/// results stay below the allowance: numbers that vary compress to a half at most, and become twice as many bytes where they are read. What is small
/// anyway may be as compressible as it likes.
/// </remarks>
internal static class ReadingAllowance
{
    private const int PerStoredByte = 8;
    private const long Free = 32 << 20;
    private const int BytesOfRow = 40;
    private const long MostBytesOfText = 4 << 20;

    /// <summary>Refuses arrays that would take too much.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="arrays">Where they are stored.</param>
    /// <param name="names">Those that will be read.</param>
    /// <exception cref="InvalidInputException">They would, or one of them is damaged.</exception>
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
                    $"expected arrays of at most {allowed} bytes in memory for a file of {arrays.StoredBytes}, found more, '{name}' of {header} "
                        + "among them; numpy.savez in float64 without compression is accepted"
                );
            }
        }
    }
}
