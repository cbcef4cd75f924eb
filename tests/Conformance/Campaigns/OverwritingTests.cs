using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A finished result is not lost when another experiment is run.</summary>
public sealed class OverwritingTests : IDisposable
{
    private readonly Campaign _campaign = new();

    public void Dispose() => _campaign.Dispose();

    [Fact]
    public void A_result_of_another_experiment_is_replaced_only_with_overwrite()
    {
        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2)).ExitStatus.Should().Be(0);
        var before = File.ReadAllBytes(_campaign["x.npz"]);

        var other = CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2, channels: 17));
        other.ExitStatus.Should().Be(2);
        other
            .Error.TrimEnd()
            .Should()
            .StartWith("wellbehaved: --out: expected no file")
            .And.Contain("num_channels 16, not 17")
            .And.EndWith("--overwrite replaces it")
            .And.NotContain("\n");
        File.ReadAllBytes(_campaign["x.npz"]).Should().Equal(before);
        _campaign.Files.Should().Equal("x.npz");

        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2)).ExitStatus.Should().Be(0, "the same run writes the same file");
        File.ReadAllBytes(_campaign["x.npz"]).Should().Equal(before);

        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2, channels: 17, more: ["--overwrite"])).ExitStatus.Should().Be(0);
        ResultFile.Read(_campaign["x.npz"]).NumChannels.Should().Be(17);
    }

    [Fact]
    public void A_file_that_is_no_result_is_not_replaced()
    {
        File.WriteAllText(_campaign["x.npz"], "notes of mine");

        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2)).Error.Should().Contain("--out: expected no file").And.Contain("another file");

        File.ReadAllText(_campaign["x.npz"]).Should().Be("notes of mine");
    }

    [Fact]
    public void Resuming_a_journal_does_not_replace_the_result_of_another_experiment()
    {
        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2)).ExitStatus.Should().Be(0);
        Left(Options("x.npz") with { NumChannels = 17 });

        var resumed = CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2, channels: 17, more: ["--resume"]));

        resumed.ExitStatus.Should().Be(2);
        resumed.Error.Should().Contain("num_channels 16, not 17");
        _campaign.Files.Should().Equal("x.npz", "x.npz.journal");
        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2, channels: 17, more: ["--resume", "--overwrite"])).ExitStatus.Should().Be(0);
        ResultFile.Read(_campaign["x.npz"]).NumChannels.Should().Be(17);
        _campaign.Files.Should().Equal("x.npz");
    }

    [Fact]
    public void Finished_simulations_are_discarded_only_with_overwrite()
    {
        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2)).ExitStatus.Should().Be(0);
        var options = Options("x.npz");
        File.Delete(_campaign["x.npz"]);
        Left(options with { Seed = 5 });

        CommandLine
            .Run(_campaign.Arguments("x.npz", simulations: 2))
            .Error.Should()
            .Contain("found 2 finished simulations; give --resume to continue, or --overwrite to start again");
        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2, more: ["--overwrite"])).ExitStatus.Should().Be(0);
        _campaign.Files.Should().Equal("x.npz");
    }

    [Fact]
    public void Every_reader_of_a_result_reports_a_newer_journal_beside_it()
    {
        CommandLine.Run(_campaign.Arguments("x.npz", simulations: 2)).ExitStatus.Should().Be(0);
        Left(Options("x.npz") with { Seed = 5 });
        var written = File.GetLastWriteTimeUtc(_campaign["x.npz"]);
        string[][] commands =
        [
            ["diagnose", _campaign["x.npz"]],
            ["plot", _campaign["x.npz"], "--no-theory", "--out", _campaign["x.svg"]],
            ["audit", "--results", _campaign["x.npz"], "--architecture", "bn_ff"],
        ];

        File.SetLastWriteTimeUtc(_campaign["x.npz.journal"], written.AddSeconds(1));
        foreach (var command in commands)
        {
            CommandLine.Run(command).Error.Should().Contain("x.npz.journal is newer than", command[0]);
        }

        File.SetLastWriteTimeUtc(_campaign["x.npz.journal"], written.AddSeconds(-1));
        CommandLine.Run(commands[0]).Error.Should().NotContain("newer");
    }

    [Fact]
    public void Every_reader_of_a_result_names_the_journal_of_a_run_that_is_not_finished()
    {
        CommandLine.Run(_campaign.Arguments("other.npz", simulations: 2)).ExitStatus.Should().Be(0);
        Left(Options("other.npz"));
        string[][] commands =
        [
            ["diagnose", _campaign["x.npz"]],
            ["plot", _campaign["x.npz"], "--no-theory", "--out", _campaign["x.svg"]],
            ["audit", "--results", _campaign["x.npz"], "--architecture", "bn_ff"],
            ["export", _campaign["x.npz"], "--csv", _campaign["x.csv"]],
        ];

        foreach (var command in commands)
        {
            var refused = CommandLine.Run(command);
            refused.ExitStatus.Should().Be(2, command[0]);
            refused.Error.TrimEnd().Should().EndWith("x.npz.journal (run --resume continues it, merge reads it)").And.NotContain("\n", command[0]);
        }
    }

    [Fact]
    public void A_merge_replaces_the_result_of_another_experiment_only_with_overwrite()
    {
        CommandLine.Run(_campaign.Arguments("other.npz", simulations: 2, channels: 17)).ExitStatus.Should().Be(0);
        CommandLine.Run(_campaign.Arguments("1.npz", simulations: 2)).ExitStatus.Should().Be(0);
        var before = File.ReadAllBytes(_campaign["other.npz"]);
        string[] merge = ["merge", _campaign["1.npz"], "--out", _campaign["other.npz"]];

        var refused = CommandLine.Run(merge);

        refused.ExitStatus.Should().Be(2);
        refused
            .Error.TrimEnd()
            .Should()
            .StartWith("wellbehaved: --out: expected no file in ")
            .And.Contain("num_channels 17, not 16")
            .And.EndWith("--overwrite replaces it")
            .And.NotContain("\n");
        File.ReadAllBytes(_campaign["other.npz"]).Should().Equal(before);
        CommandLine.Run([.. merge, "--overwrite"]).ExitStatus.Should().Be(0);
        File.ReadAllBytes(_campaign["other.npz"]).Should().Equal(File.ReadAllBytes(_campaign["1.npz"]));
    }

    [Fact]
    public void A_merge_replaces_a_result_only_if_it_contains_all_of_its_simulations()
    {
        foreach (var number in new[] { 1, 2 })
        {
            CommandLine.Run(_campaign.Arguments($"{number}.npz", simulations: 4, more: ["--shard", $"{number}/2"])).ExitStatus.Should().Be(0);
        }

        Merge("1.npz").ExitStatus.Should().Be(0);
        Merge("1.npz", "2.npz").ExitStatus.Should().Be(0, "the file grows by a share");
        var whole = File.ReadAllBytes(_campaign["whole.npz"]);
        Merge("1.npz").Error.Should().Contain("found simulations 2-3, which none of the merged files has");
        File.ReadAllBytes(_campaign["whole.npz"]).Should().Equal(whole);

        CommandLine.Outcome Merge(params string[] parts) =>
            CommandLine.Run(["merge", .. parts.Select(part => _campaign[part]), "--allow-missing", "--out", _campaign["whole.npz"]]);
    }

    [Fact]
    public void A_merge_does_not_replace_a_file_that_is_no_result()
    {
        File.WriteAllText(_campaign["notes.npz"], "notes of mine");
        CommandLine.Run(_campaign.Arguments("1.npz", simulations: 2)).ExitStatus.Should().Be(0);

        foreach (var trust in new string[][] { [], ["--trust"] })
        {
            var outcome = CommandLine.Run(["merge", _campaign["1.npz"], "--out", _campaign["notes.npz"], .. trust]);

            outcome.ExitStatus.Should().Be(2);
            outcome.Error.TrimEnd().Should().StartWith("wellbehaved: --out: expected no file").And.EndWith("--overwrite replaces it").And.NotContain("\n");
            File.ReadAllText(_campaign["notes.npz"]).Should().Be("notes of mine");
        }
    }

    private ExperimentOptions Options(string name) => ResultFile.Read(_campaign[name]).Options!;

    /// <summary>The journal that a run leaves which is killed after its last simulation.</summary>
    private void Left(ExperimentOptions options)
    {
        var experiment = Experiment.Prepare(options);
        using var journal = Journal.Open(_campaign["x.npz"], experiment.Header, resume: false);
        experiment.Run(journal: journal);
    }
}
