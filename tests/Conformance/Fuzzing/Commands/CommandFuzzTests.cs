using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public class CommandFuzzTests
{
    private static readonly int Inputs = Breadth.Choose(usual: 200, atNight: 600);

    /// <summary>Each input goes through every command that reads it, so that commands run some hundred times; the nightly tries a million.</summary>
    [UnixFact]
    public void No_command_crashes_hangs_or_prints_control_characters_for_spoilt_input()
    {
        var from = (int)(TestSeed.Value % 1_000_000_000);
        var lines = new List<string>();
        CommandFuzzing.RunApart(from, from + Inputs, keep: null, lines.Add).Should().BeEmpty();
        lines[^1]
            .Should()
            .StartWith($"{Inputs} inputs through ")
            .And.Contain(" 0 findings")
            .And.MatchRegex("exit status 0: [1-9]")
            .And.MatchRegex("2: [1-9]", "some inputs are sound and some are not");
    }
}
