using System.Text.Json.Nodes;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary><c>verify --network</c>: the claims that have a site in a network run on it, whatever the network.</summary>
public sealed class VerifyNetworkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Claims_with_a_site_hold_and_the_others_are_named()
    {
        var (file, json) = (
            Write(
                "mine.json",
                """{"name": "mine", "input": [1, 1, 6], "layers": [{"dense": {"channels": 24}}, "gelu", {"dense": {"bias_variance": 0.2}}, "tanh"]}"""
            ),
            Path.Combine(_folder, "verdicts.json")
        );

        var outcome = CommandLine.Run("verify", "--network", file, "--json", json);

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        var report = JsonNode.Parse(File.ReadAllText(json))!;
        var checks = report["checks"]!.AsArray();
        checks
            .Select(check => check!["claim"]!.GetValue<string>())
            .Should()
            .BeEquivalentTo("O5", "O6", "O13", "D9", "D10", "I12", "I13", "I14", "I15", "I17", "I18", "I19", "I20", "N1", "N2", "N3", "R3");
        checks.Should().OnlyContain(check => check!["architecture"]!.GetValue<string>() == "mine" && check["verdict"]!.GetValue<string>() == "holds");
        checks[0]!["replay"]!.GetValue<string>().Should().Be($"wellbehaved verify --network {file} --scale quick --claim O5 --seed 0");
        report["not_judged"]!.AsArray().Select(left => left!["claim"]!.GetValue<string>()).Should().Contain(["O7", "O12", "Z1", "F7"]).And.NotContain("O5");
    }

    [Fact]
    public void A_recipe_is_verified_at_default_sizes_or_at_given_ones()
    {
        CommandLine.Run("verify", "--network", "pre_ln_mlp", "--claim", "O8", "--claim", "O10").ExitStatus.Should().Be(0);
        CommandLine.Run("verify", "--network", "pre_ln_mlp", "--claim", "O8", "--claim", "V6").ExitStatus.Should().Be(3, "no activation follows its norms");
        var outcome = CommandLine.Run(
            "verify",
            "--network",
            "rms_mlp",
            "--num-channels",
            "9",
            "--total-depth",
            "2",
            "--input-shape",
            "1x1x5",
            "--batch-size",
            "3",
            "--claim",
            "O8"
        );
        (outcome.ExitStatus, outcome.Error).Should().Be((0, outcome.Error));
        outcome.Output.Should().Contain("rms_mlp");
    }

    /// <summary>Repeated, [tanh, dense] and [dense, tanh] are one stack.</summary>
    [Theory]
    [InlineData("""["tanh", {"dense": {"weight_variance": 1.7007963723, "bias_variance": 0.04}}]""", "F3")]
    [InlineData("""[{"dense": {"weight_variance": 1.7007963723, "bias_variance": 0.04}}, "tanh"]""", "F3")]
    [InlineData("""["relu", "dense", "batch_norm"]""", "F7")]
    public void Laws_of_stacks_are_judged_wherever_the_unit_begins(string unit, string claim)
    {
        var file = Write(
            "stack.json",
            $$$"""{"name": "stack", "layers": ["flatten", {"dense": {"channels": "N"}}, {"repeat": {"times": 3, "unit": {{{unit}}}}}]}"""
        );

        CommandLine
            .Run("verify", "--network", file, "--claim", claim, "--num-channels", "8", "--input-shape", "1x1x6")
            .Output.Should()
            .NotContain("not judged");
    }

    [Fact]
    public void Claims_without_a_site_in_the_network_are_inconclusive()
    {
        var file = Write("linear.json", """{"name": "linear", "input": [1, 1, 3], "layers": ["relu"]}""");

        var outcome = CommandLine.Run("verify", "--network", file, "--claim", "O12", "--claim", "P1");

        outcome.ExitStatus.Should().Be(3);
        outcome
            .Output.Should()
            .Contain("not judged: O12: linear has no layers of the kind that it speaks of (wellbehaved claims O12)")
            .And.Contain("not judged: P1: it speaks about vanilla")
            .And.Contain("0 of 0 claims hold");
    }

    [Theory]
    [InlineData("""[3000, 3000, 300], "layers": [{"conv": {"kernel": 7, "channels": 3000}}]""")]
    [InlineData("""[1, 1, 300000], "layers": [{"dense": {"channels": 30000}}]""")]
    [InlineData("""[1, 1, 1000000], "layers": ["relu", "relu", "relu", "relu", "relu", "relu", "relu", "relu", "relu"]""")]
    [InlineData("""[1, 9000, 64], "layers": [{"attention": {"heads": 2}}]""")]
    public void A_network_too_large_for_the_definition_is_refused_before_any_check(string network)
    {
        var outcome = CommandLine.Run("verify", "--network", Write("huge.json", $$"""{"name": "huge", "input": {{network}}}"""));

        outcome.ExitStatus.Should().Be(2, outcome.Output);
        outcome.Error.Trim().Should().StartWith("wellbehaved: --network: expected sizes with at most").And.NotContain("\n");
    }

    [Theory]
    [InlineData("--network: expected without --architecture", "--network", "vanilla", "--architecture", "vanilla")]
    [InlineData("--network: expected with sizes or a batch size, which are those of a network", "--num-channels", "8")]
    [InlineData("--num-channels: expected only for a network that leaves channels open", "--network", "{file}", "--num-channels", "8")]
    [InlineData("--batch-size: expected a whole number of at least 1", "--network", "{file}", "--batch-size", "0")]
    [InlineData("expected a file, or a recipe", "--network", "vanila")]
    public void A_wrong_call_is_refused_in_one_line_with_exit_status_2(string message, params string[] options)
    {
        var file = Write("small.json", """{"name": "small", "input": [1, 1, 3], "layers": [{"dense": {"channels": 4}}]}""");

        var outcome = CommandLine.Run(["verify", .. options.Select(option => option.Replace("{file}", file, StringComparison.Ordinal))]);

        outcome.ExitStatus.Should().Be(2, outcome.Output);
        outcome.Error.Trim().Should().Contain(message).And.NotContain("\n");
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
