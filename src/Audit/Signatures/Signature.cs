using System.Text.Json.Serialization;

namespace Wellbehaved.Audit;

/// <summary>The effects of a known defect: the checks that it fails.</summary>
public sealed class Signature
{
    /// <summary>The least resemblance for a match: of the checks that a subject or a signature fails, both fail at least three of four.</summary>
    internal const double LeastResemblance = 0.75;

    /// <summary>The fewest claims for a match; fewer claims say too little, because many defects fail the same few checks.</summary>
    private const int LeastClaims = 12;

    [JsonConstructor]
    internal Signature(string defect, IReadOnlyList<string> rejects) => (Defect, Rejects) = (defect, rejects);

    /// <summary>The defect, in words.</summary>
    public string Defect { get; }

    /// <summary>The checks that reject it, each a claim and an architecture separated by a space.</summary>
    public IReadOnlyList<string> Rejects { get; }

    /// <summary>
    /// Whether a check belongs to signatures. Checks on randomly drawn networks do not, because the networks are never the same again; nor do deep experiments,
    /// because all defects show in them in the same way.
    /// </summary>
    /// <param name="check">The check.</param>
    /// <returns>True if it does.</returns>
    internal static bool Covers(Check check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return check.ClaimId[0] != 'P' && check.ClaimId != "A3" && check.Architecture != Suite.Composed && check.Architecture != GeneratedAudit.Architecture;
    }

    /// <summary>The name of a check in a signature.</summary>
    /// <param name="check">The check.</param>
    /// <returns>Claim and architecture.</returns>
    internal static string NameOf(Check check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return $"{check.ClaimId} {check.Architecture}";
    }

    /// <summary>Known defects whose signature matches the rejections of a run, best first.</summary>
    /// <param name="outcomes">The outcomes of a run.</param>
    /// <param name="known">Known signatures.</param>
    /// <returns>
    /// Signatures with their resemblance: the number of checks that both fail, divided by the number that either fails, among the checks that were decided.
    /// Empty if too few claims were.
    /// </returns>
    internal static IReadOnlyList<(Signature Signature, double Resemblance)> Match(IReadOnlyList<CheckOutcome> outcomes, IEnumerable<Signature> known)
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
