using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public class CommandFuzzTests
{
    private static readonly int Inputs = Breadth.Choose(usual: 100, atNight: 600);

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

    [Theory]
    [InlineData(65536)]
    [InlineData(4)]
    public void Memory_that_a_description_asks_for_is_allowed(int channels)
    {
        var description = """{"name":"b","layers":["flatten",{"dense":{"channels":N}}]}""".Replace("N", $"{channels}", StringComparison.Ordinal);

        // The weights of the network and their copy for products, and in the backward pass as they are, transposed and packed; everything else is small beside
        // them, or small.
        var weights = 5.0 * (32 * 32 * 3) * channels * sizeof(float);
        CommandInputs.MemoryOf(description, ["--batch-size", "2", "--gradients"]).Should().BeInRange(weights, (1.02 * weights) + (2 << 20));
    }

    [Theory]
    [InlineData("""{"name":"b","layers":["flatten",{"dense":{"channels":65536}},{"dense":{"channels":1000000000}}]}""")]
    [InlineData("""{"name":"b","layers":["flatten",{"dense":""")]
    public void Description_that_has_to_be_refused_is_allowed_no_memory(string description) =>
        CommandInputs.MemoryOf(description, ["--batch-size", "2"]).Should().Be(0);

    [Theory]
    [InlineData(65536, 60, 120)]
    [InlineData(4, 0, 1)]
    public void Time_that_a_description_asks_for_is_known_from_its_own_count(int units, double least, double most)
    {
        var description = """{"name":"a","layers":[{"repeat":{"times":N,"unit":[{"residual":{"branch":["layer_norm","gelu",{"conv":{"kernel":1}}]}}]}}]}""";

        CommandInputs
            .PredictionOf(description.Replace("N", $"{units}", StringComparison.Ordinal), ["--batch-size", "3", "--input-shape", "4x4x3"])
            .Should()
            .BeInRange(least, most);
    }
}
