using System.Globalization;
using System.Text.Json.Nodes;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>Shows how simulations compare with a prediction: one statement in each line, or as JSON.</summary>
internal static class CheckTable
{
    /// <summary>Prints the comparison.</summary>
    public static void Print(PredictionCheck check, Screen screen)
    {
        screen.Sentence();
        screen.Sentence(
            $"check: {Counted.Spell(check.Simulations, "simulation")} of each network on this batch; a correct prediction is rejected with "
                + $"probability {PredictionCheck.FalseAlarms.ToString(CultureInfo.InvariantCulture)} at most, if means are normally distributed"
        );
        foreach (var statement in check.Statements)
        {
            screen.Sentence(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Spell(statement.Verdict)}: {statement.Subject}, {statement.Quantity}: expected {Number(statement.Predicted)}, simulated "
                        + $"{Number(statement.Measured)} ± {Number(statement.Margin)} ({statement.Reason})"
                )
            );
        }
    }

    /// <summary>The comparison as JSON.</summary>
    public static JsonObject ToJson(PredictionCheck check) =>
        new()
        {
            ["simulations"] = check.Simulations,
            ["verdict"] = Spell(check.Verdict),
            ["statements"] = new JsonArray([
                .. check.Statements.Select(statement =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["subject"] = statement.Subject,
                            ["quantity"] = statement.Quantity,
                            ["expected"] = Json.Number(statement.Predicted),
                            ["measured"] = Json.Number(statement.Measured),
                            ["margin"] = Json.Number(statement.Margin),
                            ["verdict"] = Spell(statement.Verdict),
                            ["reason"] = statement.Reason,
                        }
                ),
            ]),
        };

    private static string Spell(Verdict verdict) =>
        verdict switch
        {
            Verdict.Holds => "holds",
            Verdict.Rejected => "rejected",
            Verdict.Inconclusive => "inconclusive",
            Verdict.Declined => "declined",
            _ => throw new InvalidOperationException($"no word for {verdict}"),
        };

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("G4", CultureInfo.InvariantCulture) : "-";
}
