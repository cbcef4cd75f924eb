using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The names of the places of a unit, in reports and messages.</summary>
internal static class PlaceWords
{
    /// <summary>The operation whose result the place shows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind of place has no name.</exception>
    public static string Describe(UnitPlaceKind kind) =>
        kind switch
        {
            UnitPlaceKind.Before => "before the unit",
            UnitPlaceKind.Convolution => "convolution",
            UnitPlaceKind.BatchNorm => "batch norm",
            UnitPlaceKind.Relu => "ReLU",
            UnitPlaceKind.Addition => "addition",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected a kind of place that has a name"),
        };
}
