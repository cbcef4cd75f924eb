namespace Wellbehaved.Experiments;

/// <summary>Images whose pixels are independent standard normal numbers, drawn anew for each simulation.</summary>
public sealed class GaussianImages : ImageSource
{
    /// <inheritdoc/>
    public override int? Count => null;

    /// <inheritdoc/>
    public override int Height => 32;

    /// <inheritdoc/>
    public override int Width => 32;

    /// <inheritdoc/>
    public override int Channels => 3;

    /// <inheritdoc/>
    public override string Checksum => "gaussian";

    /// <inheritdoc/>
    public override void FillBatch(ulong seed, uint simulation, int images, Span<double> destination) =>
        new RandomNumbers(seed, simulation, 0, RandomPurpose.GaussianImages).FillNormal(destination, 1);
}
