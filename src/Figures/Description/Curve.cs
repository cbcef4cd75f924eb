namespace Wellbehaved.Figures;

/// <summary>The origin of a curve, which decides how it is drawn.</summary>
internal enum CurveKind
{
    /// <summary>From simulations; drawn as a solid line, with a band if there is more than one simulation.</summary>
    Measured,

    /// <summary>From theory; drawn as a dashed line.</summary>
    Theory,

    /// <summary>Fitted to the simulations; drawn as a dotted line.</summary>
    Fit,

    /// <summary>A histogram; its bins are drawn as steps over a filled area.</summary>
    Histogram,
}

/// <summary>A curve of a panel.</summary>
internal sealed record Curve
{
    private Curve(string label, CurveKind kind, int colour, double[] x, double[] y) => (Label, Kind, Colour, X, Y) = (label, kind, colour, x, y);

    /// <summary>Its label in the legend, as <see cref="Markup"/>.</summary>
    public string Label { get; }

    /// <summary>Its origin.</summary>
    public CurveKind Kind { get; }

    /// <summary>Index into the palette; curves about the same thing have the same colour.</summary>
    public int Colour { get; }

    /// <summary>Horizontal coordinates, finite.</summary>
    public double[] X { get; }

    /// <summary>Vertical coordinates, finite.</summary>
    public double[] Y { get; }

    /// <summary>Lower edge of the band at each point; null if there is none.</summary>
    public double[]? Low { get; private init; }

    /// <summary>Upper edge of the band.</summary>
    public double[]? High { get; private init; }

    /// <summary>A curve through points; points without finite coordinates are left out.</summary>
    /// <param name="label">Its label.</param>
    /// <param name="kind">Its origin.</param>
    /// <param name="colour">Index into the palette.</param>
    /// <param name="x">Horizontal coordinates.</param>
    /// <param name="y">Vertical coordinates, one for each horizontal one.</param>
    /// <returns>The curve, or null if no point is left.</returns>
    public static Curve? Through(string label, CurveKind kind, int colour, IEnumerable<double> x, IEnumerable<double> y)
    {
        var points = x.Zip(y).Where(point => double.IsFinite(point.First) && double.IsFinite(point.Second)).ToArray();
        return points.Length == 0 ? null : new Curve(label, kind, colour, [.. points.Select(point => point.First)], [.. points.Select(point => point.Second)]);
    }

    /// <summary>A curve of the mean of simulations, with a band from the 16th to the 84th percentile.</summary>
    /// <param name="label">Its label.</param>
    /// <param name="colour">Index into the palette.</param>
    /// <param name="x">Horizontal coordinate of each column.</param>
    /// <param name="rows">Values (simulations × points); values that are not finite are left out.</param>
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
