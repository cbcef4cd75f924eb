namespace Wellbehaved.Experiments;

/// <summary>Images whose pixels are independent standard normal numbers, drawn anew for each simulation.</summary>
/// <param name="height">Rows of pixels.</param>
/// <param name="width">Columns of pixels.</param>
/// <param name="channels">Channels of a pixel.</param>
public sealed class GaussianImages(int height, int width, int channels) : ImageSource
{
    /// <summary>The data set's name.</summary>
    internal const string Name = "gaussian";

    /// <summary>Images of the shape of the embedded natural images.</summary>
    public GaussianImages()
        : this(32, 32, 3) { }

    /// <inheritdoc/>
    public override int? Count => null;

    /// <inheritdoc/>
    public override int Height => height;

    /// <inheritdoc/>
    public override int Width => width;

    /// <inheritdoc/>
    public override int Channels => channels;

    /// <inheritdoc/>
    public override string Checksum => Name;

    /// <inheritdoc/>
    public override void FillBatch(ulong seed, uint simulation, int images, Span<double> destination) =>
        new RandomNumbers(seed, simulation, 0, RandomPurpose.GaussianImages).FillNormal(destination, 1);
}
