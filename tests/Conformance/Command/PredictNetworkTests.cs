using System.Text.Json;
using System.Text.RegularExpressions;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>predict --network: every network gets numbers at its places or the layer where theory ends, and the paper's four those of --architecture.</summary>
public sealed class PredictNetworkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "networks"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).Order()];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Numbers that a file may hold, and depths that it may have, are no wrong calls: theory says where double precision ends.</summary>
    [Theory]
    [InlineData("""{"repeat": {"times": 150, "unit": ["softplus", {"dense": {"weight_variance": 4}}]}}""")]
    [InlineData("""{"dense": {"bias_variance": 1e12}}, "tanh", "dense" """)]
    [InlineData("""{"scale": 1e300}, "dense", "relu" """)]
    [InlineData("""{"dense": {"weight_variance": 1e308}}, "tanh", "dense" """)]
    [InlineData("""{"residual": {"branch": ["relu", "dense"], "branch_scale": 1e160}}, "relu", "dense" """)]
    [InlineData("""{"leaky_relu": {"slope": 1e200}}, "dense" """)]
    [InlineData("""{"batch_norm": {"epsilon": 1e300}}, "tanh", "dense" """)]
    [InlineData("""{"batch_norm": {"epsilon": 1e308}}, "relu", "dense" """)]
    [InlineData("""{"batch_norm": {"epsilon": 1e160}}, "dense", {"layer_norm": {"epsilon": 1e160}}, "gelu", "dense" """)]
    [InlineData("""{"repeat": {"times": 3, "unit": ["tanh", {"dropout": {"keep": 1e-300}}, "dense"]}}""")]
    [InlineData("""{"repeat": {"times": 3, "unit": ["hard_swish", {"dense": {"weight_variance": 1e300}}]}}""")]
    [InlineData("""{"dense": {"weight_variance": 1e300}}, "relu", "dense" """)]
    [InlineData("""{"repeat": {"times": 2, "unit": ["dense", {"scale": 1e300}, {"leaky_relu": {"slope": 0.1}}]}}""")]
    [InlineData("""{"repeat": {"times": 2, "unit": ["dense", {"scale": 1e200}, "tanh"]}}""")]
    [InlineData("""{"repeat": {"times": 2, "unit": ["dense", {"batch_norm": {"scale": 1e300}}, "relu"]}}""")]
    [InlineData("""{"repeat": {"times": 2, "unit": [{"residual": {"branch": [{"layer_norm": {"scale": 1e200}}, "gelu", "dense"]}}]}}""")]
    [InlineData("""{"repeat": {"times": 2, "unit": ["batch_norm", {"leaky_relu": {"slope": 1e308}}]}}""")]
    [InlineData("""{"dense": {"bias_variance": 1e308}}, "batch_norm", {"leaky_relu": {"slope": 0.1}}, "dense" """)]
    public void Extreme_networks_are_predicted_up_to_the_limit_of_double_precision(string layers)
    {
        var file = Path.Combine(_folder, "network.json");
        File.WriteAllText(file, """{"name": "extreme", "input": [2, 2, 3], "layers": ["flatten", {"dense": {"channels": 16} }, """ + layers + "]}");

        var outcome = CommandLine.Run("predict", "--network", file, "--batch-size", "3", "--dataset", "gaussian", "--finite-width", "0");

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Output.Should().Contain("basis: ").And.NotContain("NaN").And.NotContain("Infinity");
    }

    /// <summary>What theory computes with need not fit single precision, where such numbers leave nothing to be judged.</summary>
    [Theory]
    [InlineData("""{"scale": 1e31} """, "layers[2]: expected scale to be 0 or of a size from 1e-30 to 1e30, which single precision computes with, got 1E+31")]
    [InlineData(
        """{"scale": -1e-31} """,
        "layers[2]: expected scale to be 0 or of a size from 1e-30 to 1e30, which single precision computes with, got -1E-31"
    )]
    [InlineData("""{"dense": {"weight_variance": 1e80}} """, "layers[2]: expected weight_variance to be 0 or of a size")]
    [InlineData("""{"dense": {"bias_variance": 1e300}} """, "layers[2]: expected bias_variance to be 0 or of a size")]
    [InlineData("""{"leaky_relu": {"slope": 1e300}} """, "layers[2]: expected slope to be 0 or of a size")]
    [InlineData("""{"batch_norm": {"scale": 1e300}} """, "layers[2]: expected scale to be 0 or of a size")]
    [InlineData("""{"residual": {"branch": ["relu"], "branch_scale": 1e40}} """, "layers[2].residual: expected branch_scale to be 0 or of a size")]
    [InlineData("""{"repeat": {"times": 2, "unit": ["dense", {"layer_norm": {"scale": 1e200}}]}} """, "layers[2].repeat.unit[1]: expected scale to be 0 or")]
    public void Numbers_beyond_single_precision_are_predicted_and_not_judged(string layers, string message)
    {
        var file = Path.Combine(_folder, "network.json");
        File.WriteAllText(
            file,
            """{"name": "extreme", "input": [2, 2, 3], "layers": ["flatten", {"dense": {"channels": 16} }, """ + layers + """, "dense"]}"""
        );
        string[] sizes = ["--batch-size", "3", "--dataset", "gaussian"];

        foreach (var call in new string[][] { ["verify", "--network", file, "--claim", "D9"], ["audit", "--command", "true", "--network", file] })
        {
            var outcome = CommandLine.Run(call);
            (outcome.ExitStatus, outcome.Output).Should().Be((2, string.Empty), outcome.Error);
            outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {file}: {message}").And.NotContain("\n");
        }

        CommandLine.Run(["predict", "--network", file, .. sizes, "--finite-width", "0"]).ExitStatus.Should().Be(0);
        Directory.GetFiles(_folder).Should().ContainSingle();
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_example_network_is_predicted_or_the_layer_without_theory_is_named(string name)
    {
        // Images of 12×12 where the file asks for 32×32: kernels have the square of the positions.
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "networks", $"{name}.json"));
        var file = Path.Combine(_folder, "network.json");
        File.WriteAllText(file, text.Replace("[32, 32, 3]", "[12, 12, 3]", StringComparison.Ordinal));
        string[] sizes =
        [
            .. text.Contains("\"N\"", StringComparison.Ordinal) ? ["--num-channels", "32"] : Array.Empty<string>(),
            .. text.Contains("\"L\"", StringComparison.Ordinal) ? ["--total-depth", "2"] : Array.Empty<string>(),
        ];
        string[] input = text.Contains("\"input\"", StringComparison.Ordinal) ? [] : ["--input-shape", "12x12x3"];
        var json = Path.Combine(_folder, "prediction.json");
        var outcome = CommandLine.Run(["predict", "--network", file, .. sizes, .. input, "--dataset", "gaussian", "--batch-size", "2", "--json", json]);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        var root = document.RootElement;
        var places = root.GetProperty("place").GetArrayLength();
        foreach (
            var key in new[]
            {
                "depth",
                "number",
                "nu2_signal",
                "mu2_signal",
                "mu2_noise",
                "chi",
                "log_chi",
                "reff_signal",
                "reff_noise",
                "growth",
                "exactness",
                "error",
            }
        )
        {
            root.GetProperty(key).GetArrayLength().Should().Be(places, key);
        }

        var numbers = root.GetProperty("nu2_signal").EnumerateArray().Count(value => value.ValueKind == JsonValueKind.Number);
        numbers.Should().BePositive("the first layer has weights");
        if (root.GetProperty("theory_end").ValueKind == JsonValueKind.Object)
        {
            var end = root.GetProperty("theory_end");
            outcome.Output.Should().Contain($"theory ends at {end.GetProperty("path").GetString()} ({end.GetProperty("layer").GetString()}): ");
            Regex.IsMatch(end.GetProperty("path").GetString()!, @"^layers\[\d+\]").Should().BeTrue();
            name.Should().BeOneOf(["resnet_v1", "pre_ln_transformer", "post_ln_transformer"], "theory reaches all others");
        }
        else
        {
            numbers.Should().Be(places);
            outcome.Output.Should().NotContain("theory ends");
        }

        root.GetProperty("verdicts")
            .EnumerateArray()
            .Should()
            .NotBeEmpty()
            .And.OnlyContain(verdict => verdict.GetProperty("words").GetString() != "" && verdict.GetProperty("path").GetString()!.StartsWith("layers["));
        outcome.Output.Should().Contain("basis: ");
    }

    [Theory]
    [InlineData("vanilla", 1)]
    [InlineData("vanilla_res", 1)]
    [InlineData("bn_ff", 1)]
    [InlineData("bn_res", 1)]
    [InlineData("vanilla", 3)]
    public void The_networks_of_the_paper_get_the_same_prediction_as_their_architectures(string architecture, int kernelSize)
    {
        var file = architecture;
        if (kernelSize > 1)
        {
            file = Path.Combine(_folder, "convolutional.json");
            File.WriteAllText(
                file,
                """{"name": "vanilla", "layers": [{"conv": {"kernel": 3, "channels": "N", "stride": 2, "weight_variance": 1}}, {"repeat": {"times": "L", "unit": [{"conv": {"kernel": 3}}, "relu"]}}]}"""
            );
        }

        string[] shared = ["--num-channels", "16", "--total-depth", "6", "--batch-size", kernelSize > 1 ? "1" : "12", "--seed", "5"];
        using var byName = Predict(["--architecture", architecture, "--kernel-size", $"{kernelSize}", "--num-computations", "6", .. shared]);
        using var byLayers = Predict(["--network", file, .. shared]);
        var (named, described) = (byName.RootElement, byLayers.RootElement);
        var places = described.GetProperty("place").EnumerateArray().Select(place => place.GetString()!).ToArray();
        for (var depth = 1; depth <= 6; depth++)
        {
            var last = Array.FindLastIndex(places, place => place.StartsWith($"{depth}.", StringComparison.Ordinal));
            var relu = Array.FindIndex(
                places,
                place => place.StartsWith($"{depth}.", StringComparison.Ordinal) && place.EndsWith("after relu", StringComparison.Ordinal)
            );
            foreach (var moment in new[] { "log_chi", "log_nu2_signal" })
            {
                described
                    .GetProperty(moment)[last]
                    .GetDouble()
                    .Should()
                    .BeApproximately(named.GetProperty(moment)[depth - 1].GetDouble(), 1e-7, $"{moment} at {depth}");
            }

            described
                .GetProperty("mu2_signal")[last]
                .GetDouble()
                .Should()
                .BeApproximately(named.GetProperty("mu2_signal")[depth - 1].GetDouble(), 1e-7 * named.GetProperty("mu2_signal")[depth - 1].GetDouble());
            described.GetProperty("reff_signal")[relu].GetDouble().Should().BeApproximately(named.GetProperty("reff_signal")[depth - 1].GetDouble(), 1e-5);
        }
    }

    [Fact]
    public void The_infinite_width_limit_and_the_finite_width_sample_are_shown_side_by_side()
    {
        var outcome = CommandLine.Run(
            "predict",
            "--network",
            "bn_ff",
            "--num-channels",
            "24",
            "--total-depth",
            "12",
            "--batch-size",
            "16",
            "--json",
            Path.Combine(_folder, "p.json")
        );
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Output.Should().Contain("10 sampled networks of this width");
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "p.json")));
        var (limit, sample) = (document.RootElement.GetProperty("reff_signal"), document.RootElement.GetProperty("finite_width").GetProperty("reff_signal"));
        var last = limit.GetArrayLength() - 1;
        sample[last].GetDouble().Should().BeLessThan(0.8 * limit[last].GetDouble(), "directions of narrow networks are fewer than the limit has");

        CommandLine
            .Run("predict", "--network", "bn_ff", "--num-channels", "24", "--total-depth", "2", "--batch-size", "16", "--finite-width", "0")
            .Output.Should()
            .NotContain("sampled");
    }

    [Fact]
    public void Verdict_and_advice_are_printed_with_law_and_scope()
    {
        var file = Path.Combine(_folder, "chaotic.json");
        File.WriteAllText(
            file,
            """{"name": "chaotic", "layers": ["flatten", {"dense": {"channels": "N", "weight_variance": 1}}, {"repeat": {"times": "L", "unit": ["tanh", {"dense": {"weight_variance": 2.25, "bias_variance": 0.01}}]}}]}"""
        );
        var outcome = CommandLine.Run(
            "predict",
            "--network",
            file,
            "--num-channels",
            "64",
            "--total-depth",
            "12",
            "--batch-size",
            "8",
            "--dataset",
            "gaussian",
            "--input-shape",
            "4x4x1"
        );
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        var text = Regex.Replace(outcome.Output, @"\s+", " ");
        text.Should().Contain("layers[2].repeat (12 units): chaotic, exploding").And.Contain("ln χ grows by 0.0607 a unit").And.Contain("[F2; infinite width]");
        text.Should()
            .Contain("advice: \"weight_variance\": 1.4242")
            .And.Contain("the edge of chaos for this bias variance")
            .And.Contain("[F3; infinite width]");
        text.Should().Contain("reach: the signal-to-noise ratio falls below 1 % of the input's at depth");
    }

    /// <summary>The prediction of a network and that of each change that advice names, held against simulations.</summary>
    [Fact]
    public void Check_compares_prediction_and_advice_with_simulations()
    {
        var file = Path.Combine(_folder, "chaotic.json");
        File.WriteAllText(
            file,
            """{"name": "chaotic", "layers": ["flatten", {"dense": {"channels": 96, "weight_variance": 1}}, {"repeat": {"times": 24, "unit": ["tanh", {"dense": {"weight_variance": 4, "bias_variance": 0.01}}]}}]}"""
        );
        var json = Path.Combine(_folder, "p.json");
        var outcome = CommandLine.Run(
            "predict",
            "--network",
            file,
            "--batch-size",
            "6",
            "--dataset",
            "gaussian",
            "--input-shape",
            "4x4x1",
            "--check",
            "--json",
            json
        );
        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        Regex
            .Replace(outcome.Output, @"\s+", " ")
            .Should()
            .Contain("check: 24 simulations of each network")
            .And.Contain("holds: the network, ln χ at depth 24")
            .And.Contain("less than without it")
            .And.Contain("(it helps)");
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        var check = document.RootElement.GetProperty("check");
        check.GetProperty("verdict").GetString().Should().Be("holds");
        check
            .GetProperty("statements")
            .EnumerateArray()
            .Count(statement => statement.GetProperty("subject").GetString()!.StartsWith("with ", StringComparison.Ordinal))
            .Should()
            .Be(6, "three changes, each predicted and better");
    }

    [Fact]
    public void Check_with_too_few_simulations_is_inconclusive()
    {
        var outcome = CommandLine.Run("predict", "--network", "vanilla", "--num-channels", "8", "--total-depth", "12", "--batch-size", "4", "--check", "3");
        outcome.ExitStatus.Should().Be(3, outcome.Output + outcome.Error);
        outcome.Output.Should().Contain("inconclusive: ");
    }

    [Fact]
    public void Depths_and_points_can_be_chosen_and_are_printed()
    {
        var outcome = CommandLine.Run(
            "predict",
            "--network",
            "vanilla",
            "--num-channels",
            "16",
            "--total-depth",
            "8",
            "--batch-size",
            "32",
            "--points",
            "8",
            "--depths",
            "2,8",
            "--json",
            Path.Combine(_folder, "p.json")
        );
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Error.Should().Contain("predicted for the first 8 of 32 images").And.Contain("no layer couples images").And.Contain("at most 7 directions");
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "p.json")));
        document.RootElement.GetProperty("depth").EnumerateArray().Select(depth => depth.GetInt32()).Distinct().Should().Equal(0, 2, 8);
        document.RootElement.GetProperty("points").GetInt32().Should().Be(8);
        document.RootElement.GetProperty("reff_signal").EnumerateArray().Should().OnlyContain(value => value.GetDouble() <= 7);

        CommandLine
            .Run("predict", "--network", "bn_ff", "--num-channels", "16", "--total-depth", "2", "--batch-size", "32", "--points", "8")
            .Error.Should()
            .Contain("the prediction of a smaller batch, not of yours");
        CommandLine
            .Run(
                "predict",
                "--architecture",
                "vanilla",
                "--kernel-size",
                "1",
                "--num-channels",
                "16",
                "--total-depth",
                "2",
                "--batch-size",
                "32",
                "--points",
                "8"
            )
            .Error.Should()
            .Contain("warning: predicted for the first 8 of 32 images; μ₂, χ and directions are those of these images alone");
    }

    [Theory]
    [InlineData("--network vanilla --num-channels 8 --total-depth 2", "--batch-size")]
    [InlineData("--network vanilla --num-channels 8 --batch-size 4", "--total-depth")]
    [InlineData("--network vanilla --total-depth 2 --batch-size 4", "--num-channels")]
    [InlineData("--network vanilla --num-channels 8 --total-depth 2 --batch-size 0", "--batch-size")]
    [InlineData("--network vanila --num-channels 8 --total-depth 2 --batch-size 4", "vanilla")]
    [InlineData("--network missing.json --batch-size 4", "missing.json")]
    [InlineData("--network vanilla --architecture vanilla --num-channels 8 --total-depth 2 --batch-size 4", "--architecture")]
    [InlineData("--network vanilla --kernel-size 3 --num-channels 8 --total-depth 2 --batch-size 4", "--kernel-size")]
    [InlineData("--network vanilla --num-channels 8 --total-depth 2 --batch-size 4 --input-shape 8x8x3", "--input-shape")]
    [InlineData("--network bn_ff --num-channels 8 --total-depth 2 --batch-size 4 --noise full", "--noise")]
    [InlineData("--network bn_res --num-channels 8 --total-depth 2 --batch-size 4 --noise full", "layers[2].repeat.unit[0].residual.branch[0].repeat.unit[0]")]
    [InlineData("--network vanilla --num-channels 8 --total-depth 2 --batch-size 4 --noise some", "--noise")]
    [InlineData("--network vanilla --num-channels 8 --total-depth 2 --batch-size 4 --points 0", "--points")]
    [InlineData("--network bn_ff --num-channels 8 --total-depth 2 --batch-size 4 --points 1", "--points")]
    [InlineData("--network resnet_v2 --total-depth 1 --batch-size 1 --points 9", "--points")]
    [InlineData("--network vanilla --num-channels 8 --total-depth 2 --batch-size 4 --finite-width 1", "--finite-width")]
    [InlineData("--network conv_ln_gelu --total-depth 1 --batch-size 1 --finite-width 3", "--finite-width")]
    [InlineData("--network vanilla --num-channels 8 --total-depth 2 --batch-size 4 --check 2", "--check")]
    [InlineData("--network vanilla --num-channels 8 --total-depth 2 --batch-size 4 --check some", "--check")]
    [InlineData("--network vanilla --num-channels 8 --total-depth 2 --batch-size 8 --points 4 --check", "--check")]
    [InlineData("--architecture vanilla --kernel-size 1 --num-channels 8 --total-depth 2 --batch-size 4 --check", "--check")]
    [InlineData("--network vanilla --num-channels 8 --total-depth 2 --batch-size 4 --depths 1,9", "--depths")]
    [InlineData("--network vanilla --num-channels 8 --total-depth 4 --batch-size 4 --num-computations 3", "--num-computations")]
    [InlineData("--architecture vanilla --kernel-size 1 --num-channels 8 --total-depth 2 --batch-size 4 --noise full", "--noise")]
    [InlineData("--architecture vanilla --kernel-size 1 --total-depth 2 --batch-size 4", "--num-channels")]
    [InlineData("--num-channels 8", "--architecture")]
    public void A_wrong_call_is_refused_in_one_line_that_names_the_option(string arguments, string named)
    {
        var outcome = CommandLine.Run(["predict", .. arguments.Split(' ')]);
        outcome.ExitStatus.Should().Be(2, outcome.Output);
        outcome.Output.Should().BeEmpty();
        outcome.Error.TrimEnd().Should().Contain(named).And.NotContain("\n");
    }

    private JsonDocument Predict(string[] arguments)
    {
        var json = Path.Combine(_folder, "prediction.json");
        var outcome = CommandLine.Run(["predict", .. arguments, "--json", json]);
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        return JsonDocument.Parse(File.ReadAllText(json));
    }
}
