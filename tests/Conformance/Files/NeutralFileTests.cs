using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Files with a column for each place, as recorders of other programs write them.</summary>
public sealed class NeutralFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Of a depth the last place counts, and the effective rank where it was computed.</summary>
    [Fact]
    public void Without_a_network_the_last_place_of_each_depth_is_its_end()
    {
        var file = Read(
            ("depth", NpyArray.Of([0L, 1, 1, 2, 2], 5)),
            ("place", NpyArray.Of(["input", "conv1", "relu1", "conv2", "relu2"])),
            ("chi", NpyArray.Of([1.0, 9, 2, 9, 4, 1, 9, 3, 9, 5], 2, 5)),
            ("log_nu2_signal", NpyArray.Of([0.0, 9, -1, 9, -2, 0, 9, -1, 9, -2], 2, 5)),
            ("reff_signal", NpyArray.Of([-1.0, -1, 7, -1, 6, -1, -1, 5, -1, 4], 2, 5)));

        file.Places.Should().Equal("input", "conv1", "relu1", "conv2", "relu2");
        file.SequenceDepths.Should().Equal(1, 2);
        file.FindAtEnds("chi")!.SelectMany(row => row).Should().Equal(2, 4, 3, 5);
        file.FindLogAtEnds("nu2_signal")!.SelectMany(row => row).Should().Equal(-1, -2, -1, -2);
        file.FindRanks("reff_signal")!.SelectMany(row => row).Should().Equal(7, 6, 5, 4);
        file.NetworkName.Should().BeNull();
        var table = MomentTable.Of(file);
        table.Depths.Should().Equal(1, 2);
        table.LogChi!.SelectMany(row => row).Should().Equal(Math.Log(2), Math.Log(4), Math.Log(3), Math.Log(5));
    }

    [Fact]
    public void Places_need_no_names_and_a_configuration_may_be_a_name_alone()
    {
        var file = Read(
            ("depth", NpyArray.Of([1L, 2, 3], 3)),
            ("chi", NpyArray.Of([1.0, 2, 3], 1, 3)),
            ("configuration", NpyArray.Of("{\"network\": \"theirs\"}")));

        file.Places.Should().Equal("depth 1", "depth 2", "depth 3");
        file.NetworkName.Should().Be("theirs");
        file.FindRanks("reff_signal").Should().BeNull();
    }

    [NumPyFact]
    public void What_NumPy_writes_is_diagnosed_and_plotted()
    {
        var path = Path.Combine(_folder, "theirs.npz");
        const string script = """
            import sys
            import numpy as np
            random = np.random.default_rng(1)
            depth = np.repeat(np.arange(1, 41), 2)
            log_chi = 0.1 * depth + 0.05 * random.standard_normal((30, 80))
            np.savez(sys.argv[1], depth=depth, place=np.array([f"{d} {w}" for d in range(1, 41) for w in ("linear", "relu")]), log_chi=log_chi,
                log_nu2_signal=0.01 * random.standard_normal((30, 80)), log_mu2_signal=0.01 * random.standard_normal((30, 80)) - 1, reff_signal=8 + random.random((30, 80)),
                something_else=np.array(["x"]))
            """;
        CommandLine.Run(NumPy.Python, ["-c", script, path]).ExitStatus.Should().Be(0);

        var diagnosis = CommandLine.Run("diagnose", path);
        diagnosis.ExitStatus.Should().Be(0, diagnosis.Output + diagnosis.Error);
        diagnosis.Output.Should().StartWith("Pathological SNR").And.Contain("30 of 30 mappings");
        var plot = CommandLine.Run("plot", path, "--out", Path.Combine(_folder, "theirs.svg"));
        plot.ExitStatus.Should().Be(0, plot.Error);
        plot.Output.Should().StartWith("theirs: signal and noise by depth");
        plot.Error.Should().Contain("note: ").And.Contain("of the noise is not in the file");
    }

    [Theory]
    [InlineData("depths fall")]
    [InlineData("no depth")]
    [InlineData("names of other places")]
    [InlineData("numbers as names")]
    [InlineData("columns of other places")]
    [InlineData("places of another network")]
    [InlineData("a network that is none")]
    [InlineData("a network and an architecture")]
    [InlineData("a negative depth")]
    public void What_does_not_fit_is_refused_in_one_line(string spoilt)
    {
        const string network = "{\"name\": \"n\", \"input\": [1, 1, 2], \"layers\": [\"dense\", \"dense\"]}";
        var arrays = new Dictionary<string, NpyArray>
        {
            ["depth"] = NpyArray.Of([1L, 2], 2),
            ["place"] = NpyArray.Of(["a", "b"]),
            ["chi"] = NpyArray.Of([1.0, 2], 1, 2),
        };
        switch (spoilt)
        {
            case "depths fall":
                arrays["depth"] = NpyArray.Of([2L, 1], 2);
                break;
            case "no depth":
                arrays.Remove("depth");
                break;
            case "names of other places":
                arrays["place"] = NpyArray.Of(["a", "b", "c"]);
                break;
            case "numbers as names":
                arrays["place"] = NpyArray.Of([1L, 2], 2);
                break;
            case "columns of other places":
                arrays["chi"] = NpyArray.Of([1.0, 2, 3], 1, 3);
                break;
            case "places of another network":
                arrays["depth"] = NpyArray.Of([1L, 3], 2);
                arrays["configuration"] = NpyArray.Of($"{{\"network\": {network}, \"batch_size\": 2, \"num_sims\": 1}}");
                break;
            case "a network that is none":
                arrays["configuration"] = NpyArray.Of($"{{\"network\": {network.Replace("\"dense\", ", "\"dence\", ", StringComparison.Ordinal)}, \"batch_size\": 2, \"num_sims\": 1}}");
                break;
            case "a network and an architecture":
                arrays["configuration"] = NpyArray.Of($"{{\"network\": {network}, \"architecture\": \"bn_ff\", \"batch_size\": 2, \"num_sims\": 1}}");
                break;
            case "a negative depth":
                arrays["depth"] = NpyArray.Of([-1L, 1], 2);
                break;
        }

        var path = Path.Combine(_folder, "spoilt.npz");
        NpzArchive.Write(path, arrays);
        foreach (var command in new[] { "diagnose", "plot" })
        {
            var outcome = CommandLine.Run([command, path, .. command == "plot" ? ["--out", Path.Combine(_folder, "figure.svg")] : Array.Empty<string>()]);
            outcome.ExitStatus.Should().Be(2, outcome.Output);
            outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {path}: expected").And.NotContain("\n");
        }

        Directory.GetFiles(_folder).Should().ContainSingle("nothing is written");
    }

    private ResultFile Read(params (string Name, NpyArray Array)[] arrays)
    {
        var path = Path.Combine(_folder, "neutral.npz");
        NpzArchive.Write(path, arrays.Select(array => KeyValuePair.Create(array.Name, array.Array)));
        return ResultFile.Read(path);
    }
}
