using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What a place of a unit is called, in reports and messages.</summary>
internal static class PlaceWords
{
    /// <summary>The operation that the place shows the outcome of.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A kind without a name.</exception>
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
