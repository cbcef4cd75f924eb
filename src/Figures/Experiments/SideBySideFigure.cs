using Wellbehaved.Audit;

namespace Wellbehaved.Figures;

/// <summary>Compares architectures in one figure: directions of variance and SNR^l/SNR^0 by depth, which show at a glance whether a network is well-behaved,
/// and the dilution of the residual branch.</summary>
internal static class SideBySideFigure
{
    private static readonly double Ln10 = Math.Log(10);

    /// <summary>Draws the moments of some architectures.</summary>
    /// <param name="tables">Moments by architecture.</param>
    /// <param name="notes">How they were made, as lines of <see cref="Markup"/>.</param>
    /// <param name="names">Their names, as <see cref="Markup"/>; null for the names of the architectures.</param>
    /// <returns>The figure: directions of variance over the whole width, the ratio, and the dilution where there are skip connections; a colour for
    /// each architecture, the same in all panels.</returns>
    public static Figure Draw(IReadOnlyList<KeyValuePair<string, MomentTable>> tables, IReadOnlyList<string>? notes = null, IReadOnlyList<string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(tables);
        Shown[] shown = [.. tables.Select((pair, i) => new Shown(pair.Key, names?[i] ?? pair.Key, pair.Value))];
        List<Panel> panels =
        [
            Compare(
                "Directions of variance",
                "*r*_{eff}",
                "1: one direction",
                "no effective ranks",
                shown,
                one => $"{one.Name}: {Say(Diagnosis.Diagnose(one.Table).Condition)}",
                table => table.Reff,
                value => Math.Log10(value)
            ),
            Compare(
                "Signal-to-noise ratio",
                "SNR^{l} / SNR^{0}",
                "1: nothing lost",
                "no χ",
                shown,
                one => one.Name,
                table => table.LogChi,
                value => -2 * value / Ln10
            ),
        ];
        if (shown.Any(one => one.IsResidual))
        {
            panels.Add(Dilution(shown));
        }

        return new Figure(
            shown.Any(one => one.IsResidual)
                ? "Directions of variance, signal-to-noise ratio and dilution by depth"
                : "Directions of variance and signal-to-noise ratio by depth",
            panels,
            2
        )
        {
            Notes = [.. notes ?? [], .. Provenance.Bands(panels)],
        };
    }

    /// <summary>Draws recordings of different architectures.</summary>
    /// <param name="recordings">The recordings.</param>
    /// <returns>The figure.</returns>
    public static Figure Draw(IReadOnlyList<Recording> recordings)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        return Draw(
            [.. recordings.Select(recording => KeyValuePair.Create(recording.Architecture.Name, MomentTable.Read(recording.File)))],
            Provenance.Describe(recordings),
            [.. recordings.Select(recording => recording.Title)]
        );
    }

    /// <summary>A condition in a few words, as the post would put it.</summary>
    /// <param name="condition">The condition.</param>
    /// <returns>The words.</returns>
    public static string Say(Condition condition) =>
        condition switch
        {
            Condition.WellBehaved => "well-behaved",
            Condition.PathologicalSignal => "pathological signal",
            Condition.PathologicalSnr => "pathological SNR",
            Condition.PathologicalPoint => "pathological point",
            Condition.Undecided => "undecided",
            _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "expected a condition"),
        };

    /// <summary>A moment of all architectures on one logarithmic axis, which includes 1.</summary>
    private static Panel Compare(
        string title,
        string label,
        string reference,
        string missing,
        IReadOnlyList<Shown> shown,
        Func<Shown, string> name,
        Func<MomentTable, IReadOnlyList<double[]>?> rows,
        Func<double, double> coordinate
    )
    {
        var curves = shown
            .Select(one =>
                (
                    one.Name,
                    Curve: Curve.Summarise(
                        name(one),
                        one.Colour,
                        [.. one.Table.Depths.Select(depth => (double)depth)],
                        rows(one.Table)?.Select(row => row.Select(coordinate).ToArray()).ToArray()
                    )
                )
            )
            .ToArray();
        string[] without = [.. curves.Where(pair => pair.Curve is null).Select(pair => $"{missing} of {pair.Name}")];
        return new Panel(title, "depth *l*", label, [.. curves.Select(pair => pair.Curve).OfType<Curve>()])
        {
            YScale = AxisScale.Logarithmic,
            References = [new(0, reference)],
            Missing = without.Length == 0 ? null : string.Join("; ", without),
        };
    }

    /// <summary>
    /// Variance of the residual branch divided by that of the skip connection: the geometric mean over the units between two computed depths, from the growth
    /// of ν₂.
    /// </summary>
    private static Panel Dilution(IReadOnlyList<Shown> shown)
    {
        var curves = new List<Curve?>();
        var missing = new List<string>();
        foreach (var one in shown.Where(one => one.IsResidual))
        {
            var table = one.Table;
            if (table.LogNu2 is not { Count: > 0 } || table.Depths.Count < 2)
            {
                missing.Add($"no ν₂ of {one.Name} at two depths");
                continue;
            }

            (int From, int To)[] steps = [.. table.Depths.Zip(table.Depths.Skip(1))];
            double[] middles = [.. steps.Select(step => Math.Log10(0.5 * (step.From + step.To - 1)))];
            var ratios = steps.Select((step, j) => table.LogNu2.Average(row => Math.Exp((row[j + 1] - row[j]) / (step.To - step.From)) - 1));
            curves.Add(Curve.Through($"{one.Name}, mean", CurveKind.Measured, one.Colour, middles, ratios.Select(ratio => Math.Log10(ratio))));
            if (one == shown.Last(other => other.IsResidual))
            {
                var theory = steps.Select(step => Math.Pow((step.To + 1.0) / (step.From + 1), 1.0 / (step.To - step.From)) - 1);
                curves.Add(Curve.Through("1/(*l* + 1)", CurveKind.Theory, Ink.Neutral, middles, theory.Select(ratio => Math.Log10(ratio))));
            }
        }

        return new Panel("Dilution of the residual branch", "depth *l*", "ν₂ of branch / ν₂ of skip", [.. curves.OfType<Curve>()])
        {
            XScale = AxisScale.Logarithmic,
            YScale = AxisScale.Logarithmic,
            Missing = missing.Count == 0 ? null : string.Join("; ", missing),
        };
    }

    /// <summary>The moments of an architecture; its colour is the same in every figure.</summary>
    private sealed record Shown(string Architecture, string Name, MomentTable Table)
    {
        public bool IsResidual => Model.Architecture.Named(Architecture).IsResidual;

        public int Colour => Model.Architecture.Names.IndexOf(Architecture);
    }
}
