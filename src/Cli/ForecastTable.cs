using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>Prints the forecast of a network of layers: a table by place, where theory ends, verdicts on stacks, and advice.</summary>
internal static class ForecastTable
{
    /// <summary>Only errors greater than this are shown beside the scope.</summary>
    private const double Shown = 1e-3;

    /// <summary>Number of columns before those of sampled networks.</summary>
    private const int LimitColumns = 7;

    /// <summary>Prints a forecast.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="simulation">The command that simulates the same network; it is suggested where theory ends.</param>
    /// <param name="screen">The window.</param>
    public static void Print(NetworkForecast forecast, string simulation, Screen screen)
    {
        var network = forecast.Question.Network;
        var sampled = forecast.Sample is not null;
        string[] head = sampled
            ? ["place", "ν₂", "μ₂", "χ", "growth", "signal", "noise", "sampled χ", "signal"]
            : ["place", "ν₂", "μ₂", "χ", "growth", "signal", "noise"];
        screen.Sentence(
            $"{network.Name}, {Counted.Spell((int)forecast.Subset.Points, "point")}: ν₂ and μ₂ of the signal; in the limit of infinite width χ, its growth in "
                + "each unit, and directions of variance of signal and noise"
                + (forecast.Sample is { } sample ? $"; then χ and directions of {sample.Networks} sampled networks of this width" : string.Empty)
        );
        var list = ForecastRow.List(forecast);
        PrintRows(screen, [head, .. ForecastRow.Shown(list).Select(row => Cells(row, sampled))]);
        screen.Sentence();
        screen.Sentence($"ν₂, μ₂ hold: {string.Join("; ", Scopes(list))}", 2);
        if (NoiseScope(list) is { } ofNoise)
        {
            screen.Sentence(ofNoise, 2);
        }

        if (forecast.Prediction.End is { } end)
        {
            screen.Sentence(end.ToString());
            screen.Command($"simulate instead: {simulation}");
        }

        if (forecast.Prediction.Places.FirstOrDefault(place => place.WhyNoNoise is not null) is { WhyNoNoise: { } reason } silent)
        {
            screen.Sentence($"noise is not predicted from {silent.Place.Depth}.{silent.Place.Number} on: {reason}");
        }

        if (forecast.Prediction.Places.FirstOrDefault(place => double.IsNaN(place.LogMu2Signal)) is { } sunk)
        {
            screen.Sentence($"from {sunk.Place.Depth}.{sunk.Place.Number} on, the differences between points are smaller than rounding errors");
        }

        foreach (var verdict in forecast.Verdicts)
        {
            screen.Sentence($"{verdict.Path} ({Counted.Spell(verdict.Units, "unit")}): {verdict.Words}{Source(verdict.Law, verdict.Scope)}");
        }

        foreach (var statement in Reach.State(network, forecast.Prediction, forecast.Verdicts))
        {
            screen.Sentence($"reach: {statement.Words}{Source(statement.Law, statement.Scope)}");
        }

        foreach (var suggestion in forecast.Verdicts.SelectMany(verdict => verdict.Suggestions))
        {
            screen.Sentence($"advice: {suggestion.Change}: {suggestion.Prediction}{Source(suggestion.Law, suggestion.Scope)}");
        }

        screen.Sentence(string.Create(CultureInfo.InvariantCulture, $"for the noise of the first simulation, of mean square {forecast.MeanSquareNoise:F4}"));
        foreach (var basis in ForecastBasis.List(forecast))
        {
            screen.Sentence($"basis: {basis.Law} ({basis.Exactness}) for {ForecastBasis.Spell(basis.Quantities)}");
        }
    }

    /// <summary>The words for a scope in a column.</summary>
    public static string Spell(Validity validity) =>
        validity switch
        {
            Validity.Exact => "exact",
            Validity.InfiniteWidth => "infinite width",
            Validity.LargeBatch => "infinite width and large batch",
            _ => throw new InvalidOperationException($"no words for the scope {validity}"),
        };

    private static string Source(string law, string scope) => law.Length == 0 ? string.Empty : $" [{law}; {scope}]";

    private static string[] Cells(ForecastRow row, bool sampled)
    {
        var limit = row.Limit;
        string[] theory = limit is null
            ? ["-", "-", "-", "-", "-", "-"]
            :
            [
                FigureText.Exponential(limit.LogNu2Signal),
                limit.LogMu2Signal == double.NegativeInfinity ? "0" : FigureText.Exponential(limit.LogMu2Signal),
                FigureText.Exponential(limit.LogChi),
                FigureText.Gain(row.LogGrowth),
                FigureText.Fixed(limit.ReffSignal, "F3"),
                FigureText.Fixed(limit.ReffNoise, "F3"),
            ];
        string[] sample =
            !sampled ? []
            : row.Sample is { } means ? [FigureText.WithError(means.LogChi, means.LogChiStandardError), FigureText.Fixed(means.ReffSignal, "F3")]
            : ["-", "-"];
        return [row.Place.ToString(), .. theory, .. sample];
    }

    /// <summary>Prints the rows; where the window is too narrow for all columns, the sampled networks stand below the limit.</summary>
    private static void PrintRows(Screen screen, string[][] rows)
    {
        if (rows[0].Length == LimitColumns || ColumnText.Fits(screen, rows))
        {
            ColumnText.Print(screen, rows);
            return;
        }

        ColumnText.Print(screen, [.. rows.Select(row => row[..LimitColumns])]);
        screen.Sentence();
        ColumnText.Print(screen, [.. rows.Select(row => (string[])[row[0], .. row[LimitColumns..]])]);
    }

    /// <summary>
    /// The scopes of ν₂ and μ₂, each with the places from where to where it holds, and with the largest error where that is large enough to mention. The
    /// expansion for large batches has no proved bound.
    /// </summary>
    private static IEnumerable<string> Scopes(IReadOnlyList<ForecastRow> rows)
    {
        for (var first = 0; first < rows.Count; )
        {
            var (next, validity) = (first + 1, rows[first].Limit?.Validity);
            while (next < rows.Count && rows[next].Limit?.Validity == validity)
            {
                next++;
            }

            var (from, to) = (Number(rows[first]), Number(rows[next - 1]));
            var error = rows.Skip(first).Take(next - first).Max(row => row.Limit?.Error ?? 0);
            yield return $"{(validity is { } known ? Spell(known) : "no theory")} "
                + $"{(from == to ? $"at {from}" : $"from {from} to {to}")}{(error > Shown ? $" (± {Percent(error)}{(validity == Validity.LargeBatch ? ", measured and not proved" : string.Empty)})" : string.Empty)}";
            first = next;
        }
    }

    /// <summary>Where the error of χ is larger than that of ν₂ by enough to mention; null if nowhere.</summary>
    private static string? NoiseScope(IReadOnlyList<ForecastRow> rows)
    {
        var larger = rows.Where(row => row.Limit is { LogMu2Noise: not double.NaN } limit && limit.NoiseError > limit.Error + Shown).ToArray();
        return larger.Length == 0
            ? null
            : $"χ: ± {Percent(larger.Max(row => row.Limit!.NoiseError) / 2)} from {Number(larger[0])} on, since this noise is correlated with the "
                + "signal, which is "
                + "neglected after batch norm";
    }

    private static string Number(ForecastRow row) => FormattableString.Invariant($"{row.Place.Depth}.{row.Place.Number}");

    private static string Percent(double error) => error < 0.1 ? string.Create(CultureInfo.InvariantCulture, $"{100 * error:G2} %") : FigureText.Share(error);
}
