using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary>The sizes that a network leaves open; null where an option was not given.</summary>
/// <param name="Input">Shape of an image.</param>
/// <param name="Channels">What <c>"N"</c> stands for.</param>
/// <param name="Depth">What <c>"L"</c> stands for.</param>
internal sealed record NetworkSizes(Shape? Input, int? Channels, int? Depth)
{
    /// <summary>Whether no size was given.</summary>
    public bool IsEmpty => Input is null && Channels is null && Depth is null;
}
