namespace Wellbehaved.Networks;

/// <summary>Limits of the sizes in a description: far more than any machine can run, and small enough that products of sizes fit 64 bits.</summary>
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
}
