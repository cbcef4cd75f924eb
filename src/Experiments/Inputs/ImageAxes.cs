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
                "expected images of shape (count, height, width[, channels]), or another that "
                    + $"{ParameterName.Spell(nameof(ExperimentOptions.Layout))} names, found {found}"
            );
        }

        if (layout is { } given)
        {
            var axes = given is ImageLayout.Nhwc or ImageLayout.Nchw ? 4 : 3;
            return axes == shape.Count
                ? Named(given, shape)
                : throw new InvalidInputException(
                    name,
                    $"expected {axes} axes with {ParameterName.Spell(nameof(ExperimentOptions.Layout))} {Spell(given)}, found {found}"
                );
        }

        return AxesInDoubt.Refusal(shape) is { } refusal
            ? throw new InvalidInputException(name, refusal)
            : Named(shape.Count == 4 ? ImageLayout.Nhwc : ImageLayout.Nhw, shape) with
            {
                Remark = AxesInDoubt.Remark(shape),
            };
    }

    /// <summary>A remark for the user where the array could be misread; null where its layout is clear or was given.</summary>
    public string? Remark { get; private init; }

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
    public override string ToString() =>
        $"{Describe(Count, Height, Width, Channels)} ({ParameterName.Spell(nameof(ExperimentOptions.Layout))} {Spell(Layout)})";

    /// <summary>Images in words.</summary>
    /// <param name="count">Number of images.</param>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <param name="channels">Channels of a pixel.</param>
    public static string Describe(int count, int height, int width, int channels)
    {
        var (grey, further) = channels == 1 ? ("grey ", string.Empty) : (string.Empty, $" with {channels} channels");
        return $"{count} {grey}image{(count == 1 ? string.Empty : "s")} of {height} × {width} pixels{further}";
    }

    /// <summary>The axes of an array in a given layout.</summary>
    /// <param name="layout">The meaning of each axis.</param>
    /// <param name="shape">Extents of the axes, as many as the layout has.</param>
    public static ImageAxes Named(ImageLayout layout, IReadOnlyList<int> shape) =>
        layout switch
        {
            ImageLayout.Nhwc => new(layout, shape[0], shape[1], shape[2], shape[3]),
            ImageLayout.Nchw => new(layout, shape[0], shape[2], shape[3], shape[1]),
            ImageLayout.Nhw => new(layout, shape[0], shape[1], shape[2], 1),
            ImageLayout.Hwc => new(layout, 1, shape[0], shape[1], shape[2]),
            ImageLayout.Chw => new(layout, 1, shape[1], shape[2], shape[0]),
            _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, $"expected {Names}"),
        };

    /// <summary>The layout's name, as the command spells it.</summary>
    public static string Spell(ImageLayout layout) => layout.ToString().ToLowerInvariant();
}
