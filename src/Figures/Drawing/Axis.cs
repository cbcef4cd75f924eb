namespace Wellbehaved.Figures;

/// <summary>An axis: its ends in coordinates and in pixels.</summary>
/// <param name="Low">Coordinate of its beginning.</param>
/// <param name="High">Coordinate of its end, above.</param>
/// <param name="From">Pixel of its beginning.</param>
/// <param name="To">Pixel of its end.</param>
internal readonly record struct Axis(double Low, double High, double From, double To)
{
    /// <summary>The pixel of a coordinate. Coordinates whose difference would overflow are first scaled down.</summary>
    public double At(double coordinate)
    {
        var near = double.IsFinite(High - Low) ? 1 : 0.25;
        return From + ((near * coordinate) - (near * Low)) / ((near * High) - (near * Low)) * (To - From);
    }

    /// <summary>Ends of an axis that show all given coordinates with a margin; they differ even where all coordinates are equal.</summary>
    /// <param name="coordinates">The coordinates, finite; at least one.</param>
    /// <param name="margin">The margin as a share of the length.</param>
    /// <returns>The ends.</returns>
    public static (double Low, double High) Ends(IReadOnlyCollection<double> coordinates, double margin)
    {
        var (low, high) = (coordinates.Min(), coordinates.Max());
        var room = margin * (high - low);
        return high - low <= 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)) || high == low ? Around((low / 2) + (high / 2))
            : double.IsFinite(room) ? (Math.Max(-double.MaxValue, low - room), Math.Min(double.MaxValue, high + room))
            : (low, high);
    }

    private static (double Low, double High) Around(double middle)
    {
        var half = Math.Max(0.5, 0.05 * Math.Abs(middle));
        return (Math.Max(-double.MaxValue, middle - half), Math.Min(double.MaxValue, middle + half));
    }
}
