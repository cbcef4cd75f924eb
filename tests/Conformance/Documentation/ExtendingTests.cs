using System.Globalization;
using FluentAssertions;
using Wellbehaved.Networks;

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

    /// <summary>What compiles without a new activation: an audit asks a program only for what it offers, and a page can be silent.</summary>
    [Theory]
    [InlineData("docs/network.schema.json", "\"{0}\"")]
    [InlineData("docs/networks.md", "`{0}`")]
    [InlineData("examples/numpy/wellbehaved_numpy_layers.py", "\"{0}\":")]
    [InlineData("examples/pytorch/wellbehaved_pytorch_layers.py", "\"{0}\":")]
    [InlineData("examples/pytorch/check_layer_vectors.py", "\"{0}\":")]
    public void A_file_that_lists_the_activations_names_every_one(string path, string form)
    {
        var text = Repository.Text(path);
        Function.Words.Where(word => !text.Contains(string.Format(CultureInfo.InvariantCulture, form, word), StringComparison.Ordinal)).Should().BeEmpty();
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
