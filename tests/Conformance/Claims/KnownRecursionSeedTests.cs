using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Seeds at which R1 once rejected the reference, or could not decide, because of the input that was drawn.</summary>
public class KnownRecursionSeedTests
{
    [Theory]
    [InlineData(153147)]
    [InlineData(38069)]
    [InlineData(4)]
    public void R1_holds_on_the_reference(ulong seed)
    {
        using var reference = new ReferenceSubject();
        foreach (var check in Suite.Checks.Where(check => check.ClaimId == "R1").AtLeastOne())
        {
            var outcome = Suite.Execute(check, reference, Scale.Quick, seed);
            outcome.Verdict.Should().Be(Verdict.Holds, outcome.ToString());
        }
    }
}
