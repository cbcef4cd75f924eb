using System.Text.Json.Nodes;

namespace Wellbehaved.Reports;

/// <summary>A diagnosis as JSON.</summary>
public static class DiagnosisReport
{
    private const double Confidence = 0.95;

    /// <summary>Writes a diagnosis.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <returns>
    /// An object with the conditions at 95 %, the certain one, the shares of mappings that show each with their 95 % intervals, how mappings ended, the law of
    /// growth of χ, the limit of the effective rank, and the rates by depth.
    /// </returns>
    public static JsonObject ToJson(Diagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        return new JsonObject
        {
            ["condition"] = EnumWords.Spell(diagnosis.Condition),
            ["conditions"] = new JsonArray([.. diagnosis.Conditions.Select(condition => (JsonNode)EnumWords.Spell(condition))]),
            ["certain"] = new JsonObject
            {
                ["condition"] = EnumWords.Spell(diagnosis.CertainCondition),
                ["false_rate"] = Diagnosis.FalseRate,
                ["more_mappings"] = diagnosis.MoreMappings,
            },
            ["sentence"] = diagnosis.Sentence,
            ["signal_pathology"] = Share(diagnosis.SignalPathology),
            ["snr_pathology"] = Share(diagnosis.SnrPathology),
            ["point_pathology"] = Share(diagnosis.PointPathology),
            ["endings"] = new JsonArray([
                .. diagnosis
                    .Ends.GroupBy(end => end.Ending)
                    .OrderBy(group => group.Key)
                    .Select(group =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["ending"] = EnumWords.Spell(group.Key),
                                ["mappings"] = group.Count(),
                                ["of"] = diagnosis.Mappings,
                                ["first_depth"] = group.Select(end => end.Depth).Where(depth => depth >= 0).Select(depth => (int?)depth).Min(),
                                ["last_depth"] = group.Select(end => end.Depth).Where(depth => depth >= 0).Select(depth => (int?)depth).Max(),
                            }
                    ),
            ]),
            ["left_out"] = diagnosis.LeftOut,
            ["chi_growth"] = diagnosis.ChiGrowth is { } growth
                ? new JsonObject
                {
                    ["law"] = EnumWords.Spell(growth.Law),
                    ["shape"] = Json.Number(growth.Shape),
                    ["shape_lower"] = Json.Number(growth.ShapeLower),
                    ["shape_upper"] = Json.Number(growth.ShapeUpper),
                    ["parameter"] = Json.Number(growth.Parameter),
                    ["lower"] = Json.Number(growth.Lower),
                    ["upper"] = Json.Number(growth.Upper),
                }
                : null,
            ["reff_limit"] = Json.Number(diagnosis.ReffLimit),
            ["reff_median"] = Json.Number(diagnosis.MedianReff),
            ["varying_share_median"] = Json.Number(diagnosis.MedianShare),
            ["rates"] = new JsonArray([
                .. diagnosis.Rates.Select(rate =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["from"] = rate.From,
                            ["to"] = rate.To,
                            ["log_chi_per_layer"] = Interval(rate.LogChiPerLayer),
                            ["chi_power"] = Interval(rate.ChiPower),
                            ["log_reff_minus_1_gain"] = Interval(rate.LogExcess),
                            ["log_varying_share_gain"] = Interval(rate.LogShare),
                        }
                ),
            ]),
        };
    }

    private static JsonObject? Interval(Estimate? estimate) =>
        estimate is not { } known
            ? null
            : new JsonObject
            {
                ["value"] = Json.Number(known.Value),
                ["lower"] = Json.Number(known.Lower),
                ["upper"] = Json.Number(known.Upper),
            };

    private static JsonObject? Share(BinomialProportion proportion)
    {
        if (proportion.Samples == 0)
        {
            return null;
        }

        var (lower, upper) = proportion.Interval(1 - Confidence);
        return new JsonObject
        {
            ["mappings"] = proportion.Successes,
            ["of"] = proportion.Samples,
            ["lower"] = lower,
            ["upper"] = upper,
        };
    }

    /// <summary>The same as text.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <returns>Indented JSON.</returns>
    public static string ToText(Diagnosis diagnosis) => Json.TextOf(ToJson(diagnosis));
}
