namespace Wellbehaved.Networks;

/// <summary>Limits of a description. Sizes: far more than any machine can run, and small enough that products of sizes fit 64 bits.</summary>
internal static class Limits
{
    /// <summary>Greatest number of channels of a layer.</summary>
    public const int Channels = 1 << 20;

    /// <summary>Greatest extent of an image, kernel size, dilation and stride.</summary>
    public const int Extent = 1 << 20;

    /// <summary>Greatest number of weights of a layer.</summary>
    public const long Weights = 1L << 50;

    /// <summary>Greatest number of layers in a network, all repetitions included.</summary>
    public const int Layers = 1 << 20;

    /// <summary>Most characters of a name, which tables, titles and figures repeat.</summary>
    public const int Name = 1000;

    /// <summary>Greatest number of levels of nested layers.</summary>
    public const int Levels = 32;

    /// <summary>The largest variance, and the largest size of a factor, that single precision holds when it meets what it is for.</summary>
    public const double LargestFactor = 1e30;

    /// <summary>The smallest variance other than 0, and the smallest size of such a factor: its root keeps its digits.</summary>
    public const double SmallestFactor = 1e-30;
}
