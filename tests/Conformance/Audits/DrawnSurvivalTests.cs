using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Whether a branch survived is seen in the sum that a subject shows, where the subject drew it.</summary>
public class DrawnSurvivalTests
{
    /// <summary>Found by 3,000 generated networks: without a signal both sums are zero, and a right subject was rejected that had dropped the branch.</summary>
    [Fact]
    public void Without_a_signal_the_noise_tells()
    {
        using var reference = new ReferenceSubject();
        var network = new Network("survival", new(1, 1, 3), [new Residual([new Scaling(1)]) { Survival = 0.5 }]);

        var outcomes = Enumerable
            .Range(0, 16)
            .SelectMany(seed =>
                GeneratedAnswer.Ask(reference, new(network, 2, NoiseKind.Mapping, GeneratedInput.ZeroSignal, 1, (ulong)seed), given: false, ["O10"]).Found
            )
            .ToArray();

        outcomes.Should().NotBeEmpty().And.OnlyContain(outcome => outcome.Measurement.Verdict == Verdict.Holds);
    }
}
