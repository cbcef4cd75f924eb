using System.Collections.Concurrent;
using Wellbehaved.Audit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The quick suite on the reference, each check executed once; says at its end how many claims hold, by name.</summary>
public sealed class ReferenceRun(IMessageSink messages) : IDisposable
{
    private readonly ConcurrentDictionary<Check, CheckOutcome> _outcomes = [];

    public CheckOutcome OutcomeOf(Check check) => _outcomes.GetOrAdd(check, _ => SharedOutcomes.OfReference(check, TestSeed.Value));

    public void Dispose()
    {
        var verdicts = ClaimLedger
            .Claims.GroupBy(VerdictOf)
            .ToDictionary(group => group.Key, group => $"{group.Count()} ({string.Join(" ", group.Select(claim => claim.Id))})");
        messages.OnMessage(
            new DiagnosticMessage(
                "claims on the reference, seed "
                    + TestSeed.Value
                    + ": "
                    + string.Join("; ", verdicts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}"))
            )
        );
    }

    private string VerdictOf(Claim claim)
    {
        var checks = Suite.Checks.Where(check => check.ClaimId == claim.Id).ToArray();
        return claim.IsTrained ? "not run at this scale"
            : checks.Any(check => _outcomes.TryGetValue(check, out var outcome) && outcome.Verdict == Verdict.Rejected) ? "REJECTED"
            : checks.Length > 0 && checks.All(check => _outcomes.TryGetValue(check, out var outcome) && outcome.Verdict == Verdict.Holds) ? "holds"
            : checks.All(check => !_outcomes.ContainsKey(check)) ? "not executed"
            : "inconclusive";
    }
}
