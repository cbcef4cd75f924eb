namespace Wellbehaved.Experiments;

/// <summary>The meaning of the axes of an array of images.</summary>
/// <param name="Layout">The meaning of each axis.</param>
/// <param name="Count">Number of images.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Channels">Channels of a pixel.</param>
internal readonly record struct ImageAxes(ImageLayout Layout, int Count, int Height, int Width, int Channels)
{
    /// <summary>Names of the layouts, as the command spells them.</summary>
    public static string Names { get; } = string.Join(", ", Enum.GetNames<ImageLayout>().Select(name => name.ToLowerInvariant()));

    /// <summary>Numbers in an image.</summary>
    public long ImageLength => (long)Height * Width * Channels;

    /// <summary>Whether an image is stored as one plane for each channel, one after the other.</summary>
    public bool HasChannelsFirst => Layout is ImageLayout.Nchw or ImageLayout.Chw;

    /// <summary>Reads the shape of an array.</summary>
    /// <param name="shape">Extents of its axes.</param>
    /// <param name="layout">The meaning of each axis; null where the user does not give it.</param>
    /// <param name="name">The array's name in messages.</param>
    /// <returns>The axes.</returns>
    /// <exception cref="InvalidInputException">
    /// The array has another number of axes than images have, or than the layout has; or no layout was given and another one than the default is more likely.
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
        return IsMatlab(shape)
                ? throw new InvalidInputException(
                    name,
                    $"expected images one after the other, since {found} is either {reading} or, as in MATLAB's files, {shape[3]} images of {shape[0]} × {shape[1]} "
                        + $"pixels with {shape[2]} channels, which np.transpose(images, (3, 0, 1, 2)) brings into order; --layout nhwc says the former"
                )
            : IsOtherLikelier(shape) ? throw new InvalidInputException(name, $"expected --layout, since {found} is either {reading} or {Named(other, shape)}")
            : reading;
    }

    /// <summary>A remark for the user where the array could be misread; null otherwise.</summary>
    public string? Remark =>
        Layout == ImageLayout.Nhw && Count is 3 or 4 && Height > 4 && Width > 4
            ? $"read as {this}; a single image whose channels come first is --layout chw"
            : null;

    /// <summary>Reorders the numbers of an image from the order in which they are stored to (height, width, channels).</summary>
    /// <param name="stored">The numbers of the image, in the order of the array.</param>
    /// <param name="pixels">Receives them in the new order.</param>
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

    /// <summary>The axes in words.</summary>
    public override string ToString()
    {
        var (grey, further) = Channels == 1 ? ("grey ", string.Empty) : (string.Empty, $" with {Channels} channels");
        return $"{Count} {grey}image{(Count == 1 ? string.Empty : "s")} of {Height} × {Width} pixels{further} (--layout {Spell(Layout)})";
    }

    /// <summary>
    /// Whether another usual layout is more likely than the default: the axis where that layout has its channels is of length 1, 3 or 4, and the axis where the
    /// default has its channels is longer.
    /// </summary>
    private static bool IsOtherLikelier(IReadOnlyList<int> shape) =>
        shape.Count == 4 ? shape[1] is 1 or 3 or 4 && shape[3] > shape[1] : shape[2] is 1 or 3 or 4 && shape[0] > shape[2] && shape[1] > shape[2];

    /// <summary>
    /// Whether an array of four axes is more likely (height, width, channels, images), as the .mat files of SVHN are: the third axis is that of 1, 3 or 4
    /// channels, and the last one is longer. An image of such a width with more channels than columns is rarer.
    /// </summary>
    private static bool IsMatlab(IReadOnlyList<int> shape) =>
        shape.Count == 4 && shape[2] is 1 or 3 or 4 && shape[3] > shape[2] && shape[0] > shape[2] && shape[1] > shape[2];

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
