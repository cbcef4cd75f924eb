using System.Collections.Concurrent;
using Wellbehaved.Audit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The quick suite on the reference, each check executed once; says at its end how many claims hold, by name.</summary>
public sealed class ReferenceRun : IDisposable
{
    private readonly IMessageSink _messages;
    private readonly ReferenceSubject _reference = new();
    private readonly DeepExperiments _deep;
    private readonly ConcurrentDictionary<Check, CheckOutcome> _outcomes = [];

    public ReferenceRun(IMessageSink messages)
    {
        _messages = messages;
        _deep = new DeepExperiments(_reference, Scale.Quick, TestSeed.Value);
    }

    public CheckOutcome OutcomeOf(Check check) => _outcomes.GetOrAdd(check, _ => Suite.Execute(check, _reference, Scale.Quick, TestSeed.Value, _deep));

    public void Dispose()
    {
        _reference.Dispose();
        var verdicts = ClaimLedger.Claims.GroupBy(VerdictOf).ToDictionary(group => group.Key, group => $"{group.Count()} ({string.Join(" ", group.Select(claim => claim.Id))})");
        _messages.OnMessage(new DiagnosticMessage("claims on the reference, seed " + TestSeed.Value + ": " + string.Join("; ", verdicts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}"))));
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
