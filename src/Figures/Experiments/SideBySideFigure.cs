using Wellbehaved.Audit;

namespace Wellbehaved.Figures;

/// <summary>The architectures side by side: directions of variance and SNR^l/SNR^0 by depth, well-behaved or pathological at a glance, and the dilution of the residual branch.</summary>
public static class SideBySideFigure
{
    private static readonly double Ln10 = Math.Log(10);

    /// <summary>Draws the moments of some architectures.</summary>
    /// <param name="tables">Moments by architecture.</param>
    /// <returns>The figure: a column for each architecture, and below them the dilution where there are skip connections.</returns>
    public static Figure Of(IReadOnlyList<KeyValuePair<string, MomentTable>> tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        var conditions = tables.Select(pair => Diagnosis.Of(pair.Value).Condition).ToArray();
        var ranks = tables.Select((pair, i) => new Panel($"{pair.Key}: {Say(conditions[i])}", "depth l", "directions of variance r_eff", Curves("r_eff", i, pair.Value, pair.Value.Reff, value => Math.Log10(value))) { Missing = pair.Value.Reff is null ? "no effective ranks" : null });
        var ratios = tables.Select((pair, i) => new Panel(pair.Key, "depth l", "SNR^l / SNR^0", Curves("SNR^l/SNR^0", i, pair.Value, pair.Value.LogChi, value => -2 * value / Ln10)) { Missing = pair.Value.LogChi is null ? "no χ" : null });
        List<Panel> panels = [.. WithSharedAxis([.. ranks]), .. WithSharedAxis([.. ratios])];
        if (tables.Any(pair => Model.Architecture.Named(pair.Key).IsResidual))
        {
            panels.Add(Dilution(tables));
        }

        return new Figure("Number of directions of variance, signal-to-noise ratio and dilution by depth", panels, tables.Count);
    }

    /// <summary>What the post would say, in two words.</summary>
    /// <param name="condition">The condition.</param>
    /// <returns>The words.</returns>
    public static string Say(Condition condition) => condition switch
    {
        Condition.WellBehaved => "well-behaved",
        Condition.PathologicalSignal => "pathological signal",
        Condition.PathologicalSnr => "pathological SNR",
        _ => "undecided",
    };

    /// <summary>Logarithmic panels over the same range, which includes 1.</summary>
    private static IEnumerable<Panel> WithSharedAxis(IReadOnlyList<Panel> panels)
    {
        double[] values = [0, .. panels.SelectMany(panel => panel.Curves).SelectMany(curve => curve.Y.Concat(curve.Low ?? []).Concat(curve.High ?? []))];
        return panels.Select(panel => panel with { YScale = AxisScale.Logarithmic, References = [0], YLimits = (values.Min(), values.Max()) });
    }

    private static List<Curve> Curves(string label, int colour, MomentTable table, IReadOnlyList<double[]>? rows, Func<double, double> coordinate) =>
        [.. new[] { Curve.Of(label, colour, [.. table.Depths.Select(depth => (double)depth)], rows?.Select(row => row.Select(coordinate).ToArray()).ToArray()) }.OfType<Curve>()];

    /// <summary>Variance of the residual branch over that of the skip connection, from the growth of ν₂ between computed depths: per unit, as a geometric mean.</summary>
    private static Panel Dilution(IReadOnlyList<KeyValuePair<string, MomentTable>> tables)
    {
        var curves = new List<Curve?>();
        var missing = new List<string>();
        for (var i = 0; i < tables.Count; i++)
        {
            var (architecture, table) = tables[i];
            if (!Model.Architecture.Named(architecture).IsResidual)
            {
                continue;
            }

            if (table.LogNu2 is not { Count: > 0 } || table.Depths.Count < 2)
            {
                missing.Add($"no ν₂ of {architecture} at two depths");
                continue;
            }

            (int From, int To)[] steps = [.. table.Depths.Zip(table.Depths.Skip(1))];
            double[] middles = [.. steps.Select(step => Math.Log10(0.5 * (step.From + step.To - 1)))];
            var ratios = steps.Select((step, j) => table.LogNu2.Average(row => Math.Exp((row[j + 1] - row[j]) / (step.To - step.From)) - 1));
            curves.Add(Curve.Through($"{architecture}, mean", CurveKind.Measured, i, middles, ratios.Select(ratio => Math.Log10(ratio))));
            if (architecture == tables.Last(pair => Model.Architecture.Named(pair.Key).IsResidual).Key)
            {
                var theory = steps.Select(step => Math.Pow((step.To + 1.0) / (step.From + 1), 1.0 / (step.To - step.From)) - 1);
                curves.Add(Curve.Through("1/(l+1)", CurveKind.Theory, Palette.Black, middles, theory.Select(ratio => Math.Log10(ratio))));
            }
        }

        return new Panel("Dilution of the residual branch", "depth l", "ν₂ of residual : skip", [.. curves.OfType<Curve>()])
        {
            XScale = AxisScale.Logarithmic,
            YScale = AxisScale.Logarithmic,
            Missing = missing.Count == 0 ? null : string.Join("; ", missing),
        };
    }
}
