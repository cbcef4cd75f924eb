using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary>Gaussian images of the shape that a network asks for.</summary>
/// <param name="shape">Shape of an image.</param>
internal sealed class AnyShapeImages(Networks.Shape shape) : ImageSource
{
    /// <inheritdoc/>
    public override int? Count => null;

    /// <inheritdoc/>
    public override int Height => shape.Height;

    /// <inheritdoc/>
    public override int Width => shape.Width;

    /// <inheritdoc/>
    public override int Channels => shape.Channels;

    /// <inheritdoc/>
    public override string Checksum => "gaussian";

    /// <inheritdoc/>
    public override void FillBatch(ulong seed, uint simulation, int images, Span<double> destination) =>
        new RandomNumbers(seed, simulation, 0, RandomPurpose.GaussianImages).FillNormal(destination, 1);
}
