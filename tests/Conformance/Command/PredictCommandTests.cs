using System.Text.Json;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class PredictCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("vanilla", "log_nu2_drift", -0.0197864018773212)]
    [InlineData("vanilla", "log_nu2_variance", 0.0402339926029128)]
    [InlineData("vanilla", "delta_chi_limit", 1)]
    [InlineData("vanilla_res", "delta_chi_limit", 1)]
    [InlineData("bn_ff", "delta_chi_limit", 1.21117389623631662)]
    [InlineData("bn_res", "tau", 0.575959719227909)]
    public void Predict_writes_curves_scalars_and_their_basis(string architecture, string scalar, double expected)
    {
        var json = Path.Combine(_folder, "prediction.json");
        var outcome = CommandLine.Run(
            "predict",
            "--architecture",
            architecture,
            "--total-depth",
            "10",
            "--num-computations",
            "5",
            "--kernel-size",
            "1",
            "--num-channels",
            "128",
            "--batch-size",
            "16",
            "--json",
            json
        );

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Output.Should().Contain("basis: ");
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        var root = document.RootElement;
        root.GetProperty("depth").EnumerateArray().Select(depth => depth.GetInt32()).Should().Equal(2, 4, 6, 8, 10);
        foreach (var name in new[] { "chi", "log_chi", "mu2_signal", "nu2_signal", "reff_signal", "delta_chi" })
        {
            root.GetProperty(name).EnumerateArray().Select(value => value.GetDouble()).Should().HaveCount(5).And.OnlyContain(value => double.IsFinite(value));
        }

        root.GetProperty("chi")[4]
            .GetDouble()
            .Should()
            .BeApproximately(Math.Exp(root.GetProperty("log_chi")[4].GetDouble()), 1e-12 * root.GetProperty("chi")[4].GetDouble());
        root.GetProperty(scalar).GetDouble().Should().BeApproximately(expected, 1e-12 * Math.Abs(expected));
        root.GetProperty("basis")
            .EnumerateArray()
            .Should()
            .NotBeEmpty()
            .And.OnlyContain(basis => basis.GetProperty("law").GetString() != "" && basis.GetProperty("exactness").GetString() != "");
    }

    [Fact]
    public void Overflowing_or_missing_predictions_are_null_in_json()
    {
        var json = Path.Combine(_folder, "prediction.json");
        CommandLine
            .Run(
                "predict",
                "--architecture",
                "vanilla_res",
                "--total-depth",
                "2000",
                "--num-computations",
                "2",
                "--kernel-size",
                "1",
                "--num-channels",
                "8",
                "--batch-size",
                "4",
                "--dataset",
                "gaussian",
                "--json",
                json
            )
            .ExitStatus.Should()
            .Be(0);
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        document.RootElement.GetProperty("nu2_signal")[1].ValueKind.Should().Be(JsonValueKind.Null);
        document.RootElement.GetProperty("log_nu2_signal")[1].GetDouble().Should().BeApproximately(2000 * Math.Log(2), 1);

        CommandLine
            .Run(
                "predict",
                "--architecture",
                "vanilla",
                "--total-depth",
                "2",
                "--num-computations",
                "2",
                "--kernel-size",
                "1",
                "--num-channels",
                "8",
                "--batch-size",
                "1",
                "--normalize",
                "global",
                "--json",
                json
            )
            .ExitStatus.Should()
            .Be(0);
        using var single = JsonDocument.Parse(File.ReadAllText(json));
        single.RootElement.GetProperty("chi")[0].ValueKind.Should().Be(JsonValueKind.Null);
        single.RootElement.GetProperty("log_nu2_drift").GetDouble().Should().BeNegative();
    }

    [Fact]
    public void A_batch_beyond_the_largest_kernel_is_predicted_in_part_with_a_note()
    {
        var outcome = CommandLine.Run(
            "predict",
            "--architecture",
            "vanilla",
            "--total-depth",
            "1",
            "--num-computations",
            "1",
            "--kernel-size",
            "3",
            "--num-channels",
            "8",
            "--batch-size",
            "12"
        );
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Error.Should().Contain("warning: predicted for the first 8 of 12 images");
    }

    [Fact]
    public void Sampled_networks_in_a_prediction_show_the_quantiles_that_the_recursion_lacks()
    {
        var json = Path.Combine(_folder, "prediction.json");
        CommandLine
            .Run(
                "predict",
                "--architecture",
                "bn_ff",
                "--total-depth",
                "10",
                "--num-computations",
                "2",
                "--kernel-size",
                "1",
                "--num-channels",
                "16",
                "--batch-size",
                "64",
                "--finite-width",
                "3",
                "--json",
                json
            )
            .ExitStatus.Should()
            .Be(0);
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        var finite = document.RootElement.GetProperty("finite_width");
        finite.GetProperty("samples").GetInt32().Should().Be(3);

        // A kurtosis of 3 is that of Gaussian neurons; width 16 against 64 points makes tails fat.
        finite.GetProperty("mu4_signal_mean")[1].GetDouble().Should().BeGreaterThan(3);
        finite.GetProperty("log_chi_standard_error")[1].GetDouble().Should().BePositive();
    }

    [Theory]
    [InlineData("--epsilon", "0", "--batch-size", "3", "--architecture", "bn_ff")]
    [InlineData("--num-channels", "0")]
    [InlineData("--finite-width", "1")]
    [InlineData("--finite-width", "3", "--kernel-size", "3")]
    [InlineData("--json", "/nowhere/prediction.json")]
    [InlineData("--num-sims", "3")]
    public void A_wrong_option_is_refused_in_one_line_with_exit_status_2(params string[] wrong)
    {
        var options = new Dictionary<string, string>
        {
            ["--architecture"] = "vanilla",
            ["--total-depth"] = "2",
            ["--num-computations"] = "2",
            ["--kernel-size"] = "1",
            ["--num-channels"] = "8",
            ["--batch-size"] = "4",
            ["--dataset"] = "gaussian",
        };
        foreach (var pair in wrong.Chunk(2))
        {
            options[pair[0]] = pair[1];
        }

        var outcome = CommandLine.Run(["predict", .. options.SelectMany(option => new[] { option.Key, option.Value })]);
        outcome.ExitStatus.Should().Be(2);
        outcome.Output.Should().BeEmpty();
        outcome.Error.TrimEnd().Should().StartWith("wellbehaved: ").And.Contain(wrong[0]).And.NotContain("\n");
    }
}
