namespace Wellbehaved.Audit;

/// <summary>Signal and noise of a batch, points × channels: points are ordered by image, row and column.</summary>
internal sealed class WrittenOutFeatures
{
    /// <summary>Takes signal and noise of a batch.</summary>
    /// <param name="images">Images of the batch.</param>
    /// <param name="height">Rows of positions.</param>
    /// <param name="width">Columns of positions.</param>
    /// <param name="channels">Channels of each position.</param>
    /// <param name="signal">Signal, with as many numbers as the four extents multiply to.</param>
    /// <param name="noise">Noise, with as many numbers as the signal.</param>
    /// <exception cref="ArgumentException">Signal or noise has another length.</exception>
    public WrittenOutFeatures(int images, int height, int width, int channels, double[] signal, double[] noise)
    {
        var length = checked(images * height * width * channels);
        if (signal.Length != length || noise.Length != length)
        {
            throw new ArgumentException($"expected {length} numbers of signal and of noise, got {signal.Length} and {noise.Length}");
        }

        (Images, Height, Width, Channels, Signal, Noise) = (images, height, width, channels, signal, noise);
    }

    public int Images { get; }

    public int Height { get; }

    public int Width { get; }

    public int Channels { get; }

    public double[] Signal { get; }

    public double[] Noise { get; }

    /// <summary>Positions of one image.</summary>
    public int Positions => Height * Width;

    /// <summary>Positions of all images.</summary>
    public int Points => Images * Positions;

    /// <summary>The index of a feature.</summary>
    public int At(int image, int row, int column, int channel) => (((((image * Height) + row) * Width) + column) * Channels) + channel;

    /// <summary>The index of a feature.</summary>
    public int At(int point, int channel) => (point * Channels) + channel;

    /// <summary>Other features of the same shape.</summary>
    public WrittenOutFeatures With(double[] signal, double[] noise) => new(Images, Height, Width, Channels, signal, noise);

    /// <summary>Features of the same points in other channels.</summary>
    public WrittenOutFeatures With(int channels, double[] signal, double[] noise) => new(Images, Height, Width, channels, signal, noise);
}
