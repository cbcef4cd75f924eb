using System.Text.Json.Nodes;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class DiagnoseCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("bn_ff", "pathological_snr", "Pathological SNR", "exploding: χ grows by the factor √κ_BN = 1.2112 a unit")]
    [InlineData("bn_res", "well_behaved", "Well-behaved", "well-behaved, power law: χ grows as l^τ at large depths l, τ = ½(κ - 1) = 0.5760")]
    public void A_run_is_diagnosed(string architecture, string condition, string sentence, string theory)
    {
        var (file, json) = (Path.Combine(_folder.FullName, "run.npz"), Path.Combine(_folder.FullName, "diagnosis.json"));
        CommandLine
            .Run(
                "run",
                "--architecture",
                architecture,
                "--total-depth",
                "80",
                "--kernel-size",
                "1",
                "--num-channels",
                "64",
                "--batch-size",
                "16",
                "--num-sims",
                "40",
                "--num-computations",
                "8",
                "--out",
                file
            )
            .ExitStatus.Should()
            .Be(0);

        var outcome = CommandLine.Run("diagnose", file, "--json", json);

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Output.Should().StartWith(sentence).And.Contain("of 40 mappings").And.Contain("growth of χ");
        var report = JsonNode.Parse(File.ReadAllText(json))!;
        report["condition"]!.GetValue<string>().Should().Be(condition);
        report["snr_pathology"]!["of"]!.GetValue<int>().Should().Be(40);
        outcome.Output.Should().Contain($"\ntheory: {architecture} (80 units): {theory}", "the file says of which architecture it is, and theory knows that");
        report["theory"]!["said"]!.AsArray()[0]!.GetValue<string>().Should().StartWith($"{architecture} (80 units): {theory}");
    }

    [Fact]
    public void A_shallow_run_of_few_mappings_is_undecided_and_exits_with_3()
    {
        var file = Path.Combine(_folder.FullName, "run.npz");
        CommandLine
            .Run(
                "run",
                "--architecture",
                "vanilla",
                "--total-depth",
                "6",
                "--kernel-size",
                "1",
                "--num-channels",
                "16",
                "--batch-size",
                "8",
                "--num-sims",
                "4",
                "--out",
                file
            )
            .ExitStatus.Should()
            .Be(0);

        var outcome = CommandLine.Run("diagnose", file);

        outcome.ExitStatus.Should().Be(3);
        outcome.Output.Should().StartWith("Undecided at depth 6: ").And.Contain("layers 3 to 6:").And.Contain("the noise gains ");
    }

    [Theory]
    [InlineData("bn_ff", 1)]
    [InlineData("bn_res", 0)]
    public void The_expected_condition_decides_the_exit_status(string architecture, int expected)
    {
        var file = Path.Combine(_folder.FullName, "run.npz");
        CommandLine
            .Run(
                "run",
                "--architecture",
                architecture,
                "--total-depth",
                "40",
                "--kernel-size",
                "1",
                "--num-channels",
                "64",
                "--batch-size",
                "16",
                "--num-sims",
                "40",
                "--out",
                file
            )
            .ExitStatus.Should()
            .Be(0);

        CommandLine.Run("diagnose", file, "--expect", "well-behaved").ExitStatus.Should().Be(expected);
        CommandLine.Run("diagnose", file).ExitStatus.Should().Be(0);
    }

    [Fact]
    public void A_missing_file_is_refused_in_one_line_with_exit_status_2()
    {
        var outcome = CommandLine.Run("diagnose", Path.Combine(_folder.FullName, "nothing.npz"));

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Trim().Split('\n').Should().ContainSingle().Which.Should().Contain("nothing.npz");
    }

    /// <summary>
    /// A file of eight kilobytes had 2 GB and 15 s of theory computed that nobody had asked for: 2,048 positions of two images are points of a kernel.
    /// </summary>
    [Theory]
    [InlineData("""{"name": "many", "input": [8, 8, 3], "layers": [{"dense": {"channels": 4}}, "batch_norm", "relu", "dense"]}""", false)]
    [InlineData("""{"name": "many", "input": [32, 32, 3], "layers": [{"dense": {"channels": 4}}, "batch_norm", "relu", "dense"]}""", true)]
    public void Theory_of_many_points_is_left_to_the_command_that_predicts(string network, bool isLeft)
    {
        var (file, result) = (Path.Combine(_folder.FullName, "network.json"), Path.Combine(_folder.FullName, "run.npz"));
        File.WriteAllText(file, network);
        string[] options = ["--batch-size", "2", "--num-sims", "2", "--dataset", "gaussian", "--out", result];
        CommandLine.Run(["run", "--network", file, .. options]).ExitStatus.Should().Be(0);

        var output = CommandLine.Run("diagnose", result).Output;

        const string Left = "takes too long, or too much memory; wellbehaved predict --points K computes it for K of them";
        output.Contains(Left, StringComparison.Ordinal).Should().Be(isLeft, output);
        output.Contains("the limit of infinite width has", StringComparison.Ordinal).Should().Be(!isLeft, output);
    }
}
