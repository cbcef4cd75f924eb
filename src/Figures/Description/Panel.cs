using System.Globalization;

namespace Wellbehaved.Figures;

/// <summary>The scale of an axis.</summary>
internal enum AxisScale
{
    /// <summary>Linear.</summary>
    Linear,

    /// <summary>Logarithmic. Coordinates are decimal logarithms, so that numbers can be drawn that would overflow.</summary>
    Logarithmic,
}

/// <summary>A horizontal reference line.</summary>
/// <param name="Value">Its vertical coordinate.</param>
/// <param name="Label">Its meaning.</param>
internal readonly record struct Reference(double Value, string Label);

/// <summary>A cell of a heat map, in coordinates of the axes.</summary>
/// <param name="Left">Its left edge.</param>
/// <param name="Right">Its right edge.</param>
/// <param name="Low">Its lower edge.</param>
/// <param name="High">Its upper edge.</param>
/// <param name="Share">The value that it shows, from 0, blank, to 1, full colour.</param>
/// <param name="Words">The value in words.</param>
internal readonly record struct Cell(double Left, double Right, double Low, double High, double Share, string Words);

/// <summary>A panel of a figure. Its title and labels are <see cref="Markup"/>.</summary>
/// <param name="Title">Its title.</param>
/// <param name="XLabel">Label of the horizontal axis.</param>
/// <param name="YLabel">Label of the vertical axis.</param>
/// <param name="Curves">Its curves.</param>
internal sealed record Panel(string Title, string XLabel, string YLabel, IReadOnlyList<Curve> Curves)
{
    /// <summary>A number with a greater exponent is written as a power of ten, since it would overflow.</summary>
    private const double MostExponent = 300;

    /// <summary>Scale of the horizontal axis.</summary>
    public AxisScale XScale { get; init; }

    /// <summary>Scale of the vertical axis.</summary>
    public AxisScale YScale { get; init; }

    /// <summary>Cells of a heat map, below the curves; the horizontal coordinates of their edges are half-integers.</summary>
    public IReadOnlyList<Cell> Cells { get; init; } = [];

    /// <summary>Thin horizontal reference lines.</summary>
    public IReadOnlyList<Reference> References { get; init; } = [];

    /// <summary>Whether the vertical axis begins at zero, as that of a density does.</summary>
    public bool BeginsAtZero { get; init; }

    /// <summary>Ends of the vertical axis, where several panels share them for comparison; null to fit the curves.</summary>
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
        scale == AxisScale.Logarithmic && double.IsInfinity(coordinate) ? (coordinate > 0 ? "∞" : "0")
        : scale == AxisScale.Logarithmic && Math.Abs(coordinate) > MostExponent ? string.Create(CultureInfo.InvariantCulture, $"10^{coordinate:G3}")
        : (scale == AxisScale.Linear ? coordinate : Math.Pow(10, coordinate)).ToString("G3", CultureInfo.InvariantCulture);
}
