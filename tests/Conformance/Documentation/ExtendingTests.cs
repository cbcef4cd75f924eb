using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public class ExtendingTests
{
    /// <summary>An activation that is there stands for one that is added.</summary>
    [Fact]
    public void The_page_on_extending_names_every_file_that_an_activation_needs()
    {
        string[] folders = ["src/Networks", "src/Model", "src/Theory", "src/Audit", "src/Onnx/Exports", "src/Cli", "src/Figures", "data", "docs", "examples"];
        string[] endings = [".cs", ".py", ".json", ".md"];
        var page = Repository.Text("docs/extending.md");
        var touched = folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories))
            .Where(file => endings.Contains(Path.GetExtension(file)) && !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Where(file =>
                File.ReadAllText(file) is var text
                && (text.Contains("HardSwish", StringComparison.Ordinal) || text.Contains("hard_swish", StringComparison.Ordinal))
            )
            .Select(Path.GetFileName)
            .Where(file => file != "extending.md")
            .ToArray();
        touched.Should().HaveCountGreaterThan(15);
        touched.Should().OnlyContain(file => page.Contains(file!, StringComparison.Ordinal), "docs/extending.md says what an activation needs");
    }

    [Fact]
    public void The_diffs_on_the_page_on_extending_apply_to_the_current_files()
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
