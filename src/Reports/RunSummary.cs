namespace Wellbehaved.Reports;

/// <summary>A run of the suite in a few sentences, the same in every report.</summary>
internal static class RunSummary
{
    /// <summary>Writes the sentences.</summary>
    /// <param name="run">The run.</param>
    /// <returns>
    /// A sentence for each cause that explains the numbers of rejections, for what follows from it and for what is not explained; then for what was not judged,
    /// for each level, for what was declined, for what failed between auditor and subject, and for claims that were asked for in vain.
    /// </returns>
    public static IEnumerable<string> Write(VerificationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        // The causes come before the verdicts.
        foreach (var explanation in run.Explanations ?? [])
        {
            yield return $"{HeadOf(explanation.Kind)}: {explanation.Part}: {explanation.Cause} ({explanation.Evidence}; "
                + $"{(explanation.Part == WeightCauses.Part ? "looked at on" : "on")} {string.Join(", ", explanation.Architectures)})";
        }

        // A resemblance says less than an explanation: it is left out if there is one.
        var isExplained = run.Explanations?.Any(explanation => explanation.Kind == ExplanationKind.ExplainsTheNumbers) ?? false;
        if (run.Verdict == Verdict.Rejected && !isExplained)
        {
            string?[] words = [run.Explanations is null ? null : "no known cause explains the numbers", Resemblance(run.LikelyCauses)];
            if (string.Join("; ", words.Where(some => some is not null)) is { Length: > 0 } sentence)
            {
                yield return sentence;
            }
        }

        foreach (var (missing, claims) in run.NotJudged.GroupBy(pair => pair.Value, pair => pair.Key).Select(group => (group.Key, string.Join(" ", group))))
        {
            yield return $"not judged: {claims}: {missing}";
        }

        // Recorded moments have no levels.
        foreach (var level in (run.IsRecorded ? [] : run.Outcomes).GroupBy(outcome => VerdictLevels.LevelOf(outcome.Check)).OrderBy(group => group.Key))
        {
            yield return $"{NameOf(level.Key)}: "
                + $"{EnumWords.Hold(Count(level, Verdict.Holds), level.Count(), "check")}{Also(level, Verdict.Rejected, "rejected")}{Also(level, Verdict.Inconclusive, "inconclusive")}{Also(level, Verdict.Declined, "declined")}";
        }

        if (run.Declined.Count > 0)
        {
            yield return $"declined, so not judged: {string.Join(", ", run.Declined)}; checks that hold in part only: "
                + $"{run.Outcomes.Count(outcome => outcome.Verdict == Verdict.Holds && outcome.Declined.Count > 0)}";
        }

        foreach (var failure in run.AdapterFailures)
        {
            yield return $"adapter: {failure}";
        }

        if (run.Outcomes.Count > 0 && run.AskedInVain.Count > 0)
        {
            yield return $"asked for by name and not judged, so the whole is inconclusive at best: {string.Join(", ", run.AskedInVain)}";
        }
    }

    /// <summary>The known mistakes that the set of failed checks resembles; null if it resembles none.</summary>
    private static string? Resemblance(IReadOnlyList<(Signature Signature, double Resemblance)> causes)
    {
        string[] best = [.. causes.TakeWhile(cause => cause.Resemblance == causes[0].Resemblance).Select(cause => cause.Signature.Defect)];
        return best switch
        {
            [] => null,
            [var alone] => $"the failed checks resemble those of one known mistake, which others may share: {alone}",
            _ => $"the failed checks resemble those of {best.Length} known mistakes equally: {string.Join("; or ", best)}",
        };
    }

    private static string HeadOf(ExplanationKind kind) =>
        kind switch
        {
            ExplanationKind.ExplainsTheNumbers => "explains the numbers",
            ExplanationKind.Follows => "follows from it",
            ExplanationKind.Unexplained => "not explained",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected a kind of explanation"),
        };

    private static string NameOf(VerdictLevel level) =>
        level switch
        {
            VerdictLevel.GivenWeights => "given weights, element by element",
            VerdictLevel.Initialisation => "its own weights",
            VerdictLevel.Statistics => "statistics of its random networks",
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, "expected a level of verdicts"),
        };

    private static int Count(IEnumerable<CheckOutcome> outcomes, Verdict verdict) => outcomes.Count(outcome => outcome.Verdict == verdict);

    private static string Also(IEnumerable<CheckOutcome> outcomes, Verdict verdict, string word) =>
        Count(outcomes, verdict) is > 0 and var count ? $", {count} {word}" : "";
}
