using System.Text.Json.Nodes;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Result files whose configuration leaves options out, as those of other programs may.</summary>
public sealed class PartialConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Depths_are_those_of_the_file_where_its_configuration_says_nothing_of_them()
    {
        var whole = ResultFile.Read(ForgedResultFile.Write(_folder, "bn_res")).Options!;
        var path = Without("num_computations");

        ResultFile.Read(path).Options.Should().Be(whole);
        Outcomes(path).Should().Equal(Outcomes(ForgedResultFile.Write(_folder, "bn_res")));
    }

    [Fact]
    public void Depths_that_no_number_of_computations_gives_are_listed()
    {
        var path = ForgedResultFile.With(
            Without("num_computations"),
            (name, array) => name == "depth" ? NpyArray.From([1L, 2, 4, 8, 16, 32, 48, 64], 8) : array
        );

        ResultFile.Read(path).Options!.ComputedDepths.Should().Equal(1, 2, 4, 8, 16, 32, 48, 64);
        Outcomes(path)["merge"].Should().Be(0);
    }

    [Theory]
    [InlineData("batch_size")]
    [InlineData("num_channels")]
    [InlineData("kernel_size")]
    [InlineData("num_sims")]
    [InlineData("total_depth")]
    [InlineData("batch_size", "num_sims")]
    public void A_file_without_sizes_is_judged_by_the_architecture_that_it_names_and_not_merged(params string[] keys)
    {
        var path = Without(keys);

        var audit = CommandLine.Run("audit", "--results", path);
        audit.ExitStatus.Should().BeOneOf([0, 3], audit.Error);
        audit.Output.Should().MatchRegex("D1 +bn_res .* holds");
        Refused($"merge {path} --out {Path.Combine(_folder, "x.npz")}")
            .Should()
            .Be(
                $"wellbehaved: {path}: expected {string.Join(", ", keys)} in 'configuration', which names the experiment, found none; merge --trust "
                    + "joins such files"
            );
        var trusted = CommandLine.Run("merge", "--trust", path, "--out", Path.Combine(_folder, "x.npz"));
        trusted.ExitStatus.Should().Be(0, "that is what the message advises: {0}", trusted.Error);
        var plot = CommandLine.Run("plot", path, "--out", Path.Combine(_folder, "x.svg"));
        plot.ExitStatus.Should().Be(0);
        plot.Error.Should().Contain($"('configuration' leaves out {string.Join(", ", keys)})");
    }

    [Fact]
    public void A_file_without_architecture_is_refused_by_its_name()
    {
        var path = Without("architecture");
        Refused($"audit --results {path}")
            .Should()
            .Be($"wellbehaved: --architecture: expected with {path} the one that it was recorded with, since 'configuration' says none, got none");

        var mine = ForgedResultFile.WithConfiguration(path, _ => """{"architecture": "mine"}""");
        Refused($"audit --results {mine}")
            .Should()
            .Contain(
                $"{path} the one that it was recorded with, since 'configuration' says 'mine', which is none of vanilla, vanilla_res, bn_ff, bn_res, got none"
            );
        CommandLine.Run("audit", "--results", mine, "--architecture", "bn_res").ExitStatus.Should().BeOneOf(0, 3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void A_network_without_a_name_is_called_as_its_file(string name)
    {
        var path = Path.Combine(_folder, "mine.npz");
        NpzArchive.Write(
            path,
            [
                new("depth", NpyArray.From([1L, 2], 2)),
                new("configuration", NpyArray.From($"{{\"network\": \"{name}\"}}")),
                new("nu2_signal", NpyArray.From([2.0, 2, 2, 2], 2, 2)),
                new("chi", NpyArray.From([1.0, 2, 1, 2], 2, 2)),
            ]
        );

        CommandLine.Run("plot", path, "--out", Path.Combine(_folder, "mine.svg")).Output.Should().StartWith("mine: ");
        File.ReadAllText(Path.Combine(_folder, "mine.svg")).Should().Contain("mine");
        CommandLine.Run("audit", "--results", path).Output.Should().MatchRegex("D1 +mine");
    }

    [Fact]
    public void Another_architecture_than_the_file_names_is_refused_whatever_else_it_leaves_out() =>
        Refused($"audit --results {Without("batch_size")} --architecture vanilla").Should().StartWith("wellbehaved: --architecture: expected bn_res");

    private string Without(params string[] keys) =>
        ForgedResultFile.WithConfiguration(
            ForgedResultFile.Write(_folder, "bn_res"),
            text =>
            {
                var said = JsonNode.Parse(text)!.AsObject();
                foreach (var key in keys)
                {
                    said.Remove(key).Should().BeTrue();
                }

                return said.ToJsonString();
            }
        );

    private Dictionary<string, int> Outcomes(string path) =>
        new[]
        {
            $"audit --results {path}",
            $"diagnose {path}",
            $"plot {path} --out {Path.Combine(_folder, "x.svg")}",
            $"merge {path} --overwrite --out {Path.Combine(_folder, "x.npz")}",
        }.ToDictionary(line => line.Split(' ')[0], line => CommandLine.Run(line.Split(' ')).ExitStatus);

    private static string Refused(string line)
    {
        var outcome = CommandLine.Run(line.Split(' '));
        outcome.ExitStatus.Should().Be(2);
        return outcome.Error.Trim();
    }
}
