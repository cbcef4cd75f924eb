using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Seeds at which O1 once rejected the reference, since its bound did not allow for Fourier transforms.</summary>
public class RoundingSeedsTests
{
    [Theory]
    [InlineData(2828)]
    [InlineData(300548)]
    [InlineData(301267)]
    public void O1_allows_for_the_rounding_of_Fourier_transforms(ulong seed)
    {
        using var reference = new ReferenceSubject();
        foreach (var check in Suite.Checks.Where(check => check.ClaimId == "O1").AtLeastOne())
        {
            var outcome = Suite.Execute(check, reference, Scale.Quick, seed);

            outcome.Verdict.Should().Be(Verdict.Holds, outcome.ToString());
        }
    }
}
