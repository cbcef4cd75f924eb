using System.Text.Json.Nodes;

namespace Wellbehaved.Audit;

/// <summary>A diagnosis as JSON.</summary>
public static class DiagnosisReport
{
    private const double Confidence = 0.95;

    /// <summary>Writes it out.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <returns>An object with the condition, both shares with their 95 % intervals, the law of growth of χ and the limit of the effective rank.</returns>
    public static JsonObject ToJson(Diagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        return new JsonObject
        {
            ["condition"] = Words.Of(diagnosis.Condition),
            ["sentence"] = diagnosis.Sentence,
            ["signal_pathology"] = Share(diagnosis.SignalPathology),
            ["snr_pathology"] = Share(diagnosis.SnrPathology),
            ["chi_growth"] = diagnosis.ChiGrowth is { } growth
                ? new JsonObject
                {
                    ["law"] = Words.Of(growth.Law),
                    ["shape"] = Json.Number(growth.Shape),
                    ["parameter"] = Json.Number(growth.Parameter),
                    ["lower"] = Json.Number(growth.Lower),
                    ["upper"] = Json.Number(growth.Upper),
                }
                : null,
            ["reff_limit"] = Json.Number(diagnosis.ReffLimit),
            ["reff_median"] = Json.Number(diagnosis.MedianReff),
        };
    }

    private static JsonObject? Share(BinomialProportion proportion)
    {
        if (proportion.Samples == 0)
        {
            return null;
        }

        var (lower, upper) = proportion.Interval(1 - Confidence);
        return new JsonObject { ["mappings"] = proportion.Successes, ["of"] = proportion.Samples, ["lower"] = lower, ["upper"] = upper };
    }

    /// <summary>The same as text.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <returns>Indented JSON.</returns>
    public static string ToText(Diagnosis diagnosis) => Json.TextOf(ToJson(diagnosis));
}
