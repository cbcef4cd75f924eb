using System.Text.Json.Nodes;

namespace Wellbehaved.Reports;

/// <summary>The verdict in a few words, for a badge.</summary>
internal static class Badge
{
    /// <summary>The text of the badge: counts, not percentages, which would be rounded.</summary>
    /// <param name="run">The run.</param>
    /// <returns>Text.</returns>
    public static string TextOf(VerificationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var claims = run.ByClaim;
        var rejected = claims.Where(claim => claim.Value == Verdict.Rejected).Select(claim => claim.Key).ToArray();
        var holds = Files.Counted.Spell(claims.Count(claim => claim.Value == Verdict.Holds), claims.Count, "claim");
        return run.Verdict switch
        {
            Verdict.Rejected => $"rejected: {string.Join(", ", rejected)}",
            Verdict.Inconclusive => "inconclusive",
            Verdict.Declined => $"{holds}, others declined wholly or in part",
            _ => holds,
        };
    }

    /// <summary>The badge in the format that shields.io reads from an address.</summary>
    /// <param name="run">The run.</param>
    /// <returns>JSON.</returns>
    public static string ToText(VerificationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Json.TextOf(
                new JsonObject
                {
                    ["schemaVersion"] = 1,
                    ["label"] = "wellbehaved",
                    ["message"] = TextOf(run),
                    ["color"] = run.Verdict switch
                    {
                        Verdict.Holds => "brightgreen",
                        Verdict.Declined => "yellowgreen",
                        Verdict.Rejected => "red",
                        _ => "lightgrey",
                    },
                }
            ) + "\n";
    }
}
