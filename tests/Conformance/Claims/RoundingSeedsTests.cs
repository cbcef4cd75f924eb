using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Seeds at which a deterministic check once rejected the reference.</summary>
public class RoundingSeedsTests
{
    /// <summary>The bound of O1 did not allow for Fourier transforms.</summary>
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

    /// <summary>
    /// Every output of a GELU was below the smallest normal number there, and the power of two that brings it near 1 is beyond single precision.
    /// </summary>
    [Fact]
    public void D9_holds_where_an_activation_leaves_only_tails()
    {
        using var reference = new ReferenceSubject();
        var outcome = Suite.Execute(Suite.Checks.Single(check => check is { ClaimId: "D9", Architecture: Suite.Composed }), reference, Scale.Quick, 2624);

        outcome.Verdict.Should().Be(Verdict.Holds, outcome.ToString());
    }
}
