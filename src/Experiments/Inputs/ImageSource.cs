namespace Wellbehaved.Experiments;

/// <summary>A source of input images.</summary>
public abstract class ImageSource
{
    /// <summary>Number of images; null if they are drawn anew for each simulation.</summary>
    public abstract int? Count { get; }

    /// <summary>Rows of pixels.</summary>
    public abstract int Height { get; }

    /// <summary>Columns of pixels.</summary>
    public abstract int Width { get; }

    /// <summary>Channels of a pixel.</summary>
    public abstract int Channels { get; }

    /// <summary>A checksum of the images, or the law by which they are drawn. Equal checksums mean equal batches.</summary>
    public abstract string Checksum { get; }

    /// <summary>What the user should know about how the images are read; null if there is nothing to say.</summary>
    internal virtual string? Remark => null;

    /// <summary>The shape of a batch.</summary>
    /// <param name="images">Number of images in it.</param>
    /// <returns>The shape (images, height, width, channels).</returns>
    internal TensorShape BatchShape(int images) => new(images, Height, Width, Channels);

    /// <summary>Provides the batch of one simulation: images drawn without replacement.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="simulation">Index of the simulation.</param>
    /// <param name="images">Images in the batch, at most <see cref="Count"/>.</param>
    /// <param name="destination">Receives the pixels (images, height, width, channels) without normalisation.</param>
    public abstract void FillBatch(ulong seed, uint simulation, int images, Span<double> destination);
}
