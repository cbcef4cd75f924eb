using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>What a place shows.</summary>
public enum PlaceKind
{
    /// <summary>The input of a unit.</summary>
    Before,

    /// <summary>The output of a layer.</summary>
    After,

    /// <summary>The end of a residual branch whose last layers are repeated, before it is scaled and added; it has the same number as the sum.</summary>
    BranchEnd,
}

/// <summary>A place of a network, where signal and noise are observed.</summary>
/// <remarks>For a repeat within a residual branch, only the first repetition has places.</remarks>
public readonly record struct Place
{
    internal Place(int depth, int number, PlaceKind kind, Layer? after, Shape shape) =>
        (Depth, Number, Kind, After, Shape) = (depth, number, kind, after, shape);

    /// <summary>
    /// Number of units up to the place, the unit that contains it included. A unit is a repetition of a stack, a residual layer outside of a
    /// stack, or a layer with weights outside of both. The first layer with weights, and all that precedes the first unit, have depth 0.
    /// </summary>
    public int Depth { get; internal init; }

    /// <summary>1 before the unit, then increasing with its layers: the <c>locK</c> of the author's result files. At depth 0 it begins at 0.</summary>
    public int Number { get; internal init; }

    /// <summary>The kind of place.</summary>
    public PlaceKind Kind { get; internal init; }

    /// <summary>The layer whose output it shows; null before a unit.</summary>
    public Layer? After { get; internal init; }

    /// <summary>Shape of the features of one input there.</summary>
    public Shape Shape { get; internal init; }

    /// <summary>Whether it shows the end of a residual branch, before the branch is scaled and added.</summary>
    public bool EndsBranch { get; internal init; }

    /// <summary>Whether it shows the output of a repetition of a stack, or of a residual layer outside of a stack.</summary>
    public bool EndsUnit { get; internal init; }

    /// <summary>Number of layers with weights on the longest path from the input to the place.</summary>
    public int WeightedLayers { get; internal init; }

    /// <summary>What it shows, in words.</summary>
    internal string Words =>
        Kind switch
        {
            PlaceKind.Before => "before the unit",
            PlaceKind.After => $"after {After!.Word}",
            PlaceKind.BranchEnd => "end of the branch",
            _ => throw new InvalidOperationException($"no words for the place {Kind}"),
        };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Depth}.{Number} {Words}");
}
