using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class CampaignTests : IDisposable
{
    private readonly Campaign _campaign = new();

    public void Dispose() => _campaign.Dispose();

    [Fact]
    public void Shares_are_computed_merged_and_reported()
    {
        CommandLine.Run(_campaign.Arguments("whole.npz")).ExitStatus.Should().Be(0);
        for (var number = 1; number <= 3; number++)
        {
            var run = CommandLine.Run(_campaign.Arguments($"{number}.npz", more: ["--shard", $"{number}/3"]));
            run.ExitStatus.Should().Be(0, run.Error);
            run.Output.Should().Contain($"4 simulations of bn_ff, share {number}/3 of 12, written to");
        }

        var merge = CommandLine.Run("merge", _campaign["3.npz"], _campaign["1.npz"], _campaign["2.npz"], "--out", _campaign["merged.npz"]);
        merge.ExitStatus.Should().Be(0, merge.Error);
        merge.Output.TrimEnd().Should().Be($"12 simulations of 3 files written to {_campaign["merged.npz"]}");
        File.ReadAllBytes(_campaign["merged.npz"]).Should().Equal(File.ReadAllBytes(_campaign["whole.npz"]));
    }

    [Fact]
    public void A_missing_share_is_refused_by_merge_or_noted_by_every_reader()
    {
        CommandLine.Run(_campaign.Arguments("1.npz", depth: 70, more: ["--shard", "1/2"])).ExitStatus.Should().Be(0);
        var refused = CommandLine.Run("merge", _campaign["1.npz"], "--out", _campaign["merged.npz"]);
        refused.ExitStatus.Should().Be(2);
        refused.Error.TrimEnd().Should().Contain("simulations 6-11 of 12 are missing").And.Contain("shard 2 of 2").And.NotContain("\n");

        var allowed = CommandLine.Run("merge", _campaign["1.npz"], "--allow-missing", "--out", _campaign["merged.npz"]);
        allowed.ExitStatus.Should().Be(0);
        allowed.Error.Should().StartWith("warning: simulations 6-11 of 12 are missing");
        foreach (var command in new[] { "diagnose {0}", "plot {0} --no-theory --out {1}", "audit --results {0} --architecture bn_ff" })
        {
            CommandLine
                .Run(string.Format(System.Globalization.CultureInfo.InvariantCulture, command, _campaign["merged.npz"], _campaign["figure.svg"]).Split(' '))
                .Error.Should()
                .Contain("holds 6 of 12 simulations, without 6-11", command);
        }
    }

    [Fact]
    public void A_share_without_simulations_is_refused_by_diagnose()
    {
        CommandLine.Run(_campaign.Arguments("1.npz", simulations: 1, more: ["--shard", "1/2"])).ExitStatus.Should().Be(0);
        var diagnosis = CommandLine.Run("diagnose", _campaign["1.npz"]);
        diagnosis.ExitStatus.Should().Be(2);
        diagnosis.Error.TrimEnd().Should().EndWith("expected at least one simulation, found none");
    }

    [Fact]
    public void Two_processes_on_one_file_refuse_each_other_and_status_shows_the_running_one()
    {
        CommandLine.Run("status", _campaign.Folder).ExitStatus.Should().Be(3, "nothing is done");
        CommandLine.Run(_campaign.Arguments("1.npz", simulations: 4000, depth: 1000, channels: 64, more: ["--shard", "1/2000"])).ExitStatus.Should().Be(0);
        var arguments = _campaign.Arguments("2.npz", simulations: 4000, depth: 1000, channels: 64, more: ["--shard", "2/2"]);
        using var first = CommandLine.Start("dotnet", [CommandLine.Uncounted, .. arguments]);
        try
        {
            Interruption.Await(first, () => Finished() >= 2, "a simulation takes a second");
            var second = CommandLine.Run(arguments);
            second.ExitStatus.Should().Be(2);
            second.Error.TrimEnd().Should().EndWith("2.npz: expected a file that no other process is working on");

            var status = CommandLine.Run("status", _campaign.Folder);
            status.ExitStatus.Should().Be(3, status.Error);
            status
                .Output.Should()
                .Contain("4000 simulations")
                .And.MatchRegex("1.npz +1/2000 +done +2 of 2")
                .And.MatchRegex(@"2\.npz +2/2 +running +[0-9]+ of 2000 +time left [0-9.:]+");
            status.Output.Should().MatchRegex("1 run done, 1 running, 0 failed; time left [0-9.:]+ at the present pace");
        }
        finally
        {
            first.Kill();
            first.WaitForExit();
        }

        var after = CommandLine.Run("status", _campaign.Folder);
        after.ExitStatus.Should().Be(3);
        after.Output.Should().MatchRegex(@"2\.npz +2/2 +failed +[0-9]+ of 2000 +--resume goes on");

        int Finished() => File.Exists(_campaign["2.npz.journal"]) ? JournalContent.Read(_campaign["2.npz.journal"])?.Finished ?? 0 : 0;
    }

    [Fact]
    public void Merge_does_not_write_a_file_that_a_run_works_on()
    {
        CommandLine.Run(_campaign.Arguments("1.npz")).ExitStatus.Should().Be(0);
        using (OutputLock.Take(_campaign["merged.npz"]))
        {
            var refused = CommandLine.Run("merge", _campaign["1.npz"], "--out", _campaign["merged.npz"]);

            refused.ExitStatus.Should().Be(2);
            refused.Error.TrimEnd().Should().EndWith("merged.npz: expected a file that no other process is working on");
        }

        CommandLine.Run("merge", _campaign["1.npz"], "--out", _campaign["merged.npz"]).ExitStatus.Should().Be(0);
    }

    /// <summary>What counts is the file that is replaced at the end, whichever of its names a call gives.</summary>
    [UnixFact]
    public void A_link_and_its_file_share_lock_and_journal()
    {
        File.CreateSymbolicLink(_campaign["link.npz"], "real.npz");
        using (OutputLock.Take(_campaign["real.npz"]))
        {
            CommandLine.Run(_campaign.Arguments("link.npz")).Error.TrimEnd().Should().EndWith("real.npz: expected a file that no other process is working on");
        }

        Journal.PathOf(_campaign["link.npz"]).Should().Be(Journal.PathOf(_campaign["real.npz"]));
        CommandLine.Run(_campaign.Arguments("link.npz")).ExitStatus.Should().Be(0);
        Directory.EnumerateFiles(_campaign.Folder).Select(Path.GetFileName).Should().BeEquivalentTo("link.npz", "real.npz");
        File.ResolveLinkTarget(_campaign["link.npz"], returnFinalTarget: true)!.FullName.Should().Be(_campaign["real.npz"]);
    }

    [Fact]
    public void Status_of_a_complete_campaign_exits_with_0()
    {
        CommandLine.Run(_campaign.Arguments("1.npz", more: ["--shard", "1/2"])).ExitStatus.Should().Be(0);
        var half = CommandLine.Run("status", _campaign.Folder);
        half.ExitStatus.Should().Be(3);
        half.Output.Should().Contain("6 of 12 simulations done; 1 run done, 0 running, 0 failed, 1 not started");

        CommandLine.Run(_campaign.Arguments("2.npz", more: ["--shard", "2/2"])).ExitStatus.Should().Be(0);
        CommandLine.Run("status", _campaign.Folder).ExitStatus.Should().Be(0);
        File.WriteAllText(_campaign["3.npz.journal"], "WBJRNL1\n and then something else than a header");
        var damaged = CommandLine.Run("status", _campaign.Folder);
        damaged.ExitStatus.Should().Be(3);
        damaged.Output.Should().Contain("3.npz").And.Contain("failed");
        CommandLine.Run("status", _campaign["nowhere"]).ExitStatus.Should().Be(2);
    }

    [Fact]
    public void Resuming_a_complete_run_does_nothing_and_resuming_another_experiment_is_refused()
    {
        CommandLine.Run(_campaign.Arguments("1.npz")).ExitStatus.Should().Be(0);
        var before = File.ReadAllBytes(_campaign["1.npz"]);
        var again = CommandLine.Run(_campaign.Arguments("1.npz", more: ["--resume"]));
        again.ExitStatus.Should().Be(0);
        again.Output.TrimEnd().Should().EndWith("1.npz is complete");

        var other = CommandLine.Run(_campaign.Arguments("1.npz", channels: 17, more: ["--resume"]));
        other.ExitStatus.Should().Be(2);
        other.Error.TrimEnd().Should().StartWith("wellbehaved: --resume").And.Contain("num_channels 16, not 17");
        File.ReadAllBytes(_campaign["1.npz"]).Should().Equal(before);
        _campaign.Files.Should().Equal("1.npz");
    }

    [UnixFact]
    public async Task Ctrl_C_keeps_finished_simulations_and_shows_how_to_resume()
    {
        using var process = Interruption.Start(
            "dotnet",
            [CommandLine.Uncounted, .. _campaign.Arguments("1.npz", simulations: 4000, depth: 1000, channels: 64)]
        );
        try
        {
            var error = process.StandardError.ReadToEndAsync();
            Interruption.Await(
                process,
                () => File.Exists(_campaign["1.npz.journal"]) && JournalContent.Read(_campaign["1.npz.journal"])?.Finished >= 1,
                "a simulation takes a second"
            );
            Interruption.Interrupt(process);
            await process.WaitForExitAsync();
            process.ExitCode.Should().Be(130);
            (await error).Should().MatchRegex("note: [0-9]+ of 4000 simulations (is|are) kept in .*1.npz.journal; --resume goes on with them");
            Repository
                .Text("docs/campaigns.md")
                .Should()
                .MatchRegex("\n# note: [0-9]+ of 24 simulations are kept in bn_ff.npz.journal; --resume goes on with them\n", "the page shows it");
            _campaign.Files.Should().Equal("1.npz.journal");
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>A limit on the size of files stands for a full disk: it needs no rights, and the system refuses the write alike.</summary>
    [UnixFact]
    public void A_full_disk_keeps_finished_simulations_and_the_run_can_be_resumed()
    {
        var arguments = _campaign.Arguments("1.npz", simulations: 80);
        CommandLine.Run(_campaign.Arguments("undisturbed.npz", simulations: 80)).ExitStatus.Should().Be(0);

        // Without the variable the runtime maps its code through a file, which the limit would hit; and a run under coverage writes its counts, some 50 KiB, at
        // its end.
        const string limited = "trap '' XFSZ; ulimit -f 96; export DOTNET_EnableWriteXorExecute=0; exec dotnet \"$@\"";
        var full = CommandLine.Run("bash", ["-c", limited, "bash", Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), .. arguments]);
        full.ExitStatus.Should().Be(2, full.Error);
        full.Error.TrimEnd()
            .Should()
            .Contain("1.npz.journal: expected disk space for the results")
            .And.Contain("finished simulations are kept")
            .And.NotContain("\n");
        var kept = JournalContent.Read(_campaign["1.npz.journal"])!.Finished;
        kept.Should().BeInRange(2, 70);
        CommandLine
            .Run("merge", _campaign["1.npz.journal"], "--allow-missing", "--out", _campaign["usable.npz"])
            .Output.Should()
            .Contain($"{kept} simulations");

        var resumed = CommandLine.Run([.. arguments, "--resume"]);
        resumed.ExitStatus.Should().Be(0, resumed.Error);
        resumed.Error.Should().Contain($"going on with {Counted.Spell(kept, "finished simulation")}");
        File.ReadAllBytes(_campaign["1.npz"]).Should().Equal(File.ReadAllBytes(_campaign["undisturbed.npz"]));
    }
}
