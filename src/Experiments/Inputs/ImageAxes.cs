namespace Wellbehaved.Experiments;

/// <summary>How an array is read as images.</summary>
/// <param name="Layout">Which axis is which.</param>
/// <param name="Count">Images.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Channels">Channels of a pixel.</param>
internal readonly record struct ImageAxes(ImageLayout Layout, int Count, int Height, int Width, int Channels)
{
    /// <summary>Names of the layouts, as the command spells them.</summary>
    public static string Names { get; } = string.Join(", ", Enum.GetNames<ImageLayout>().Select(name => name.ToLowerInvariant()));

    /// <summary>Numbers in an image.</summary>
    public long ImageLength => (long)Height * Width * Channels;

    /// <summary>Whether the stored numbers of an image are a plane for each channel, one after the other.</summary>
    public bool HasChannelsFirst => Layout is ImageLayout.Nchw or ImageLayout.Chw;

    /// <summary>Reads the shape of an array.</summary>
    /// <param name="shape">Extents of its axes.</param>
    /// <param name="layout">Which axis is which; null where the user does not say.</param>
    /// <param name="name">What to call the array in messages.</param>
    /// <returns>The axes.</returns>
    /// <exception cref="InvalidInputException">
    /// The array has another number of axes than images have, or than the layout has; or nothing was said and another layout fits better.
    /// </exception>
    public static ImageAxes Read(IReadOnlyList<int> shape, ImageLayout? layout, string name)
    {
        var found = $"shape ({string.Join(", ", shape)})";
        if (shape.Count is not (3 or 4) || shape.Contains(0))
        {
            throw new InvalidInputException(
                name,
                $"expected images of shape (count, height, width[, channels]), or another that --layout names, found {found}"
            );
        }

        if (layout is { } given)
        {
            var axes = given is ImageLayout.Nhwc or ImageLayout.Nchw ? 4 : 3;
            return axes == shape.Count
                ? Named(given, shape)
                : throw new InvalidInputException(name, $"expected {axes} axes with --layout {Spell(given)}, found {found}");
        }

        var (usual, other) = shape.Count == 4 ? (ImageLayout.Nhwc, ImageLayout.Nchw) : (ImageLayout.Nhw, ImageLayout.Hwc);
        var reading = Named(usual, shape);
        return IsOtherLikelier(shape)
            ? throw new InvalidInputException(name, $"expected --layout, since {found} is either {reading} or {Named(other, shape)}")
            : reading;
    }

    /// <summary>What is written where this reading could be mistaken; null where it could not.</summary>
    public string? Remark =>
        Layout == ImageLayout.Nhw && Count is 3 or 4 && Height > 4 && Width > 4
            ? $"read as {this}; a single image whose channels come first is --layout chw"
            : null;

    /// <summary>Puts the numbers of an image as they are stored into the order (height, width, channels).</summary>
    /// <param name="stored">The numbers of the image, as they follow each other in the array.</param>
    /// <param name="pixels">Receives them.</param>
    public void Arrange(ReadOnlySpan<double> stored, Span<double> pixels)
    {
        if (!HasChannelsFirst)
        {
            stored.CopyTo(pixels);
            return;
        }

        var positions = Height * Width;
        for (var channel = 0; channel < Channels; channel++)
        {
            for (var position = 0; position < positions; position++)
            {
                pixels[(position * Channels) + channel] = stored[(channel * positions) + position];
            }
        }
    }

    /// <summary>The reading in words.</summary>
    public override string ToString()
    {
        var (grey, further) = Channels == 1 ? ("grey ", string.Empty) : (string.Empty, $" with {Channels} channels");
        return $"{Count} {grey}image{(Count == 1 ? string.Empty : "s")} of {Height} × {Width} pixels{further} (--layout {Spell(Layout)})";
    }

    /// <summary>
    /// Channels number 1, 3 or 4. An axis of that extent stands where another usual layout has its channels, and the axis where they should be is longer.
    /// </summary>
    private static bool IsOtherLikelier(IReadOnlyList<int> shape) =>
        shape.Count == 4 ? shape[1] is 1 or 3 or 4 && shape[3] > shape[1] : shape[2] is 1 or 3 or 4 && shape[0] > shape[2] && shape[1] > shape[2];

    private static ImageAxes Named(ImageLayout layout, IReadOnlyList<int> shape) =>
        layout switch
        {
            ImageLayout.Nhwc => new(layout, shape[0], shape[1], shape[2], shape[3]),
            ImageLayout.Nchw => new(layout, shape[0], shape[2], shape[3], shape[1]),
            ImageLayout.Nhw => new(layout, shape[0], shape[1], shape[2], 1),
            ImageLayout.Hwc => new(layout, 1, shape[0], shape[1], shape[2]),
            ImageLayout.Chw => new(layout, 1, shape[1], shape[2], shape[0]),
            _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, $"expected {Names}"),
        };

    private static string Spell(ImageLayout layout) => layout.ToString().ToLowerInvariant();
}
