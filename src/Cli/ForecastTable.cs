using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>Prints what theory says of a network of layers: a table by place, where theory ends, verdicts on stacks, and advice.</summary>
internal static class ForecastTable
{
    /// <summary>Errors beyond this are shown beside the scope.</summary>
    private const double Shown = 1e-3;

    /// <summary>Prints it.</summary>
    public static void Print(NetworkForecast forecast, Screen screen)
    {
        var network = forecast.Question.Network;
        var sampled = forecast.Sample is not null;
        string[] head = sampled
            ? ["place", "ν₂", "μ₂", "χ", "growth", "signal", "noise", "sampled χ", "signal", "ν₂, μ₂ hold"]
            : ["place", "ν₂", "μ₂", "χ", "growth", "signal", "noise", "ν₂, μ₂ hold"];
        screen.Sentence($"{network.Name}, {Counted.Of((int)forecast.Subset.Points, "point")}: ν₂ and μ₂ of the signal, χ and its growth a unit, directions of variance of signal and noise, these three in the limit of infinite width"
            + (forecast.Sample is { } sample ? $"; then χ and directions of {sample.Networks} sampled networks of this width" : string.Empty));
        var rows = ForecastRow.Shown(ForecastRow.List(forecast)).Select(row => Cells(row, sampled)).ToArray();
        Print(screen, [head, .. rows]);
        screen.Sentence();
        if (forecast.Prediction.End is { } end)
        {
            screen.Sentence(end.ToString());
        }

        if (forecast.Prediction.Places.FirstOrDefault(place => place.WhyNoNoise is not null) is { WhyNoNoise: { } reason } silent)
        {
            screen.Sentence($"no noise from {silent.Place.Depth}.{silent.Place.Number} on: {reason}");
        }

        if (forecast.Prediction.Places.FirstOrDefault(place => double.IsNaN(place.LogMu2Signal)) is { } sunk)
        {
            screen.Sentence($"from {sunk.Place.Depth}.{sunk.Place.Number} on the points differ by less than the rounding of what they share");
        }

        foreach (var verdict in forecast.Verdicts)
        {
            screen.Sentence($"{verdict.Path} ({Counted.Of(verdict.Units, "unit")}): {verdict.Words}{Source(verdict.Law, verdict.Scope)}");
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
            screen.Sentence($"basis: {basis.Law} ({basis.Exactness}) for {basis.Quantities}");
        }
    }

    /// <summary>How a scope is called in a column.</summary>
    public static string Spell(Validity validity) => validity switch
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
        string[] sample = !sampled ? []
            : row.Sample is { } means
                ? [FigureText.WithError(means.LogChi, means.LogChiStandardError), FigureText.Fixed(means.ReffSignal, "F3")]
                : ["-", "-"];
        var scope = limit is null ? "no theory" : Spell(limit.Validity) + (limit.Error > Shown ? $" ± {(limit.Error < 0.1 ? string.Create(CultureInfo.InvariantCulture, $"{100 * limit.Error:G2} %") : FigureText.Share(limit.Error))}" : string.Empty);
        return [row.Place.ToString(), .. theory, .. sample, scope];
    }

    private static void Print(Screen screen, IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var last = row.Length - 1;
            screen.Line((string.Join("  ", row.Select((cell, column) => column == 0 || column == last ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd(), null));
        }
    }
}
