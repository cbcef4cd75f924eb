using Wellbehaved.Audit;
using Wellbehaved.Statistics;
using Xunit;

namespace Wellbehaved.Xunit;

/// <summary>Tests every testable claim of the ledger on an implementation in C#.</summary>
/// <remarks>
/// Derive from it in one line: <c>public class MyNetworkTests(SubjectFixture&lt;MyNetwork&gt; subject) : ConformanceTests&lt;MyNetwork&gt;(subject);</c>. A
/// check that is rejected or inconclusive fails; one that the implementation declines is skipped, with the reason. For the whole class, a correct
/// implementation is rejected for less than one seed in a million (proved). A check that stays inconclusive after its budget of samples occurs for less than
/// one seed in a thousand (measured, docs/verdicts.md); its message says so, and another <see cref="Seed"/> decides it.
/// </remarks>
/// <typeparam name="TSubject">The audited class; its answers must depend only on the question, and may be asked for from any thread.</typeparam>
/// <param name="fixture">Provided by xunit.</param>
public abstract class ConformanceTests<TSubject>(SubjectFixture<TSubject> fixture) : IClassFixture<SubjectFixture<TSubject>>
    where TSubject : ISubject, new()
{
    /// <summary>The checks; each is a claim and an architecture.</summary>
    public static TheoryData<string, string> Checks
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var check in Suite.Checks)
            {
                data.Add(check.ClaimId, check.Architecture);
            }

            return data;
        }
    }

    /// <summary>How much to simulate: quick unless overridden.</summary>
    protected virtual Scale Scale => Scale.Quick;

    /// <summary>Seed of all randomness: the same in every run unless overridden.</summary>
    protected virtual ulong Seed => 0;

    /// <summary>Executes a check.</summary>
    /// <param name="claim">Id of the claim.</param>
    /// <param name="architecture">The architecture.</param>
    // In xunit 2 a test cannot skip itself.
#if XUNIT_V3
    [Theory(SkipExceptions = [typeof(DeclinedException)])]
#else
    [SkippableTheory(typeof(DeclinedException))]
#endif
    [MemberData(nameof(Checks))]
    public void Claim(string claim, string architecture)
    {
        var check = Suite.Checks.Single(candidate => candidate.ClaimId == claim && candidate.Architecture == architecture);
        var outcome = Suite.Execute(check, fixture.Subject, Scale, Seed, fixture.DeepOf(Scale, Seed));
        if (outcome.Verdict == Verdict.Declined)
        {
            throw new DeclinedException(outcome.Failure ?? "declined");
        }

        Assert.True(outcome.Verdict == Verdict.Holds, $"{outcome}\n{ClaimLedger.Find(claim)?.Statement}\nscale {Scale}, seed {Seed}");
    }
}
