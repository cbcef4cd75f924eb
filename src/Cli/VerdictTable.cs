using System.Globalization;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>Prints the results of a run of the suite: a row for each claim and architecture, then what needs attention, then the totals.</summary>
internal static class VerdictTable
{
    /// <summary>Prints a run on standard output.</summary>
    public static void Print(VerificationRun run) => Print(run, Screen.Output());

    /// <summary>Prints a run.</summary>
    public static void Print(VerificationRun run, Screen screen)
    {
        new VerdictRows(run.Outcomes, screen).Print(MeasurementWords.Legend);
        if (run.Diagnoses.Count > 0)
        {
            screen.Sentence();
        }

        foreach (var (architecture, diagnosis) in run.Diagnoses)
        {
            screen.Sentence($"{architecture}: {diagnosis.Sentence}", 2);
        }

        foreach (var outcome in run.Outcomes.Where(outcome => outcome.Verdict is Verdict.Rejected or Verdict.Inconclusive))
        {
            screen.Sentence();
            screen.Sentence($"{outcome}", 2);
            screen.Sentence($"  {ClaimLedger.Find(outcome.Check.ClaimId)?.Statement}");

            // For a recorded file no such command is printed: the file always gives the same verdict.
            if (!run.IsRecorded)
            {
                screen.Command($"  again: {VerificationReport.ReplayOf(run, outcome)}");
            }
        }

        foreach (var finding in run.Generated?.Findings ?? [])
        {
            screen.Sentence();
            screen.Sentence($"the smallest network that was found to fail {finding.Claim}, with {finding.Description}:", 2);
            screen.Command($"  {finding.NetworkJson}");
            screen.Command($"  to repeat it, with this network in {finding.Network.Name}.json: {run.Command} {finding.ReplayOptions}");
        }

        screen.Sentence();
        foreach (var claim in run.NotRun)
        {
            screen.Sentence($"not run at this scale: {claim.Id} {claim.Statement} {NotRunWords.Way(claim)}", 2);
        }

        foreach (var claim in run.NotTestable)
        {
            screen.Sentence($"not testable: {claim.Id} {claim.Statement} {claim.Reason}", 2);
        }

        foreach (var sentence in RunSummary.Write(run))
        {
            screen.Sentence(sentence, 2);
        }

        var claims = run.ByClaim;
        var checks = Counted.Spell(run.Outcomes.Count(outcome => outcome.Verdict == Verdict.Holds), run.Outcomes.Count, "check");
        screen.Sentence(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{EnumWords.Hold(Count(claims, Verdict.Holds), claims.Count, "claim")} ({checks}), {Count(claims, Verdict.Rejected)} rejected, "
                    + $"{Count(claims, Verdict.Inconclusive)} inconclusive, "
                    + $"{(run.Declined.Count > 0 ? $"{Count(claims, Verdict.Declined)} declined at least in part, " : "")}{(run.IsRecorded || run.NotJudged.Count > 0 ? $"{run.NotJudged.Count} not judged, " : "")}{(run.NotTestable.Count > 0 ? $"{run.NotTestable.Count} not testable, " : "")}{run.NotRun.Count} "
                    + $"not run at this scale; {(run.Outcomes.Count == 0 ? "nothing was checked, so nothing is known" : Promise.State(run))}"
            )
        );
    }

    private static int Count(IReadOnlyList<KeyValuePair<string, Verdict>> claims, Verdict verdict) => claims.Count(claim => claim.Value == verdict);
}
