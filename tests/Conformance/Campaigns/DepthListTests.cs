using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Any increasing list of depths, through run, its journal, shares, merge and everything that reads the file.</summary>
public sealed class DepthListTests : IDisposable
{
    private readonly Campaign _campaign = new();

    public void Dispose() => _campaign.Dispose();

    [Fact]
    public void Listed_depths_survive_shares_merge_and_all_readers()
    {
        Run("whole.npz").ExitStatus.Should().Be(0);
        RunAt("even.npz", null).ExitStatus.Should().Be(0);
        var (file, even) = (ResultFile.Read(_campaign["whole.npz"]), ResultFile.Read(_campaign["even.npz"]));
        file.Depth.Should().Equal(1, 2, 4, 8, 16);
        file.Configuration.Should().Contain("\"depths\":[1,2,4,8,16]");
        even.Configuration.Should().NotContain("depths", "older readers know no such key");
        file.Options!.ComputedDepths.Should().Equal(1, 2, 4, 8, 16);
        foreach (var name in file.Names)
        {
            file.Find(name)!
                .Zip(even.Find(name)!)
                .Should()
                .AllSatisfy(pair => pair.First.Should().Equal(file.Depth.Select(depth => pair.Second[depth - 1]), name));
        }

        Run("1.npz", "--shard", "1/2").ExitStatus.Should().Be(0);
        Run("2.npz", "--shard", "2/2").ExitStatus.Should().Be(0);
        CommandLine.Run("merge", _campaign["2.npz"], _campaign["1.npz"], "--out", _campaign["merged.npz"]).ExitStatus.Should().Be(0);
        File.ReadAllBytes(_campaign["merged.npz"]).Should().Equal(File.ReadAllBytes(_campaign["whole.npz"]));
        RunAt("other.npz", "1,2,4,8,15", "--shard", "2/2").ExitStatus.Should().Be(0);
        var other = CommandLine.Run("merge", _campaign["1.npz"], _campaign["other.npz"], "--out", _campaign["x.npz"]);
        other.ExitStatus.Should().Be(2);
        other.Error.Should().Contain("depths [1,2,4,8,15], not [1,2,4,8,16]");
        File.Delete(_campaign["other.npz"]);

        CommandLine.Run("status", _campaign.Folder).ExitStatus.Should().Be(0);
        CommandLine.Run("plot", _campaign["whole.npz"], "--out", _campaign["figure.svg"]).ExitStatus.Should().Be(0);
        CommandLine.Run("diagnose", _campaign["whole.npz"]).Output.Should().Contain("layers 8 to 16:").And.Contain("the noise gains");
        var audit = CommandLine.Run("audit", "--results", _campaign["whole.npz"], "--architecture", "bn_ff");
        audit.ExitStatus.Should().BeOneOf([0, 3], audit.Output);
        audit.Output.Should().NotContain("REJECTED");
    }

    [Fact]
    public void A_run_of_listed_depths_is_resumed()
    {
        Run("whole.npz").ExitStatus.Should().Be(0);
        var options = ResultFile.Read(_campaign["whole.npz"]).Options!;
        var experiment = Experiment.Prepare(options, threads: 1);
        using (var journal = Journal.Open(_campaign["resumed.npz"], experiment.Header, resume: false))
        {
            using var simulation = new Simulation(options, ImageSources.Open(options.Dataset, null));
            journal.Append(3, simulation.Run(3));
        }

        var resumed = Run("resumed.npz", "--resume");
        resumed.ExitStatus.Should().Be(0, resumed.Error);
        resumed.Error.Should().Contain("going on with 1 finished simulation");
        File.ReadAllBytes(_campaign["resumed.npz"]).Should().Equal(File.ReadAllBytes(_campaign["whole.npz"]));

        var refused = RunAt("resumed.npz", "1,2,4,8,15", "--resume");
        refused.ExitStatus.Should().Be(2);
        refused.Error.Should().Contain("depths");
    }

    [Theory]
    [InlineData("0,1", "at least 1")]
    [InlineData("1,1", "got 1 after 1")]
    [InlineData("4,2", "got 2 after 4")]
    [InlineData("1,17", "--total-depth 16")]
    [InlineData("", "joined by commas")]
    [InlineData("1,,2", "joined by commas")]
    [InlineData("1;2", "joined by commas")]
    [InlineData("-1,2", "joined by commas")]
    [InlineData("1,99999999999", "joined by commas")]
    public void An_invalid_list_of_depths_is_refused_in_one_line_that_names_the_option(string depths, string expected)
    {
        var outcome = RunAt("x.npz", depths);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().StartWith("wellbehaved: --depths: ").And.Contain(expected).And.NotContain("\n");
        _campaign.Files.Should().BeEmpty();
    }

    [Fact]
    public void A_list_and_a_number_of_depths_exclude_each_other()
    {
        var outcome = Run("x.npz", "--num-computations", "4");

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().Be("wellbehaved: --depths: expected without --num-computations, which asks for evenly spaced depths");
    }

    [Fact]
    public void Listed_depths_may_end_before_the_total_depth()
    {
        RunAt("x.npz", "3, 5").ExitStatus.Should().Be(0);
        ResultFile.Read(_campaign["x.npz"]).Depth.Should().Equal(3, 5);
    }

    [Fact]
    public void Theory_is_printed_at_the_listed_depths() =>
        CommandLine
            .Run(
                "predict",
                "--architecture",
                "bn_ff",
                "--total-depth",
                "16",
                "--depths",
                "1,5,16",
                "--kernel-size",
                "1",
                "--num-channels",
                "8",
                "--batch-size",
                "8"
            )
            .Output.Should()
            .MatchRegex(@"(?m)^ +1 .*\n +5 .*\n +16 ");

    [Fact]
    public void Lists_of_the_same_depths_are_equal()
    {
        var (one, same, other) = (new DepthList([1, 2, 4]), DepthList.Parse("--depths", "1, 2,4"), new DepthList([1, 2]));

        (one.Equals(same), one.GetHashCode() == same.GetHashCode(), one.Equals(other), one.Equals((object)same), one.ToString())
            .Should()
            .Be((true, true, false, true, "1,2,4"));
    }

    private CommandLine.Outcome Run(string name, params string[] more) => RunAt(name, "1,2,4,8,16", more);

    private CommandLine.Outcome RunAt(string name, string? depths, params string[] more) =>
        CommandLine.Run([
            "run",
            "--architecture",
            "bn_ff",
            "--total-depth",
            "16",
            "--kernel-size",
            "1",
            "--num-channels",
            "16",
            "--batch-size",
            "8",
            "--num-sims",
            "6",
            "--threads",
            "2",
            "--out",
            _campaign[name],
            .. depths is null ? Array.Empty<string>() : ["--depths", depths],
            .. more,
        ]);
}
