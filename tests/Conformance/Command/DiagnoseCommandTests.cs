using System.Text.Json.Nodes;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class DiagnoseCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("bn_ff", "pathological_snr", "Pathological SNR")]
    [InlineData("bn_res", "well_behaved", "Well-behaved")]
    public void A_run_is_diagnosed(string architecture, string condition, string sentence)
    {
        var (file, json) = (Path.Combine(_folder.FullName, "run.npz"), Path.Combine(_folder.FullName, "diagnosis.json"));
        CommandLine.Run("run", "--architecture", architecture, "--total-depth", "80", "--kernel-size", "1", "--num-channels", "64", "--batch-size", "16", "--num-sims", "40", "--num-computations", "8", "--out", file).ExitStatus.Should().Be(0);

        var outcome = CommandLine.Run("diagnose", file, "--json", json);

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Output.Should().StartWith(sentence).And.Contain("of 40 mappings").And.Contain("growth of χ");
        var report = JsonNode.Parse(File.ReadAllText(json))!;
        report["condition"]!.GetValue<string>().Should().Be(condition);
        report["snr_pathology"]!["of"]!.GetValue<int>().Should().Be(40);
    }

    [Fact]
    public void A_shallow_run_is_undecided_with_exit_status_3()
    {
        var file = Path.Combine(_folder.FullName, "run.npz");
        CommandLine.Run("run", "--architecture", "vanilla", "--total-depth", "8", "--kernel-size", "1", "--num-channels", "16", "--batch-size", "8", "--num-sims", "40", "--num-computations", "8", "--out", file).ExitStatus.Should().Be(0);

        var outcome = CommandLine.Run("diagnose", file);

        outcome.ExitStatus.Should().Be(3);
        outcome.Output.Trim().Should().Be("Undecided: depth 8 is too shallow, 64 is the least.");
    }

    [Fact]
    public void A_missing_file_is_one_line_and_exit_status_2()
    {
        var outcome = CommandLine.Run("diagnose", Path.Combine(_folder.FullName, "nothing.npz"));

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Trim().Split('\n').Should().ContainSingle().Which.Should().Contain("nothing.npz");
    }
}
