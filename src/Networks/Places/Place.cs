using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>What a place shows.</summary>
public enum PlaceKind
{
    /// <summary>The input of a unit.</summary>
    Before,

    /// <summary>The output of a layer.</summary>
    After,

    /// <summary>The end of a residual branch whose last layers are repeated, before it is scaled and added; its number is the sum's.</summary>
    BranchEnd,
}

/// <summary>A place of a network: where signal and noise are looked at.</summary>
/// <param name="Depth">Units before it, or around it: a unit is a repetition of a stack, a residual outside of one, or a layer with weights outside of both.
/// The first layer with weights, and what precedes the first unit, have depth 0.</param>
/// <param name="Number">1 before the unit, then counting its layers: the <c>locK</c> of the author's result files. At depth 0 counted from 0.</param>
/// <param name="Kind">What it shows.</param>
/// <param name="After">The layer whose output it shows; null before a unit.</param>
/// <param name="Shape">Shape of the features of one input there.</param>
/// <remarks>A repeat within a residual branch has the places of its first repetition.</remarks>
public readonly record struct Place(int Depth, int Number, PlaceKind Kind, Layer? After, Shape Shape)
{
    /// <summary>Whether it shows a residual branch at its end, before it is scaled and added.</summary>
    public bool EndsBranch { get; init; }

    /// <summary>Whether it shows the output of a repetition of a stack, or of a residual outside of one.</summary>
    public bool EndsUnit { get; init; }

    /// <summary>Layers with weights on the longest path from the input to it.</summary>
    public int WeightedLayers { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        var what = Kind switch
        {
            PlaceKind.Before => "before the unit",
            PlaceKind.After => $"after {After!.Word}",
            PlaceKind.BranchEnd => "end of the branch",
            _ => throw new InvalidOperationException($"no words for the place {Kind}"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Depth}.{Number} {what}");
    }
}
