namespace Wellbehaved.Tests.Conformance;

/// <summary>Signal and noise as the interpreter of layers holds them: points × channels, points ordered by image, row and column.</summary>
internal sealed record Tensor(int Images, int Height, int Width, int Channels, double[] Signal, double[] Noise)
{
    public int Positions => Height * Width;

    public int Points => Images * Positions;

    public static Tensor Zero(int images, int height, int width, int channels) =>
        new(images, height, width, channels, new double[images * height * width * channels], new double[images * height * width * channels]);

    public int At(int image, int row, int column, int channel) => (((((image * Height) + row) * Width) + column) * Channels) + channel;

    /// <summary>The same shape with other numbers, each a function of signal and noise at its place.</summary>
    public Tensor Map(Func<double, double, (double Signal, double Noise)> function)
    {
        var result = Zero(Images, Height, Width, Channels);
        for (var i = 0; i < Signal.Length; i++)
        {
            (result.Signal[i], result.Noise[i]) = function(Signal[i], Noise[i]);
        }

        return result;
    }

    /// <summary>Rounded to single precision, which the interpreter says that it computes in.</summary>
    public Tensor InSingle() => Map((x, dx) => ((float)x, (float)dx));
}
