using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public class ExtendingTests
{
    [Fact]
    public void The_diffs_in_the_document_apply_to_the_files_as_they_are()
    {
        var diffs = Repository.Blocks("docs/extending.md", "diff").Select(block => block.Text).ToArray();
        diffs.Should().HaveCount(3);
        foreach (var diff in diffs)
        {
            var path = Path.GetTempFileName();
            try
            {
                File.WriteAllText(path, diff);
                var outcome = CommandLine.Run("git", ["-C", Repository.Root, "apply", "--check", path]);
                outcome.ExitStatus.Should().Be(0, outcome.Error);
            }
            finally
            {
                File.Delete(path);
            }
        }
    }
}
