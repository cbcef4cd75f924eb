using System.Globalization;

namespace Wellbehaved.Figures;

/// <summary>
/// Moments against width, with a curve for each of a few depths. The curve of a moment that does not depend on width is flat; otherwise the figure shows from
/// which width on it becomes flat (a "coordinate check").
/// </summary>
internal static class WidthFigure
{
    private const int MostDepths = 4;

    private static readonly double Ln10 = Math.Log(10);

    /// <summary>Draws a series of widths.</summary>
    /// <param name="series">The series.</param>
    /// <returns>The figure; panels whose moments are missing say so.</returns>
    public static Figure Draw(WidthSeries series)
    {
        ArgumentNullException.ThrowIfNull(series);
        var file = series.Results[^1].File;
        Panel[] panels =
        [
            Build(series, "Size of the signal", "ν₂", "ν₂", 1, one => one.FindLogAtEnds("nu2_signal"), "nu2_signal", "log_nu2_signal"),
            Build(series, "Variance of the signal", "μ₂", "μ₂", 1, one => one.FindLogAtEnds("mu2_signal"), "mu2_signal", "log_mu2_signal"),
            Build(series, "Signal-to-noise ratio", "SNR^{l} / SNR^{0}", "χ", -2, one => one.FindLogAtEnds("chi"), "chi", "log_chi"),
            Build(series, "Directions of variance", "*r*_{eff}", "*r*_{eff} of the signal", 1, Ranks, "reff_signal"),
        ];
        return new Figure($"{Markup.Escape(file.NetworkName ?? "network")}: signal and noise by width", panels, 2)
        {
            Notes =
            [
                Sizes(series),
                .. AnyEnds(series) ? ["Means and bands leave out simulations that have ended before the depth."] : Array.Empty<string>(),
                .. Provenance.Bands(panels),
            ],
        };
    }

    private static string Sizes(WidthSeries series)
    {
        var options = series.Results[^1].File.Options!;
        int[] simulations = [.. series.Results.Select(one => one.File.Simulations)];
        var counts =
            simulations.Distinct().Count() == 1
                ? $"{Said(simulations[0])} {(simulations[0] == 1 ? "simulation" : "simulations")} of each"
                : $"with {string.Join(", ", simulations.Select(count => Said(count)))} simulations in this order";
        return $"Widths {string.Join(", ", series.Results.Select(one => Said(one.Width)))}, {counts}, "
            + $"*M* = {Said(options.BatchSize)} {(options.BatchSize == 1 ? "image" : "images")} of “{Markup.Escape(options.Dataset)}”";
    }

    private static bool AnyEnds(WidthSeries series) => series.Results.Any(one => one.File.Ends.Any(end => end.HasEnded));

    private static double[][]? Ranks(ResultFile file) =>
        file.FindRanks("reff_signal")?.Select(row => row.Select(value => value < 1 ? double.NaN : Math.Log(value)).ToArray()).ToArray();

    private static Panel Build(
        WidthSeries series,
        string title,
        string label,
        string source,
        double factor,
        Func<ResultFile, IReadOnlyList<double[]>?> read,
        params string[] arrays
    )
    {
        double[] x = [.. series.Results.Select(one => Math.Log10(one.Width))];
        var found = series.Results.Select(one => read(one.File)).ToArray();
        var simulations = series.Results.Max(one => one.File.Simulations);
        var curves = new List<Curve>();
        foreach (var (depth, colour) in Chosen(series.Depths).Select((depth, colour) => (depth, colour)))
        {
            // For a width with fewer simulations, the mean is over fewer numbers.
            var rows = Enumerable
                .Range(0, simulations)
                .Select(simulation => series.Results.Select((one, i) => Value(one.File, found[i], simulation, depth)).ToArray())
                .ToArray();
            curves.AddRange(new[] { Curve.Summarise(string.Create(CultureInfo.InvariantCulture, $"depth {depth}"), colour, x, rows) }.OfType<Curve>());
        }

        (string Reason, string Name)[] missing =
        [
            .. series
                .Results.Zip(found)
                .Where(pair => !series.Depths.Any(depth => IsKnown(pair.First.File, pair.Second, depth)))
                .Select(pair => (Absence.Explain(pair.First.File, pair.Second is not null, series.Depths[0], arrays), $"width {Said(pair.First.Width)}")),
        ];
        return new Panel(title, "width *N*", label, curves)
        {
            XScale = AxisScale.Logarithmic,
            YScale = AxisScale.Logarithmic,
            Missing = missing.Length == 0 ? null : string.Join("; ", Absence.Say(source, missing, series.Results.Count)),
        };

        bool IsKnown(ResultFile file, IReadOnlyList<double[]>? values, int depth) =>
            Enumerable.Range(0, file.Simulations).Any(simulation => double.IsFinite(Value(file, values, simulation, depth)));

        double Value(ResultFile file, IReadOnlyList<double[]>? values, int simulation, int depth) =>
            values is null || simulation >= file.Simulations ? double.NaN
            : values[simulation][IndexOf(file.SequenceDepths, depth)] is var value && NetworkFigure.IsThere(file, simulation, depth, value)
                ? factor * value / Ln10
            : double.NaN;
    }

    private static int IndexOf(IReadOnlyList<int> depths, int depth) => depths.Index().First(pair => pair.Item == depth).Index;

    /// <summary>The first depth, the last, and those nearest to a quarter and half of the last; all depths if there are few.</summary>
    private static int[] Chosen(IReadOnlyList<int> depths) =>
        depths.Count <= MostDepths ? [.. depths] : [.. new[] { depths[0], Nearest(depths, 0.25), Nearest(depths, 0.5), depths[^1] }.Distinct()];

    private static int Nearest(IReadOnlyList<int> depths, double share) => depths.MinBy(depth => Math.Abs(depth - (share * depths[^1])));

    private static string Said(int number) => number.ToString(CultureInfo.InvariantCulture);
}
