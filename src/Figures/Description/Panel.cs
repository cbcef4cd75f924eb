using System.Globalization;

namespace Wellbehaved.Figures;

/// <summary>How an axis is divided.</summary>
internal enum AxisScale
{
    /// <summary>Evenly.</summary>
    Linear,

    /// <summary>By powers of ten; coordinates are decimal logarithms, which exist where the numbers themselves would overflow.</summary>
    Logarithmic,
}

/// <summary>A horizontal line to compare with.</summary>
/// <param name="Value">Where it is drawn, in coordinates of the vertical axis.</param>
/// <param name="Label">What it stands for.</param>
internal readonly record struct Reference(double Value, string Label);

/// <summary>A cell of a heat map, in coordinates of the axes.</summary>
/// <param name="Left">Its left edge.</param>
/// <param name="Right">Its right edge.</param>
/// <param name="Low">Its lower edge.</param>
/// <param name="High">Its upper edge.</param>
/// <param name="Share">What it shows, from 0, blank, to 1, full colour.</param>
/// <param name="Words">What it shows, in words.</param>
internal readonly record struct Cell(double Left, double Right, double Low, double High, double Share, string Words);

/// <summary>A panel of a figure. Its title and labels are <see cref="Markup"/>.</summary>
/// <param name="Title">Its title.</param>
/// <param name="XLabel">What is along the horizontal axis.</param>
/// <param name="YLabel">What is along the vertical axis.</param>
/// <param name="Curves">Its curves.</param>
internal sealed record Panel(string Title, string XLabel, string YLabel, IReadOnlyList<Curve> Curves)
{
    /// <summary>A power of ten beyond this exponent is said as such: as a number it would overflow.</summary>
    private const double MostExponent = 300;

    /// <summary>Division of the horizontal axis.</summary>
    public AxisScale XScale { get; init; }

    /// <summary>Division of the vertical axis.</summary>
    public AxisScale YScale { get; init; }

    /// <summary>Cells of a heat map, below the curves; their edges along the horizontal axis are whole numbers and a half.</summary>
    public IReadOnlyList<Cell> Cells { get; init; } = [];

    /// <summary>Thin horizontal lines to compare with.</summary>
    public IReadOnlyList<Reference> References { get; init; } = [];

    /// <summary>Whether the vertical axis begins at zero, as that of a density does.</summary>
    public bool BeginsAtZero { get; init; }

    /// <summary>Ends of the vertical axis, where panels share them to be compared at a glance; null to fit the curves.</summary>
    public (double Low, double High)? YLimits { get; init; }

    /// <summary>What cannot be shown, and why; null if nothing is missing.</summary>
    public string? Missing { get; init; }

    /// <summary>The panel in words.</summary>
    public string Words =>
        $"{Markup.Plain(Title)} ({Markup.Plain(YLabel)} against {Markup.Plain(XLabel)}): "
        + $"{string.Join("; ", [.. Cells.Select(cell => Markup.Plain(cell.Words)), .. Curves.Select(Say), .. Said(Missing)])}.";

    private static string[] Said(string? missing) => missing is null ? [] : [Markup.Plain(missing)];

    private string Say(Curve curve) =>
        $"{Markup.Plain(curve.Label)} from {Value(curve.Y[0], YScale)} at {Value(curve.X[0], XScale)} to {Value(curve.Y[^1], YScale)} at "
        + $"{Value(curve.X[^1], XScale)}";

    private static string Value(double coordinate, AxisScale scale) =>
        scale == AxisScale.Logarithmic && Math.Abs(coordinate) > MostExponent
            ? string.Create(CultureInfo.InvariantCulture, $"10^{coordinate:G3}")
            : (scale == AxisScale.Linear ? coordinate : Math.Pow(10, coordinate)).ToString("G3", CultureInfo.InvariantCulture);
}
