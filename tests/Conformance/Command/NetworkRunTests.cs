using System.Text.Json.Nodes;
using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A user's network in a JSON file is run, drawn and diagnosed from the command line.</summary>
public sealed class NetworkRunTests : IDisposable
{
    private const string Stages = """
        {
          "name": "my stages",
          "layers": [
            {"average_pool": 4},
            {"conv": {"kernel": 3, "channels": 6, "boundary": "zero_padding", "weight_variance": 1}},
            {"repeat": {"times": 2, "unit": [{"residual": {"branch": ["layer_norm", "gelu", {"conv": {"kernel": 3}}]}}]}},
            {"residual": {"branch": ["layer_norm", "gelu", {"conv": {"kernel": 1, "channels": 8}}, {"average_pool": 2}], "skip": [{"average_pool": 2}, {"dense": {"channels": 8}}]}},
            {"repeat": {"times": 2, "unit": [{"residual": {"branch": ["layer_norm", "gelu", {"conv": {"kernel": 3}}]}}]}},
            "global_average_pool"
          ]
        }
        """;

    private const string Open =
        """{"name": "open", "layers": ["flatten", {"dense": {"channels": "N"}}, {"repeat": {"times": "L", "unit": ["dense", "batch_norm", "relu"]}}]}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"dense": {"channels": 8, "weight_variance": 1e308}}, "relu", "dense" """)]
    [InlineData("""{"dense": {"channels": 8}}, {"leaky_relu": {"slope": 1e200}}, "dense" """)]
    public void A_network_whose_numbers_overflow_runs_and_its_ending_is_recorded(string layers)
    {
        var network = Written("huge.json", $$"""{"name": "huge", "input": [2, 2, 3], "layers": ["flatten", {{layers}}]}""");

        var run = CommandLine.Run("run", "--network", network, "--batch-size", "6", "--num-sims", "3", "--dataset", "gaussian", "--out", PathOf("huge.npz"));

        run.ExitStatus.Should().Be(0, run.Error);
        ResultFile.Read(PathOf("huge.npz")).Ends.Should().OnlyContain(end => end.Ending == Ending.Overflow || end.Ending == Ending.NotANumber);
        var diagnosis = CommandLine.Run("diagnose", PathOf("huge.npz"));
        diagnosis.ExitStatus.Should().BeOneOf(0, 3);
        diagnosis.Output.Should().NotContain("dies", "zeros behind an overflow are no dead signal").And.Contain("in 3 of 3 mappings");
    }

    /// <summary>A power of two beside the stored numbers holds it; single precision would not.</summary>
    [Fact]
    public void A_norm_of_a_huge_scale_overflows_nothing()
    {
        var network = Written(
            "huge.json",
            """{"name": "huge", "input": [2, 2, 3], "layers": ["flatten", {"dense": {"channels": 8}}, {"batch_norm": {"scale": 1e100}}, "relu", "dense"]}"""
        );

        var run = CommandLine.Run("run", "--network", network, "--batch-size", "6", "--num-sims", "3", "--dataset", "gaussian", "--out", PathOf("huge.npz"));

        run.ExitStatus.Should().Be(0, run.Error);
        ResultFile
            .Read(PathOf("huge.npz"))
            .Find("log_nu2_signal")!
            .Select(row => row[^1])
            .Should()
            .OnlyContain(log => log > 400 && log < 500, "ln 10²⁰⁰ is 461");
    }

    [Fact]
    public void Zero_weights_in_the_first_layer_end_every_mapping_and_the_images_are_not_blamed()
    {
        var network = Written(
            "zero.json",
            """{"name": "zero", "input": [2, 2, 3], "layers": ["flatten", {"dense": {"channels": 8, "weight_variance": 0}}, "relu", "dense"]}"""
        );

        CommandLine
            .Run("run", "--network", network, "--batch-size", "6", "--num-sims", "3", "--dataset", "gaussian", "--out", PathOf("zero.npz"))
            .ExitStatus.Should()
            .Be(0);

        ResultFile.Read(PathOf("zero.npz")).Ends.Should().OnlyContain(end => end.Ending == Ending.DeadSignal);
    }

    [Fact]
    public void A_network_of_stages_is_run_plotted_and_diagnosed()
    {
        var (network, result) = (Written("stages.json", Stages), PathOf("stages.npz"));

        var run = CommandLine.Run("run", "--network", network, "--batch-size", "6", "--num-sims", "8", "--out", result);

        run.ExitStatus.Should().Be(0, run.Error);
        run.Output.Should().Contain("8 simulations of my stages written to").And.NotContain("wellbehaved predict");
        var file = ResultFile.Read(result);
        file.NetworkName.Should().Be("my stages");
        file.Places.Should().HaveCount(file.Network!.Places.Count).And.Contain("3.8 after residual");
        file.SequenceDepths.Should().Equal(1, 2, 3, 4, 5);
        file.BranchDepths.Should().Equal(1, 2, 3, 4, 5);

        var plot = CommandLine.Run("plot", result, "--out", PathOf("stages.svg"));
        plot.ExitStatus.Should().Be(0, plot.Error);
        plot.Output.Should().StartWith("my stages: signal and noise by depth");
        File.ReadAllText(PathOf("stages.svg"))
            .Should()
            .Contain("my stages")
            .And.Contain("Ends of residual branches")
            .And.NotContain("bn_")
            .And.NotContain("vanilla");

        var diagnosis = CommandLine.Run("diagnose", result, "--json", PathOf("diagnosis.json"));
        diagnosis.ExitStatus.Should().Be(3, "eight mappings do not settle it");
        diagnosis.Output.Should().StartWith("Undecided at depth 5: ");
        JsonNode.Parse(File.ReadAllText(PathOf("diagnosis.json")))!["snr_pathology"]!["of"]!.GetValue<int>().Should().Be(8);
    }

    /// <summary>The file that run writes, and nothing otherwise; the same numbers decide.</summary>
    [Fact]
    public void Diagnose_with_a_network_runs_it_first()
    {
        var (network, result) = (Written("open.json", Open), PathOf("kept.npz"));
        string[] options = ["--num-channels", "32", "--total-depth", "40", "--batch-size", "16", "--num-sims", "24", "--seed", "2"];

        var kept = CommandLine.Run(["diagnose", network, .. options, "--out", result]);
        kept.ExitStatus.Should().Be(0, kept.Error);
        kept.Output.Should().StartWith("Pathological SNR").And.MatchRegex("at 95 %: pathological SNR; at one in a million: [^u]");
        kept.Error.Should().BeEmpty();
        var written = $"moments: written to {result}{Environment.NewLine}";
        kept.Output.Should().EndWith(written);
        var diagnosis = kept.Output[..^written.Length];
        Without("repeat: ", CommandLine.Run("diagnose", result).Output).Should().Be(Without("repeat: ", diagnosis));
        CommandLine.Run(["run", "--network", network, .. options, "--out", PathOf("run.npz")]).ExitStatus.Should().Be(0);
        File.ReadAllBytes(result).Should().Equal(File.ReadAllBytes(PathOf("run.npz")));

        var before = Directory.GetFiles(_folder).Length;
        CommandLine
            .Run(["diagnose", network, .. options, "--expect", "well-behaved"])
            .Should()
            .BeEquivalentTo(kept with { ExitStatus = 1, Output = diagnosis });
        Directory.GetFiles(_folder).Should().HaveCount(before, "nothing is left without --out");
    }

    private static string Without(string beginning, string output) =>
        string.Join('\n', output.Split('\n').Where(line => !line.StartsWith(beginning, StringComparison.Ordinal)));

    /// <summary>Files are told apart by what they hold.</summary>
    [Fact]
    public void Diagnose_accepts_a_recipe_and_a_network_file_of_any_name()
    {
        CommandLine
            .Run(
                "diagnose",
                Written("open.network", "// a comment\n" + Open),
                "--num-channels",
                "4",
                "--total-depth",
                "6",
                "--batch-size",
                "8",
                "--num-sims",
                "3"
            )
            .ExitStatus.Should()
            .Be(3);
        CommandLine.Run("diagnose", "bn_ff", "--num-channels", "4", "--total-depth", "6", "--batch-size", "8", "--num-sims", "3").ExitStatus.Should().Be(3);
        CommandLine
            .Run(
                "run",
                "--network",
                Written("open.json", Open),
                "--num-channels",
                "4",
                "--total-depth",
                "6",
                "--batch-size",
                "8",
                "--num-sims",
                "3",
                "--out",
                PathOf("a.npz")
            )
            .ExitStatus.Should()
            .Be(0);
        File.Move(PathOf("a.npz"), PathOf("result.json"));
        CommandLine.Run("diagnose", PathOf("result.json")).ExitStatus.Should().Be(3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--depths 1,4,6")]
    [InlineData("--num-computations 3 --noise full --no-reff-noise")]
    [InlineData("--normalize global --dataset gaussian --seed 9")]
    public void Merged_shares_equal_the_whole_run_and_an_interrupted_run_can_be_resumed(string options)
    {
        string[] run =
        [
            "run",
            "--network",
            Written("open.json", Open),
            "--num-channels",
            "4",
            "--total-depth",
            "6",
            "--batch-size",
            "8",
            "--num-sims",
            "5",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ];
        CommandLine.Run([.. run, "--out", PathOf("whole.npz")]).ExitStatus.Should().Be(0);
        CommandLine.Run([.. run, "--shard", "1/2", "--out", PathOf("1.npz")]).ExitStatus.Should().Be(0);
        CommandLine.Run([.. run, "--shard", "2/2", "--out", PathOf("2.npz"), "--resume"]).ExitStatus.Should().Be(0);

        CommandLine.Run("merge", PathOf("2.npz"), PathOf("1.npz"), "--out", PathOf("merged.npz")).ExitStatus.Should().Be(0);
        File.ReadAllBytes(PathOf("merged.npz")).Should().Equal(File.ReadAllBytes(PathOf("whole.npz")));
        CommandLine.Run([.. run, "--out", PathOf("whole.npz"), "--resume"]).Output.Should().Contain("is complete");
        CommandLine.Run("status", _folder).Output.Should().StartWith("open, 6 units, at most 4 channels, M = 8").And.Contain("5 of 5 simulations done");
    }

    /// <summary>Every recipe that comes with the command runs, with images of the shape that it reads.</summary>
    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_recipe_runs(string name)
    {
        var source = Cli.NetworkSource.Recipe(name).Template;
        string[] sizes =
        [
            .. source.LeavesChannelsOpen ? ["--num-channels", "4"] : Array.Empty<string>(),
            .. source.LeavesDepthOpen ? ["--total-depth", "2"] : Array.Empty<string>(),
        ];

        var outcome = CommandLine.Run([
            "run",
            "--network",
            name,
            .. sizes,
            "--dataset",
            "gaussian",
            "--batch-size",
            "4",
            "--num-sims",
            "1",
            "--out",
            PathOf("recipe.npz"),
        ]);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        ResultFile.Read(PathOf("recipe.npz")).FindLogAtEnds("chi").Should().AllSatisfy(row => row.Should().OnlyContain(value => double.IsFinite(value)));
    }

    public static TheoryData<string> Recipes => [.. Cli.NetworkSource.RecipeNames];

    [Theory]
    [InlineData("--network {open} --total-depth 2", "--num-channels: expected a number of channels, which {open} leaves open as \"N\"")]
    [InlineData("--network {open} --num-channels 4", "--total-depth: expected a number of repetitions")]
    [InlineData("--network {stages} --num-channels 4", "--num-channels: expected only for a network that leaves channels open")]
    [InlineData("--network {open} --num-channels 4 --total-depth 2 --architecture bn_ff", "--architecture: expected without --network")]
    [InlineData("--network {open} --num-channels 4 --total-depth 2 --kernel-size 3", "--kernel-size: expected without --network")]
    [InlineData("--network {open} --num-channels 4 --total-depth 2 --res-depth 2", "--res-depth: expected without --network")]
    [InlineData("--network {open} --num-channels 4 --total-depth 2 --boundary periodic", "--boundary: expected without --network")]
    [InlineData("--network {open} --num-channels 4 --total-depth 2 --epsilon 0.1", "--epsilon: expected without --network")]
    [InlineData(
        "--network {open} --num-channels 4 --total-depth 6 --num-computations 4",
        "--num-computations: expected a divisor of the 6 repetitions of open, got 4"
    )]
    [InlineData("--network {open} --num-channels 4 --total-depth 6 --depths 1,7", "--depths: expected depths that increase")]
    [InlineData("--network {stages} --depths 1", "--depths: expected only for a network of one repeat")]
    [InlineData("--network {stages} --num-computations 1", "--num-computations: expected only for a network of one repeat")]
    [InlineData("--network {open} --num-channels 4 --total-depth 2 --noise none", "--noise: expected mapping, full, got 'none'")]
    [InlineData("--network {open} --num-channels 300000 --total-depth 2", "expected sizes that fit memory")]
    [InlineData("--network {open} --num-channels 4 --total-depth 100000 --depths 1", "")]
    [InlineData("--network {digits}", "--dataset: expected images of 28×28×1, which digits reads, got 32×32×3 of natural")]
    [InlineData("--network {weightless}", "--network: expected a repeat, a residual or a layer with weights")]
    [InlineData("--network {unfit}", "layers[0]: expected")]
    [InlineData("--network {text}", "expected")]
    [InlineData("--network {archive}", "expected")]
    [InlineData("--network nothing.json", "nothing.json: expected a readable file")]
    [InlineData("--network bn_fff", "bn_fff: expected a file, or a recipe that wellbehaved network lists; did you mean bn_ff?")]
    [InlineData("--total-depth 3", "--architecture or --network: expected with run, got nothing")]
    [InlineData("--architecture bn_ff --num-channels 3", "--total-depth, --kernel-size")]
    public void A_wrong_call_is_refused_in_one_line_and_nothing_is_written(string options, string message)
    {
        foreach (
            var (name, text) in new[]
            {
                ("open", Open),
                ("stages", Stages),
                ("digits", """{"name": "digits", "input": [28, 28, 1], "layers": ["flatten", {"dense": {"channels": 4}}]}"""),
                ("weightless", """{"name": "weightless", "layers": ["relu"]}"""),
                ("unfit", """{"name": "unfit", "layers": [{"average_pool": 5}]}"""),
                ("text", "hello"),
                ("archive", "PK\u0003\u0004 and so on"),
            }
        )
        {
            options = options.Replace($"{{{name}}}", Written($"{name}.json", text), StringComparison.Ordinal);
            message = message.Replace($"{{{name}}}", PathOf($"{name}.json"), StringComparison.Ordinal);
        }

        var before = Directory.GetFiles(_folder).Length;
        var outcome = CommandLine.Run(["run", .. options.Split(' '), "--batch-size", "6", "--num-sims", "1", "--out", PathOf("result.npz")]);

        if (message.Length == 0)
        {
            outcome.ExitStatus.Should().Be(0, "chosen depths of a deep network are few places");
            return;
        }

        outcome.ExitStatus.Should().Be(2, outcome.Output + outcome.Error);
        outcome.Output.Should().BeEmpty();
        outcome.Error.TrimEnd().Should().StartWith("wellbehaved: ").And.NotContain("\n").And.Contain(message);
        Directory.GetFiles(_folder).Should().HaveCount(before, "nothing is written");
    }

    [Fact]
    public void A_journal_of_another_network_is_refused()
    {
        string[] options = ["--num-channels", "4", "--total-depth", "2", "--batch-size", "8", "--num-sims", "2", "--out", PathOf("result.npz")];
        CommandLine.Run(["run", "--network", Written("open.json", Open), .. options]).ExitStatus.Should().Be(0);
        var result = File.ReadAllBytes(PathOf("result.npz"));
        var other = Written("open.json", Open.Replace("\"relu\"", "\"tanh\"", StringComparison.Ordinal));

        foreach (var (way, option) in new[] { (Array.Empty<string>(), "--out"), (["--resume"], "--resume") })
        {
            var outcome = CommandLine.Run(["run", "--network", other, .. options, .. way]);
            outcome.ExitStatus.Should().Be(2);
            outcome
                .Error.TrimEnd()
                .Should()
                .StartWith($"wellbehaved: {option}: expected")
                .And.Contain("network open, not open of other layers")
                .And.NotContain("\n");
            File.ReadAllBytes(PathOf("result.npz")).Should().Equal(result);
        }
    }

    /// <summary>What holds in every network is judged, and after batch norm what the description tells.</summary>
    [Fact]
    public void An_audit_of_a_network_result_judges_the_claims_that_hold_in_every_network()
    {
        var result = PathOf("result.npz");
        CommandLine
            .Run(
                "run",
                "--network",
                Written("open.json", Open),
                "--num-channels",
                "4",
                "--total-depth",
                "2",
                "--batch-size",
                "8",
                "--num-sims",
                "2",
                "--out",
                result
            )
            .ExitStatus.Should()
            .Be(0);

        var outcome = CommandLine.Run("audit", "--results", result);

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Output.Should().MatchRegex("D4 +open .* holds").And.Contain("3 of 3 claims hold (3 of 3 checks), 0 rejected, 0 inconclusive");
    }

    [Theory]
    [InlineData("diagnose {result} --batch-size 4", "--batch-size: expected only for a network of layers")]
    [InlineData("diagnose {result} --out x.npz", "--out: expected only for a network of layers")]
    [InlineData("diagnose {open} --num-channels 4", "--total-depth: expected")]
    [InlineData("diagnose {open} --num-channels 4 --total-depth 2 --out {result}", "--out: expected no file at")]
    [InlineData("diagnose nothing.json", "nothing.json: expected a readable file")]
    [InlineData("plot {result} --architecture bn_ff --out {folder}/figure.svg", "--architecture: expected without")]
    [InlineData("plot {result} --figure histogram --out {folder}/figure.svg", "--figure: expected depth for")]
    [InlineData("audit --results {result} --architecture bn_ff", "--architecture: expected without {result}, which records the places of a described network")]
    [InlineData("audit --results {result} --kernel-size 1", "--kernel-size: expected without {result}, which records the places of a described network")]
    [InlineData("merge {result} {result} --out {folder}/merged.npz", "expected each simulation once")]
    public void Options_of_another_kind_of_result_are_refused(string line, string message)
    {
        var (network, result) = (Written("open.json", Open), PathOf("result.npz"));
        CommandLine
            .Run("run", "--network", network, "--num-channels", "4", "--total-depth", "2", "--batch-size", "8", "--num-sims", "2", "--out", result)
            .ExitStatus.Should()
            .Be(0);
        var before = Directory.GetFiles(_folder).Length;
        string Filled(string text) =>
            text.Replace("{result}", result, StringComparison.Ordinal)
                .Replace("{open}", network, StringComparison.Ordinal)
                .Replace("{folder}", _folder, StringComparison.Ordinal);

        var outcome = CommandLine.Run(Filled(line).Split(' '));

        outcome.ExitStatus.Should().Be(2, outcome.Output);
        outcome.Error.TrimEnd().Should().StartWith("wellbehaved: ").And.Contain(Filled(message)).And.NotContain("\n");
        Directory.GetFiles(_folder).Should().HaveCount(before);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string Written(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }
}
