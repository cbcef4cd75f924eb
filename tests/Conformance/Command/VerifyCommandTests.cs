using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public class VerifyCommandTests
{
    [Fact]
    public void Verify_quick_shows_the_four_behaviours_and_exits_with_0()
    {
        var outcome = CommandLine.Run("verify", "--scale", "quick");

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        foreach (var architecture in Model.Architecture.Names)
        {
            outcome.Output.Should().Contain($"{architecture}: ");
        }

        outcome.Output.Should().Contain("4 of 4 statements hold").And.NotContain("REJECTED").And.NotContain("INCONCLUSIVE");
    }
}
