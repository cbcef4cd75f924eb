using System.Text.Json.Nodes;
using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>The JSON form of a forecast of a network of layers; docs/file-formats.md describes its keys.</summary>
internal static class ForecastJson
{
    /// <summary>Writes the JSON form.</summary>
    public static JsonObject Write(NetworkForecast forecast, PredictionCheck? check = null, GradientForecast? gradient = null)
    {
        var rows = ForecastRow.List(forecast);
        var result = new JsonObject
        {
            ["network"] = forecast.Question.Network.Name,
            ["noise"] = forecast.Question.FullNoise ? "full" : "mapping",
            ["points"] = forecast.Subset.Points,
            ["images_used"] = forecast.Subset.Images,
            ["whole_batch"] = forecast.Subset.AreAll,
            ["remark"] = forecast.Subset.Remark,
            ["mu2_input_signal"] = forecast.Mu2InputSignal,
            ["mu2_input_noise"] = forecast.MeanSquareNoise,
            ["depth"] = new JsonArray([.. rows.Select(row => (JsonNode)row.Place.Depth)]),
            ["number"] = new JsonArray([.. rows.Select(row => (JsonNode)row.Place.Number)]),
            ["place"] = new JsonArray([.. rows.Select(row => (JsonNode)row.Place.ToString())]),
        };
        Add(
            result,
            rows,
            row => row.Limit is { } limit ? (limit.LogNu2Signal, limit.LogMu2Signal, limit.LogMu2Noise, limit.LogChi, limit.ReffSignal, limit.ReffNoise) : None
        );
        result["growth"] = Numbers(rows, row => Math.Exp(row.LogGrowth));
        if (gradient is not null)
        {
            AddGradients(result, gradient, [.. rows.Select(row => row.Index)]);
        }

        result["exactness"] = new JsonArray([.. rows.Select(row => (JsonNode?)(row.Limit is { } limit ? ForecastTable.Spell(limit.Validity) : null))]);
        result["error"] = Numbers(rows, row => row.Limit?.Error ?? double.NaN);
        result["noise_error"] = Numbers(rows, row => row.Limit is { LogMu2Noise: not double.NaN } limit ? limit.NoiseError : double.NaN);
        result["theory_end"] = forecast.Prediction.End is { } end
            ? new JsonObject
            {
                ["path"] = end.Path,
                ["layer"] = end.Layer.Word,
                ["reason"] = end.Reason,
            }
            : null;
        result["why_no_noise"] = forecast.Prediction.Places.FirstOrDefault(place => place.WhyNoNoise is not null)?.WhyNoNoise;
        result["finite_width"] = forecast.Sample is { } sample ? Sample(sample, rows) : null;
        result["verdicts"] = new JsonArray([.. forecast.Verdicts.Select(Verdict)]);
        result["reach"] = new JsonArray([
            .. Reach
                .State(forecast.Question.Network, forecast.Prediction, forecast.Verdicts)
                .Select(statement =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["words"] = statement.Words,
                            ["value"] = statement.Value,
                            ["law"] = statement.Law,
                            ["scope"] = statement.Scope,
                        }
                ),
        ]);
        result["basis"] = new JsonArray([
            .. ForecastBasis
                .List(forecast)
                .Select(basis =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["law"] = basis.Law,
                            ["quantities"] = basis.Quantities,
                            ["exactness"] = basis.Exactness,
                        }
                ),
        ]);
        if (check is not null)
        {
            result["check"] = CheckTable.ToJson(check);
        }

        return result;
    }

    /// <summary>Adds the predicted gradients at some places.</summary>
    /// <param name="target">Receives <c>gradient</c>, <c>log_gradient</c> and <c>gradient_exactness</c>.</param>
    /// <param name="gradient">The prediction of gradients.</param>
    /// <param name="places">Indices of the places.</param>
    public static void AddGradients(JsonObject target, GradientForecast gradient, IReadOnlyList<int> places)
    {
        target["gradient"] = new JsonArray([.. places.Select(place => Json.Number(Math.Exp(gradient.LogAt(place))))]);
        target["log_gradient"] = new JsonArray([.. places.Select(place => Json.Number(gradient.LogAt(place)))]);
        target["gradient_exactness"] = gradient.Prediction.End is null ? ForecastTable.Spell(gradient.Prediction.Validity) : null;
    }

    private static (double Nu2, double Mu2, double Noise, double Chi, double Signal, double NoiseRank) None =>
        (double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    private static JsonObject Sample(FiniteWidthSample sample, IReadOnlyList<ForecastRow> rows)
    {
        var result = new JsonObject { ["samples"] = sample.Networks };
        Add(
            result,
            rows,
            row => row.Sample is { } means ? (means.LogNu2Signal, means.LogMu2Signal, means.LogMu2Noise, means.LogChi, means.ReffSignal, means.ReffNoise) : None
        );
        result["log_chi_standard_error"] = Numbers(rows, row => row.Sample?.LogChiStandardError ?? double.NaN);
        result["reff_signal_standard_error"] = Numbers(rows, row => row.Sample?.ReffSignalStandardError ?? double.NaN);
        return result;
    }

    private static JsonNode Verdict(StackVerdict verdict) =>
        new JsonObject
        {
            ["path"] = verdict.Path,
            ["units"] = verdict.Units,
            ["behaviour"] = Spell(verdict.Behaviour),
            ["words"] = verdict.Words,
            ["law"] = verdict.Law.Length == 0 ? null : verdict.Law,
            ["scope"] = verdict.Scope.Length == 0 ? null : verdict.Scope,
            ["squared_growth"] = Json.Number(verdict.SquaredGrowth),
            ["exponent"] = Json.Number(verdict.Exponent),
            ["depth_scale"] = Json.Number(verdict.DepthScale),
            ["growth_of_batch"] = Json.Number(Math.Exp(verdict.LogGrowthOfBatch)),
            ["fixed_point"] =
                verdict.Field is { } field && double.IsFinite(field.Variance)
                    ? new JsonObject
                    {
                        ["variance"] = field.Variance,
                        ["noise_gain"] = Json.Number(field.NoiseGain),
                        ["radial_gain"] = Json.Number(field.RadialGain),
                        ["correlation"] = Json.Number(field.Correlation),
                    }
                    : null,
            ["advice"] = new JsonArray([
                .. verdict.Suggestions.Select(suggestion =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["change"] = suggestion.Change,
                            ["prediction"] = suggestion.Prediction,
                            ["law"] = suggestion.Law,
                            ["scope"] = suggestion.Scope,
                        }
                ),
            ]),
        };

    private static string Spell(Behaviour behaviour) =>
        behaviour switch
        {
            Behaviour.WellBehaved => "well-behaved",
            Behaviour.Identity => "identity",
            Behaviour.Point => "point",
            Behaviour.Line => "line",
            Behaviour.Edge => "edge of chaos",
            Behaviour.Exploding => "exploding",
            Behaviour.Unknown => "theory does not reach this",
            _ => throw new InvalidOperationException($"no words for {behaviour}"),
        };

    private static void Add(
        JsonObject target,
        IReadOnlyList<ForecastRow> rows,
        Func<ForecastRow, (double Nu2, double Mu2, double Noise, double Chi, double Signal, double NoiseRank)> read
    )
    {
        foreach (
            var (name, select) in new (string, Func<ForecastRow, double>)[]
            {
                ("nu2_signal", row => read(row).Nu2),
                ("mu2_signal", row => read(row).Mu2),
                ("mu2_noise", row => read(row).Noise),
                ("chi", row => read(row).Chi),
            }
        )
        {
            target[name] = Numbers(rows, row => Math.Exp(select(row)));
            target[$"log_{name}"] = Numbers(rows, select);
        }

        target["reff_signal"] = Numbers(rows, row => read(row).Signal);
        target["reff_noise"] = Numbers(rows, row => read(row).NoiseRank);
    }

    // What overflows, or is not known, is null; its logarithm may be there.
    private static JsonArray Numbers(IReadOnlyList<ForecastRow> rows, Func<ForecastRow, double> select) => [.. rows.Select(row => Json.Number(select(row)))];
}
