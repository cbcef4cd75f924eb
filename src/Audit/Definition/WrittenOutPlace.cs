using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Signal and noise at one place.</summary>
/// <param name="Depth">Number of units up to the place, including the one that contains it.</param>
/// <param name="Number">1 before the unit, then counting its layers; at depth 0 from 0.</param>
/// <param name="Kind">What the place shows.</param>
/// <param name="After">The layer whose output it shows; null before a unit.</param>
/// <param name="Features">Signal and noise.</param>
internal sealed record WrittenOutPlace(int Depth, int Number, PlaceKind Kind, Layer? After, WrittenOutFeatures Features)
{
    /// <summary>Whether it shows the end of a residual branch.</summary>
    public bool EndsBranch { get; init; }
}
