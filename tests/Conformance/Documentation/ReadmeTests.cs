using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What README shows of the first command is what the command prints.</summary>
public class ReadmeTests
{
    private const string FirstCommand = "wellbehaved verify --scale quick";

    [Fact]
    public void The_first_command_prints_what_README_shows()
    {
        var blocks = Repository.Blocks("README.md", "sh", "text").ToArray();
        var index = Array.FindIndex(blocks, block => block.Language == "sh" && block.Text.Trim() == FirstCommand);
        index.Should().BeGreaterThanOrEqualTo(0);
        blocks[index + 1].Language.Should().Be("text");

        var run = CommandLine.Run(FirstCommand.Split(' ')[1..]);

        run.ExitStatus.Should().Be(0, run.Error);
        var printed = run.Output.ReplaceLineEndings("\n").Split('\n');
        foreach (var line in blocks[index + 1].Text.TrimEnd('\n').Split('\n').Where(line => line != "…"))
        {
            printed.Should().Contain(line);
        }
    }
}
