using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The names of the places of a unit, in reports and messages.</summary>
internal static class PlaceWords
{
    /// <summary>The operation whose result the place shows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind of place has no name.</exception>
    public static string Describe(PlaceKind kind) =>
        kind switch
        {
            PlaceKind.Before => "before the unit",
            PlaceKind.Convolution => "convolution",
            PlaceKind.BatchNorm => "batch norm",
            PlaceKind.Relu => "ReLU",
            PlaceKind.Addition => "addition",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected a kind of place that has a name"),
        };
}
