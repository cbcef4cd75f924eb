namespace Wellbehaved.Experiments;

/// <summary>The range of numbers that pixels may have.</summary>
internal static class PixelRange
{
    /// <summary>The greatest magnitude of a pixel; sums of its square fit single precision easily.</summary>
    private const double LargestPixel = 1e15;

    /// <summary>Refuses arrays of text.</summary>
    /// <param name="type">Type of the elements.</param>
    /// <param name="name">The array's name in messages.</param>
    /// <exception cref="InvalidInputException">The elements are not numbers.</exception>
    public static void RequireNumbers(NpyElementType type, string name)
    {
        if (type.Kind == 'U')
        {
            throw new InvalidInputException(name, $"expected images, an array of numbers, found text of type {type.Spelling}");
        }
    }

    /// <summary>Refuses pixels that are not finite or are too large.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <param name="first">Index of the first one in its array.</param>
    /// <param name="name">The array's name in messages.</param>
    /// <exception cref="InvalidInputException">One of them is not a finite number of magnitude up to 1e15.</exception>
    public static void Require(ReadOnlySpan<double> pixels, long first, string name)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            if (!(Math.Abs(pixels[i]) <= LargestPixel))
            {
                throw new InvalidInputException(
                    name,
                    $"expected finite pixels of magnitude up to {LargestPixel:0e0}, found {pixels[i]} at element {first + i}"
                );
            }
        }
    }
}
