namespace Wellbehaved.Experiments;

/// <summary>Which numbers a pixel may be.</summary>
internal static class PixelRange
{
    /// <summary>Single precision holds sums of the squares of such pixels with room to spare.</summary>
    private const double LargestPixel = 1e15;

    /// <summary>Refuses arrays of text.</summary>
    /// <param name="type">Type of the elements.</param>
    /// <param name="name">What to call the array in messages.</param>
    /// <exception cref="InvalidInputException">The elements are no numbers.</exception>
    public static void RequireNumbers(NpyElementType type, string name)
    {
        if (type.Kind == 'U')
        {
            throw new InvalidInputException(name, $"expected images, an array of numbers, found text of type {type.Spelling}");
        }
    }

    /// <summary>Refuses what is not finite, or too large.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <param name="first">Index of the first one in its array.</param>
    /// <param name="name">What to call the array in messages.</param>
    /// <exception cref="InvalidInputException">One of them is not a finite number of magnitude up to 1e15.</exception>
    public static void Require(ReadOnlySpan<double> pixels, long first, string name)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            if (!(Math.Abs(pixels[i]) <= LargestPixel))
            {
                throw new InvalidInputException(name, $"expected finite pixels of magnitude up to {LargestPixel:e0}, found {pixels[i]} at element {first + i}");
            }
        }
    }
}
