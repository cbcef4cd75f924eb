namespace Wellbehaved.Audit;

/// <summary>What a known defect looks like: the checks that it fails.</summary>
/// <param name="Defect">What is wrong, in words.</param>
/// <param name="Rejects">The checks that reject it, each a claim and an architecture separated by a space.</param>
public sealed record Signature(string Defect, IReadOnlyList<string> Rejects)
{
    /// <summary>A subject's rejections resemble a signature from here on: three of four checks that either fails, both fail.</summary>
    public const double LeastResemblance = 0.75;

    /// <summary>Fewer claims than that say too little: many defects fail the same few checks.</summary>
    private const int LeastClaims = 12;

    /// <summary>
    /// Whether a check belongs to signatures: networks that are drawn at random are not the same again, and deep experiments show what all defects do in the
    /// end, not which one.
    /// </summary>
    /// <param name="check">The check.</param>
    /// <returns>True if so.</returns>
    public static bool Covers(Check check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return check.ClaimId[0] != 'P' && check.ClaimId != "A3" && check.Architecture != Suite.Composed && check.Architecture != GeneratedAudit.Architecture;
    }

    /// <summary>How a check is named in a signature.</summary>
    /// <param name="check">The check.</param>
    /// <returns>Claim and architecture.</returns>
    public static string NameOf(Check check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return $"{check.ClaimId} {check.Architecture}";
    }

    /// <summary>Known defects whose signature a run's rejections match, best first.</summary>
    /// <param name="outcomes">The outcomes of a run.</param>
    /// <param name="known">Known signatures.</param>
    /// <returns>Signatures with their resemblance: checks that both fail, over checks that either fails, among those that were decided; none where too few
    /// claims were.</returns>
    public static IReadOnlyList<(Signature Signature, double Resemblance)> Match(IReadOnlyList<CheckOutcome> outcomes, IEnumerable<Signature> known)
    {
        var decided = outcomes
            .Where(outcome => Covers(outcome.Check) && outcome.Verdict is Verdict.Holds or Verdict.Rejected)
            .Select(outcome => NameOf(outcome.Check))
            .ToHashSet();
        var rejected = outcomes
            .Where(outcome => Covers(outcome.Check) && outcome.Verdict == Verdict.Rejected)
            .Select(outcome => NameOf(outcome.Check))
            .ToHashSet();
        var claims = outcomes.Where(outcome => decided.Contains(NameOf(outcome.Check))).Select(outcome => outcome.Check.ClaimId).Distinct().Count();
        return rejected.Count == 0 || claims < LeastClaims
            ? []
            :
            [
                .. known
                    .Select(signature => (Signature: signature, Resemblance: Resemblance(signature)))
                    .Where(match => match.Resemblance >= LeastResemblance)
                    .OrderByDescending(match => match.Resemblance),
            ];

        double Resemblance(Signature signature)
        {
            var expected = signature.Rejects.Where(decided.Contains).ToHashSet();
            return (double)expected.Count(rejected.Contains) / expected.Union(rejected).Count();
        }
    }
}
