using System.Text.Json.Nodes;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// The command runs with the settings of the garbage collector that docs/performance.md gives figures for. Without one of them it takes longer, and nothing
/// else would show that: all numbers stay as they are.
/// </summary>
public class CollectorSettingsTests
{
    [Theory]
    [InlineData("System.GC.LOHThreshold", "33554432")]
    [InlineData("System.GC.Concurrent", "false")]
    public void The_command_runs_with_the_setting(string name, string value)
    {
        var options = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(CommandLine.Uncounted, ".runtimeconfig.json")))!["runtimeOptions"]!;

        options["configProperties"]![name]!.ToJsonString().Should().Be(value);
    }
}
