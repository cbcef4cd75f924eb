using System.Globalization;
using System.Text;

namespace Wellbehaved.Reports;

/// <summary>A run of the suite as a page of Markdown: the verdict first, then what needs attention, then every check.</summary>
public static class MarkdownReport
{
    /// <summary>Writes the report.</summary>
    /// <param name="run">The run.</param>
    /// <returns>Markdown.</returns>
    public static string ToText(VerificationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var page = new StringBuilder();
        Line($"# {Foreign(run.Title)}: {Badge.TextOf(run)}");
        Line($"Scale {EnumWords.Spell(run.Scale)}, seed {run.Seed}. A{Promise.State(run)[1..]}.");
        Line();
        foreach (var sentence in RunSummary.Write(run))
        {
            Line($"- {Foreign(sentence)}");
        }

        foreach (var outcome in run.Outcomes.Where(outcome => outcome.Verdict is Verdict.Rejected or Verdict.Inconclusive))
        {
            Line();
            Line($"## {Signature.NameOf(outcome.Check)}: {EnumWords.Spell(outcome.Verdict)}");
            Line($"{ClaimLedger.Find(outcome.Check.ClaimId)?.Statement}");
            Line();
            Line(Foreign(outcome.ToString()));

            // For a recorded file no command is shown: the same file gives the same verdict.
            if (!run.IsRecorded)
            {
                Line();
                Line(OperatingSystem.IsWindows() ? "```powershell" : "```sh");
                Line(ForeignText.OnOneLine(VerificationReport.ReplayOf(run, outcome)));
                Line("```");
            }
        }

        Line();
        Line("## Every check");
        Line();
        Line("| claim | architecture | predicted | measured | apart by | interval | n | verdict | decided by |");
        Line("|---|---|---:|---:|---:|---:|---:|---|---|");
        foreach (var outcome in run.Outcomes)
        {
            Line(Row(outcome));
        }

        foreach (var (architecture, diagnosis) in run.Diagnoses)
        {
            Line();
            Line($"**{Foreign(architecture)}**: {Foreign(diagnosis.Sentence)}");
        }

        foreach (var claim in run.NotRun)
        {
            Line();
            Line($"Not run at this scale: {claim.Id} {claim.Statement} {NotRunWords.Way(claim)}");
        }

        foreach (var claim in run.NotTestable)
        {
            Line();
            Line($"Not testable: {claim.Id} {claim.Statement} {claim.Reason}");
        }

        return page.ToString();

        void Line(string text = "") => page.Append(text).Append('\n');
    }

    private static string Row(CheckOutcome outcome)
    {
        var verdict =
            EnumWords.Spell(outcome.Verdict)
            + (
                outcome.Declined.Count > 0 && outcome.Verdict != Verdict.Declined ? $", in part (declined: {Foreign(string.Join(", ", outcome.Declined))})" : ""
            );
        return outcome.Decisive is { } decisive
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"| {outcome.Check.ClaimId} | {outcome.Check.Architecture} | {MeasurementWords.Predicted(decisive, 5)} | "
                    + $"{MeasurementWords.Measured(decisive)} | {MeasurementWords.Apart(decisive)} | {MeasurementWords.Interval(decisive)} | "
                    + $"{decisive.Samples} | {verdict} | {Foreign(MeasurementWords.Quantity(decisive))} |"
            )
            : $"| {outcome.Check.ClaimId} | {outcome.Check.Architecture} | | | | | | {verdict} | {Foreign(outcome.Failure ?? "")} |";
    }

    /// <summary>Escapes a subject's words, and sentences that may quote them.</summary>
    private static string Foreign(string text) => ForeignText.InMarkdown(text);
}
