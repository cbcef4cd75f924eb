namespace Wellbehaved.Networks;

/// <summary>Sizes beyond which a description is refused: far more than any machine runs, and within them no product leaves 64 bits.</summary>
internal static class Limits
{
    /// <summary>Most channels of a layer.</summary>
    public const int Channels = 1 << 20;

    /// <summary>Largest extent of an image, of a kernel and of the distance between its inputs or outputs.</summary>
    public const int Extent = 1 << 20;

    /// <summary>Most weights of a layer.</summary>
    public const long Weights = 1L << 50;

    /// <summary>Most layers in all, each repetition counted.</summary>
    public const int Layers = 1 << 20;

    /// <summary>Most characters of a name, which tables, titles and figures repeat.</summary>
    public const int Name = 1000;

    /// <summary>Most levels of layers within layers.</summary>
    public const int Levels = 32;
}
