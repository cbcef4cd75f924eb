namespace Wellbehaved.Figures;

/// <summary>Where a curve comes from, which decides how it is drawn.</summary>
internal enum CurveKind
{
    /// <summary>From simulations: a solid line, with a band if there is more than one.</summary>
    Measured,

    /// <summary>From theory: dashed.</summary>
    Theory,

    /// <summary>Fitted to the simulations: dotted.</summary>
    Fit,

    /// <summary>A histogram: bins as steps over a filled area.</summary>
    Histogram,
}

/// <summary>A curve of a panel.</summary>
internal sealed record Curve
{
    private Curve(string label, CurveKind kind, int colour, double[] x, double[] y) => (Label, Kind, Colour, X, Y) = (label, kind, colour, x, y);

    /// <summary>What it is, for the legend; <see cref="Markup"/>.</summary>
    public string Label { get; }

    /// <summary>Where it comes from.</summary>
    public CurveKind Kind { get; }

    /// <summary>Index into the palette; curves about the same thing share it.</summary>
    public int Colour { get; }

    /// <summary>Horizontal coordinates, finite.</summary>
    public double[] X { get; }

    /// <summary>Vertical coordinates, finite.</summary>
    public double[] Y { get; }

    /// <summary>Lower edge of the band at each point; null if there is none.</summary>
    public double[]? Low { get; private init; }

    /// <summary>Upper edge of the band.</summary>
    public double[]? High { get; private init; }

    /// <summary>A curve through points, those left out that have no finite coordinates.</summary>
    /// <param name="label">What it is.</param>
    /// <param name="kind">Where it comes from.</param>
    /// <param name="colour">Index into the palette.</param>
    /// <param name="x">Horizontal coordinates.</param>
    /// <param name="y">Vertical coordinates, as many.</param>
    /// <returns>The curve, or null if no point is left.</returns>
    public static Curve? Through(string label, CurveKind kind, int colour, IEnumerable<double> x, IEnumerable<double> y)
    {
        var points = x.Zip(y).Where(point => double.IsFinite(point.First) && double.IsFinite(point.Second)).ToArray();
        return points.Length == 0 ? null : new Curve(label, kind, colour, [.. points.Select(point => point.First)], [.. points.Select(point => point.Second)]);
    }

    /// <summary>Mean and 16th to 84th percentile of simulations.</summary>
    /// <param name="label">What it is.</param>
    /// <param name="colour">Index into the palette.</param>
    /// <param name="x">Horizontal coordinate of each column.</param>
    /// <param name="rows">Values (simulations × points); those that are not finite do not count.</param>
    /// <returns>The curve, without a band where there is a single simulation; null if no value is finite.</returns>
    public static Curve? Summarise(string label, int colour, IReadOnlyList<double> x, IReadOnlyList<double[]>? rows)
    {
        ArgumentNullException.ThrowIfNull(x);
        var points = Enumerable
            .Range(0, rows is { Count: > 0 } ? x.Count : 0)
            .Select(i => (X: x[i], Values: rows!.Select(row => row[i]).Where(double.IsFinite).Order().ToArray()))
            .Where(point => double.IsFinite(point.X) && point.Values.Length > 0)
            .ToArray();
        if (points.Length == 0)
        {
            return null;
        }

        var curve = new Curve(label, CurveKind.Measured, colour, [.. points.Select(point => point.X)], [.. points.Select(point => point.Values.Average())]);
        return rows!.Count == 1 ? curve : curve with { Low = Percentiles(0.16), High = Percentiles(0.84) };

        double[] Percentiles(double share) => [.. points.Select(point => MathNet.Numerics.Statistics.SortedArrayStatistics.Quantile(point.Values, share))];
    }
}
