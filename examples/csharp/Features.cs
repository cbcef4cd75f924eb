namespace Wellbehaved.Examples;

/// <summary>A tensor of features: images, height, width and channels, the last running fastest.</summary>
public sealed record Features(int Images, int Height, int Width, int Channels, double[] Values)
{
    public int Points => Images * Height * Width;

    public Span<double> Point(int point) => Values.AsSpan(point * Channels, Channels);

    public Features Like(double[] values) => this with { Values = values };
}
