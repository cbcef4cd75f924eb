using System.Globalization;

namespace Wellbehaved.Figures;

/// <summary>How an axis is divided.</summary>
public enum AxisScale
{
    /// <summary>Evenly.</summary>
    Linear,

    /// <summary>By powers of ten; coordinates are decimal logarithms, which exist where the numbers themselves would overflow.</summary>
    Logarithmic,
}

/// <summary>A panel of a figure.</summary>
/// <param name="Title">Its title.</param>
/// <param name="XLabel">What is along the horizontal axis.</param>
/// <param name="YLabel">What is along the vertical axis.</param>
/// <param name="Curves">Its curves.</param>
public sealed record Panel(string Title, string XLabel, string YLabel, IReadOnlyList<Curve> Curves)
{
    /// <summary>Division of the horizontal axis.</summary>
    public AxisScale XScale { get; init; }

    /// <summary>Division of the vertical axis.</summary>
    public AxisScale YScale { get; init; }

    /// <summary>Thin horizontal lines to compare with.</summary>
    public IReadOnlyList<double> References { get; init; } = [];

    /// <summary>Ends of the vertical axis, where panels share them to be compared at a glance; null to fit the curves.</summary>
    public (double Low, double High)? YLimits { get; init; }

    /// <summary>What cannot be shown, and why; null if nothing is missing.</summary>
    public string? Missing { get; init; }

    /// <summary>The panel in words.</summary>
    public string Words => $"{Title} ({YLabel} against {XLabel}): {string.Join("; ", Curves.Select(Say))}{Missing}.";

    private string Say(Curve curve) => string.Create(
        CultureInfo.InvariantCulture,
        $"{curve.Label} from {Value(curve.Y[0], YScale):G3} at {Value(curve.X[0], XScale):G3} to {Value(curve.Y[^1], YScale):G3} at {Value(curve.X[^1], XScale):G3}");

    private static double Value(double coordinate, AxisScale scale) => scale == AxisScale.Linear ? coordinate : Math.Pow(10, coordinate);
}
