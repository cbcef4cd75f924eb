using System.Globalization;
using Wellbehaved.Training;

namespace Wellbehaved.Figures;

/// <summary>
/// The results of training beside the moments of the same mappings at initialisation: loss and accuracy by step, test accuracy by corruption, effective rank
/// and signal-to-noise ratio by depth.
/// </summary>
internal static class TrainingFigure
{
    private static readonly double Ln10 = Math.Log(10);

    /// <summary>Draws a result file of training.</summary>
    /// <param name="file">The moments at initialisation.</param>
    /// <param name="result">The results of training.</param>
    /// <returns>The figure; each mapping at its best learning rate.</returns>
    public static Figure Draw(ResultFile file, TrainingResult result)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(result);
        var best = Enumerable.Range(0, result.Outcomes.Count).Select(result.Best).OfType<TrainingOutcome>().ToArray();
        double[] steps = [.. result.Steps.Select(step => (double)step)];
        double[] depths = [.. file.SequenceDepths.Select(depth => (double)depth)];
        var untrained = best.Length == 0 ? "no mapping has a finite loss at any learning rate" : "no finite number is in the file";
        List<Panel> panels =
        [
            Panel(
                "Training loss",
                "step",
                "cross entropy",
                Curve.Summarise("mean of the batches", 0, steps, Logarithms(best.Select(outcome => outcome.Loss))),
                untrained
            ) with
            {
                YScale = AxisScale.Logarithmic,
            },
            Panel(
                "Training accuracy",
                "step",
                "share of images",
                Curve.Summarise("mean of the batches", 0, steps, [.. best.Select(outcome => outcome.Accuracy)]),
                untrained
            ) with
            {
                YLimits = (0, 1),
            },
            Panel(
                "Test accuracy",
                "noise on test images, σ",
                "share of images",
                Curve.Summarise("with running statistics", 0, result.Corruptions, [.. best.Select(outcome => outcome.TestAccuracy)]),
                untrained
            ) with
            {
                YLimits = (0, 1),
            },
            Panel(
                "At initialisation: directions of variance",
                "depth *l*",
                "*r*_{eff}",
                Curve.Summarise("*r*_{eff} of the signal", 0, depths, file.FindRanks("reff_signal") is { } ranks ? Logarithms(ranks) : null)
            ) with
            {
                YScale = AxisScale.Logarithmic,
                References = [new(0, "1: one direction")],
            },
            Panel("At initialisation: signal-to-noise ratio", "depth *l*", "SNR^{l} / SNR^{0}", Curve.Summarise("χ^{−2}", 0, depths, SignalToNoise(file))) with
            {
                YScale = AxisScale.Logarithmic,
                References = [new(0, "1: nothing lost")],
            },
        ];
        var name = file.Options?.Name ?? file.NetworkName;
        return new Figure($"{(name is null ? "" : $"{Markup.Escape(name)}: ")}training, and the same mappings at initialisation", panels, 2)
        {
            Notes = [.. Notes(file, result, best.Length), .. Provenance.Bands(panels)],
        };
    }

    private static IEnumerable<string> Notes(ResultFile file, TrainingResult result, int trained)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Spell(result.Outcomes.Count, "mapping")}{(file.Options is { } options ? $", batches of *M* = {options.BatchSize} of “{Markup.Escape(options.Dataset)}”" : "")}, "
                + $"each at the {(result.LearningRates.Count == 1 ? "learning rate" : "best of the learning rates")} "
                + $"{string.Join(", ", result.LearningRates.Select(rate => rate.ToString("G3", CultureInfo.InvariantCulture)))}."
        );
        if (trained < result.Outcomes.Count)
        {
            yield return $"Left out: {Counted.Spell(result.Outcomes.Count - trained, "mapping")} whose loss is not finite at any learning rate.";
        }

        if (NetworkFigure.Ends(file, "At initialisation") is { } ended)
        {
            yield return ended;
        }
    }

    private static Panel Panel(string title, string x, string y, Curve? curve, string missing = "not in the file") =>
        new(title, x, y, curve is null ? [] : [curve]) { Missing = curve is null ? missing : null };

    /// <summary>log₁₀(SNR^l/SNR^0) of each mapping, by depth; NaN from where it ended. Null if the file holds no χ.</summary>
    private static double[][]? SignalToNoise(ResultFile file) =>
        file.FindLogAtEnds("chi")
            ?.Select(
                (row, mapping) =>
                    row.Select((log, i) => NetworkFigure.IsThere(file, mapping, file.SequenceDepths[i], log) ? -2 * log / Ln10 : double.NaN).ToArray()
            )
            .ToArray();

    private static double[][] Logarithms(IEnumerable<double[]> rows) =>
        [.. rows.Select(row => row.Select(value => value > 0 ? Math.Log10(value) : double.NaN).ToArray())];
}
