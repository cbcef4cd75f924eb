namespace Wellbehaved.Evidence;

/// <summary>The names of verdicts in part files.</summary>
internal static class VerdictName
{
    /// <summary>The claim held.</summary>
    public const string Holds = "holds";

    /// <summary>The claim was rejected.</summary>
    public const string Rejected = "rejected";

    /// <summary>The data were not enough to decide.</summary>
    public const string Inconclusive = "inconclusive";

    /// <summary>The subject declined the check.</summary>
    public const string Declined = "declined";

    /// <summary>The name of a verdict.</summary>
    public static string Spell(Verdict verdict) =>
        verdict switch
        {
            Verdict.Holds => Holds,
            Verdict.Rejected => Rejected,
            Verdict.Inconclusive => Inconclusive,
            Verdict.Declined => Declined,
            _ => throw new InvalidOperationException($"expected a verdict, got {verdict}"),
        };
}
