namespace Wellbehaved.Audit;

/// <summary>Windows of positions that tile each image, and the pooling over each window.</summary>
internal static class WrittenOutWindows
{
    /// <summary>Pools each window into one position.</summary>
    /// <param name="input">Signal and noise.</param>
    /// <param name="size">Rows and columns of a window; along an axis of one position a window has one row or column.</param>
    /// <param name="pool">Computes one feature from those of a window and channel, which are listed by rows, then columns.</param>
    /// <exception cref="ArgumentException">The windows do not tile the image.</exception>
    public static WrittenOutFeatures Propagate(WrittenOutFeatures input, int size, Func<IReadOnlyList<int>, (double Signal, double Noise)> pool)
    {
        var (rows, columns) = (input.Height == 1 ? 1 : size, input.Width == 1 ? 1 : size);
        if (input.Height % rows != 0 || input.Width % columns != 0)
        {
            throw new ArgumentException($"expected positions that windows of {size} divide, got {input.Height}×{input.Width}");
        }

        var (height, width) = (input.Height / rows, input.Width / columns);
        var length = input.Images * height * width * input.Channels;
        var result = new WrittenOutFeatures(input.Images, height, width, input.Channels, new double[length], new double[length]);
        for (var image = 0; image < input.Images; image++)
        {
            for (var row = 0; row < height; row++)
            {
                for (var column = 0; column < width; column++)
                {
                    for (var channel = 0; channel < input.Channels; channel++)
                    {
                        var window = Window(input, image, (row * rows, rows), (column * columns, columns), channel);
                        var at = result.At(image, row, column, channel);
                        (result.Signal[at], result.Noise[at]) = pool(window);
                    }
                }
            }
        }

        return result;
    }

    private static List<int> Window(WrittenOutFeatures input, int image, (int First, int Count) rows, (int First, int Count) columns, int channel)
    {
        var window = new List<int>();
        for (var row = rows.First; row < rows.First + rows.Count; row++)
        {
            for (var column = columns.First; column < columns.First + columns.Count; column++)
            {
                window.Add(input.At(image, row, column, channel));
            }
        }

        return window;
    }
}
