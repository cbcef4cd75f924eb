using System.Globalization;
using Wellbehaved.Training;

namespace Wellbehaved.Cli;

/// <summary>Prints the results of training: a row for each mapping at its best learning rate, and each run whose loss became NaN or infinite.</summary>
internal static class TrainingTable
{
    /// <summary>Prints the table on standard output, and notes on failed runs on standard error.</summary>
    /// <param name="name">What the network is called.</param>
    /// <param name="result">The results of training.</param>
    public static void Print(string name, TrainingResult result)
    {
        var screen = Screen.Output();
        for (var mapping = 0; mapping < result.Outcomes.Count; mapping++)
        {
            for (var rate = 0; rate < result.LearningRates.Count; rate++)
            {
                if (result.Outcomes[mapping][rate].FailedAt is { } step)
                {
                    Console.Error.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"note: {ForeignText.OnOneLine(name)}, mapping {mapping}, learning rate {result.LearningRates[rate]}: the loss is not "
                                + $"finite at step {step}; this run counts as not trained"
                        )
                    );
                }
            }
        }

        string[] own = ["mapping", "best rate", "steps", "loss", "accuracy"];
        string[] titles = [.. own, .. result.Corruptions.Select(deviation => deviation.ToString(CultureInfo.InvariantCulture))];
        var rows = TableRows.Spread(result.Outcomes.Count).Select(mapping => Row(result, mapping)).ToArray();
        int[] widths = [.. titles.Select((title, i) => rows.Select(row => row[i].Length).Append(title.Length).Max())];
        if (result.Corruptions.Count > 0)
        {
            screen.Sentence($"{new string(' ', widths[..own.Length].Sum(width => width + 2))}test accuracy at σ =");
        }

        foreach (var row in rows.Prepend(titles))
        {
            screen.Sentence(string.Join("  ", row.Select((cell, i) => cell.PadLeft(widths[i]))));
        }
    }

    private static string[] Row(TrainingResult result, int mapping)
    {
        var number = mapping.ToString(CultureInfo.InvariantCulture);
        return result.BestRate(mapping) is not { } rate
            ? [number, "none", .. Enumerable.Repeat("–", 3 + result.Corruptions.Count)]
            : [number, result.LearningRates[rate].ToString("G3", CultureInfo.InvariantCulture), .. Cells(result.Outcomes[mapping][rate])];
    }

    private static IEnumerable<string> Cells(TrainingOutcome outcome) =>
        [
            outcome.Steps.ToString(CultureInfo.InvariantCulture),
            outcome.FinalLoss.ToString("G3", CultureInfo.InvariantCulture),
            .. outcome.TestAccuracy.Prepend(outcome.FinalAccuracy).Select(share => share.ToString("F3", CultureInfo.InvariantCulture)),
        ];
}
