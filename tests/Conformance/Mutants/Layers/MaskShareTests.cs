using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Each probability of dropout and of survival is tested by itself.</summary>
public class MaskShareTests
{
    /// <summary>
    /// At this seed the branches survive with probabilities of 0.7 and 0.3 in one network, and of ½ in the other. Drawn with 1 - p
    /// instead of p, 0.7 and 0.3 make up for each other, and ½ does not change.
    /// </summary>
    [Fact]
    public void DR2_too_many_survivals_of_one_probability_do_not_make_up_for_too_few_of_another()
    {
        var mutant = LayerMutants.List.Single(one => one.ToString() == "DR2 rejects branches that survive where they should not (composed)");
        using var subject = mutant.Create();

        var outcome = Suite.Execute(mutant.Check, subject, Scale.Quick, 74);

        outcome.Verdict.Should().Be(Verdict.Rejected);
        outcome
            .Measurements.Where(one => one.Verdict == Verdict.Rejected)
            .Should()
            .OnlyContain(one => one.Quantity.StartsWith("share of branches that survive with probability", StringComparison.Ordinal));
    }
}
