using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Figures;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Endings are told apart, counted, named with their depth, and are evidence. (Approved outputs of each: ended-*.txt.)</summary>
public sealed class EndingTests : IDisposable
{
    private const double None = double.NaN,
        Zero = double.NegativeInfinity,
        Infinite = double.PositiveInfinity;
    private readonly Campaign _campaign = new();

    public void Dispose() => _campaign.Dispose();

    [Theory]
    [InlineData(Ending.DeadSignal, Zero, Zero, Zero, -1)]
    [InlineData(Ending.DeadSignal, Zero, Zero, None, -1)]
    [InlineData(Ending.DeadSignal, Zero, None, Infinite, None)]
    [InlineData(Ending.DeadSignal, -744.4400719213812, -744.4400719213812, -744.4400719213812, -1)]
    [InlineData(Ending.NoVariance, 0.5, Zero, Zero, -1)]
    [InlineData(Ending.NoVariance, 0.5, Zero, Infinite, -1)]
    [InlineData(Ending.NoVariance, 0.5, Zero, None, None)]
    [InlineData(Ending.ExtinctNoise, 0.5, 0.4, Zero, 9)]
    [InlineData(Ending.Overflow, 0.5, 0.4, Infinite, 9)]
    [InlineData(Ending.Overflow, Infinite, Infinite, None, 9)]
    [InlineData(Ending.Overflow, Infinite, 0.4, 0.2, 9)]
    [InlineData(Ending.NotANumber, 0.5, 0.4, None, 9)]
    [InlineData(Ending.NotANumber, None, 0.4, 0.1, 9)]
    [InlineData(Ending.NotANumber, 0.5, None, 0.1, 9)]
    [InlineData(Ending.None, 0.5, 0.4, 0.1, 9)]
    [InlineData(Ending.None, 0.5, 0.4, 0.1, -1)]
    public void The_ending_of_a_mapping_is_determined_from_its_moments(Ending ending, double logNu2, double logMu2, double logChi, double reff)
    {
        var end = MappingEnd.Tell([3, 6, 9], [1, logNu2, logNu2], [1, logMu2, logMu2], null, [1, logChi, logChi], [9, reff, reff]);

        end.Should().Be(ending == Ending.None ? MappingEnd.None : new MappingEnd(ending, 6));
        (end.IsAliveAt(3), end.IsAliveAt(6)).Should().Be((true, ending == Ending.None));
    }

    [Fact]
    public void A_mapping_that_recovers_from_zero_has_not_ended_and_a_NaN_ends_it()
    {
        MappingEnd.Tell([1, 2, 3], [1, 1, 1], [1, Zero, 1], null, [1, Infinite, 1], null).Should().Be(MappingEnd.None);
        MappingEnd.Tell([1, 2, 3], [1, 1, 1], null, null, [1, None, 1], null).Should().Be(new MappingEnd(Ending.NotANumber, 2));
        MappingEnd
            .Tell([1, 2, 3], null, null, null, null, [9, -1, -1])
            .Should()
            .Be(new MappingEnd(Ending.DeadSignal, 2), "nothing else says that the signal lives");
    }

    [Theory]
    [InlineData(29)]
    [InlineData(31)]
    public void Mappings_with_overflowing_sensitivity_are_not_diagnosed_as_well_behaved(int ended)
    {
        // Of sixty, in what was published: once "well-behaved", over the others.
        var table = MomentTable.Read(EndedFiles.Write(EndedFiles.ChiOverflows, ended * 40 / 60));

        var diagnosis = Diagnosis.Diagnose(table);
        diagnosis.Conditions.Should().NotContain(Condition.WellBehaved);
        diagnosis.CertainCondition.Should().NotBe(Condition.WellBehaved);
        diagnosis
            .Sentence.Should()
            .Contain($"in {ended * 40 / 60} of 40 mappings a number overflows, first at depth 80")
            .And.Contain("means are over the other");
        diagnosis.SnrPathology.Successes.Should().Be(ended * 40 / 60);
    }

    /// <summary>The living alone would be healthy for certain; but whether a quarter of all end is as uncertain at a stricter rate as at any.</summary>
    [Theory]
    [InlineData(10, Condition.WellBehaved, Condition.WellBehaved)]
    [InlineData(70, Condition.WellBehaved, Condition.Undecided)]
    [InlineData(140, Condition.Undecided, Condition.Undecided)]
    public void Good_health_is_certain_only_if_certainly_few_mappings_end(int dead, Condition named, Condition certain)
    {
        var living = new MadeUpTables(_ => 9, depth => 0.6 * Math.Log(depth)) { Mappings = 400 - dead }.Draw(5);

        var diagnosis = Diagnosis.Diagnose(living with { Died = dead, KnownEnds = [.. Enumerable.Repeat(new MappingEnd(Ending.DeadSignal, 20), dead)] });

        (diagnosis.Condition, diagnosis.CertainCondition).Should().Be((named, certain), diagnosis.Sentence);
        if (dead == 70)
        {
            // The least number at which 17.5 % are surely fewer than a quarter.
            var all = 400 + diagnosis.MoreMappings!.Value;
            Upper(all).Should().BeLessThan(0.25);
            Upper(all - 1).Should().BeGreaterThanOrEqualTo(0.25);
        }

        double Upper(int all) => new BinomialProportion((int)Math.Ceiling(all * dead / 400.0), all).Interval(Diagnosis.FalseRate).Upper;
    }

    [Fact]
    public void Every_ending_is_in_the_report_with_its_depths()
    {
        var report = DiagnosisReport.ToJson(Diagnosis.Diagnose(MomentTable.Read(EndedFiles.Few(EndedFiles.Mixed))));

        report["endings"]!
            .AsArray()
            .Select(ending =>
                (
                    ending!["ending"]!.GetValue<string>(),
                    ending["mappings"]!.GetValue<int>(),
                    ending["of"]!.GetValue<int>(),
                    ending["first_depth"]!.GetValue<int>()
                )
            )
            .Should()
            .Equal(("dead_signal", 1, 40, 80), ("extinct_noise", 1, 40, 120), ("no_variance", 1, 40, 80), ("overflow", 1, 40, 120));
    }

    [Fact]
    public void Mappings_that_ended_count_against_every_certain_sign()
    {
        var file = EndedFiles.Write(EndedFiles.Dead, 0);
        Diagnosis.Diagnose(MomentTable.Read(file)).CertainCondition.Should().Be(Condition.WellBehaved);

        // Of forty, six leave 34 at most for a sign: P(k ≥ 34) = 4e-6 is more than its share of 1e-6; none leave 2⁻⁴⁰.
        Diagnosis.Diagnose(MomentTable.Read(EndedFiles.Write(EndedFiles.NoNoise, 6))).CertainCondition.Should().Be(Condition.Undecided);
    }

    /// <summary>Plain nets of two channels, of which most die: what run writes, prints and hands on.</summary>
    [Fact]
    public void Nets_that_die_are_counted_by_run_and_by_all_that_read_its_file()
    {
        var whole = CommandLine.Run(Dying("whole.npz"));
        whole.ExitStatus.Should().Be(0, whole.Error);
        whole
            .Output.Should()
            .NotContainAny("Infinity", "NaN", " -1", "∞")
            .And.Contain("of 12 simulations the signal dies, first at depth ")
            .And.Contain("networks")
            .And.MatchRegex(" -  +- +0 of 12");
        whole.Error.Should().Contain("warning: in ").And.Contain("(ending, ended_at_depth)");

        var file = ResultFile.Read(_campaign["whole.npz"]);
        file.RecordedEnds.Should().Equal(file.Ends).And.HaveCount(12).And.Contain(end => end.Ending == Ending.DeadSignal);
        var died = Array("whole.npz", "died_at_depth").ToDoubles();
        file.Ends.Select(end => (double)end.Depth).Should().Equal(died);
        Array("whole.npz", "ending").ToDoubles().Should().Equal(died.Select(depth => depth < 0 ? 0.0 : 1));

        for (var number = 1; number <= 2; number++)
        {
            CommandLine.Run([.. Dying($"{number}.npz"), "--shard", $"{number}/2"]).ExitStatus.Should().Be(0);
        }

        CommandLine.Run("merge", _campaign["1.npz"], _campaign["2.npz"], "--out", _campaign["merged.npz"]).ExitStatus.Should().Be(0);
        File.ReadAllBytes(_campaign["merged.npz"]).Should().Equal(File.ReadAllBytes(_campaign["whole.npz"]));

        // A file of before, or of another program, does not say: the numbers do.
        using (var archive = IArrayCollection.Open(_campaign["whole.npz"]))
        {
            NpzArchive.Write(
                _campaign["old.npz"],
                archive
                    .Names.Where(name => name is not ("ending" or "ended_at_depth" or "died_at_depth"))
                    .Select(name => KeyValuePair.Create(name, archive.Read(name)))
                    .ToArray()
            );
        }

        ResultFile.Read(_campaign["old.npz"]).RecordedEnds.Should().BeNull();
        ResultFile.Read(_campaign["old.npz"]).Ends.Should().Equal(file.Ends);
        var (said, told) = (CommandLine.Run("diagnose", _campaign["whole.npz"]), CommandLine.Run("diagnose", _campaign["old.npz"]));
        told.Output.Replace("old.npz", "whole.npz", StringComparison.Ordinal).Should().Be(said.Output).And.Contain("the signal dies, first at depth ");
        CommandLine
            .Run("merge", _campaign["1.npz"], _campaign["old.npz"], "--out", _campaign["x.npz"])
            .ExitStatus.Should()
            .Be(2, "its simulations are there twice");
        CommandLine.Run("plot", _campaign["whole.npz"], "--no-theory", "--out", _campaign["figure.svg"]).ExitStatus.Should().Be(0);
        DepthFigure
            .Draw([new Recording("whole", file, Architecture.Named("vanilla"), 2, null)])
            .Notes.Should()
            .Contain(note =>
                note.Contains("simulations the signal dies, first at depth", StringComparison.Ordinal)
                && note.Contains("leave out what has ended", StringComparison.Ordinal)
            );
    }

    [Theory]
    [InlineData(7, 3)]
    [InlineData(-1, 3)]
    [InlineData(1.5, 3)]
    [InlineData(1, 4)]
    [InlineData(1, -1)]
    [InlineData(0, 3)]
    public void An_invalid_ending_in_a_file_is_refused(double code, double depth)
    {
        NpzArchive.Write(
            _campaign["forged.npz"],
            [
                new("depth", NpyArray.From([3L, 6], 2)),
                new("chi_loc3", NpyArray.From([1.0, 1], 1, 2)),
                new("ending", NpyArray.From([code], 1)),
                new("ended_at_depth", NpyArray.From([depth], 1)),
            ]
        );

        var outcome = CommandLine.Run("diagnose", _campaign["forged.npz"]);
        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().Contain("'ending'").And.NotContain("\n");
    }

    [Fact]
    public void An_ending_that_contradicts_the_moments_leaves_the_diagnosis_undecided()
    {
        EndedFile("said.npz", chi: _ => 2, ending: 1);

        var outcome = CommandLine.Run("diagnose", _campaign["said.npz"]);

        outcome.ExitStatus.Should().Be(3, outcome.Error);
        outcome
            .Output.Should()
            .StartWith("Undecided: an ending is said to come before the depth, and the moments go on, in 1 of 30 mappings, first at depth 6");
        EndedFile("fits.npz", chi: _ => 2, ending: 0);
        CommandLine.Run("diagnose", _campaign["fits.npz"]).Output.Should().NotContain("an ending");
    }

    [Fact]
    public void Files_with_only_the_depth_of_a_dead_signal_are_read()
    {
        NpzArchive.Write(
            _campaign["died.npz"],
            [
                new("depth", NpyArray.From([3L, 6], 2)),
                new("chi_loc3", NpyArray.From([1.0, 1, 1, double.NaN], 2, 2)),
                new("died_at_depth", NpyArray.From([-1L, 6], 2)),
            ]
        );
        ResultFile.Read(_campaign["died.npz"]).Ends.Should().Equal(MappingEnd.None, new MappingEnd(Ending.DeadSignal, 6));

        NpzArchive.Write(
            _campaign["wrong.npz"],
            [new("depth", NpyArray.From([3L, 6], 2)), new("chi_loc3", NpyArray.From([1.0, 1], 1, 2)), new("died_at_depth", NpyArray.From([5L], 1))]
        );
        CommandLine.Run("diagnose", _campaign["wrong.npz"]).Error.Should().Contain("'died_at_depth', found 5");
    }

    [Fact]
    public void A_negative_sensitivity_is_an_impossible_value()
    {
        EndedFile("negative.npz", chi: mapping => mapping == 4 ? -1 : 2, ending: null);
        CommandLine
            .Run("diagnose", _campaign["negative.npz"])
            .Output.Should()
            .StartWith("Undecided: χ at place 3 has a value that no signal has in 1 of 30 mappings, first at depth 6");
    }

    [Fact]
    public void An_infinite_sensitivity_is_distinguished_from_NaN()
    {
        EndedFile(
            "both.npz",
            chi: mapping =>
                mapping switch
                {
                    < 3 => double.PositiveInfinity,
                    < 8 => double.NaN,
                    _ => 2,
                },
            ending: null
        );
        CommandLine
            .Run("diagnose", _campaign["both.npz"])
            .Output.ReplaceLineEndings(" ")
            .Should()
            .StartWith("Undecided: ln χ is not a number in 5 of 30 mappings, first at depth 6; in 3 of 30 mappings a number overflows, first at depth 6.");
    }

    /// <summary>Of a channel alone the branch soon dies, and the signal goes on in the skip connection.</summary>
    [Fact]
    public void A_dead_branch_is_not_counted_as_a_dead_signal()
    {
        var outcome = CommandLine.Run(
            "run",
            "--architecture",
            "vanilla_res",
            "--total-depth",
            "20",
            "--num-computations",
            "10",
            "--kernel-size",
            "1",
            "--num-channels",
            "1",
            "--batch-size",
            "4",
            "--num-sims",
            "12",
            "--dataset",
            "gaussian",
            "--out",
            _campaign["skip.npz"]
        );
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Output.Should().NotContainAny(" -1", "NaN");

        ResultFile.Read(_campaign["skip.npz"]).Ends.Should().NotContain(end => end.Ending == Ending.DeadSignal);
        CommandLine
            .Run("diagnose", _campaign["skip.npz"])
            .Output.ReplaceLineEndings(" ")
            .Should()
            .NotContain("signal is gone")
            .And.NotContain("signal dies")
            .And.StartWith("Undecided: effective rank is not computed although the signal lives, in ")
            .And.Contain("for example because a residual branch gives zero and only the skip connection carries the signal");
    }

    /// <summary>Thirty mappings of which one differs at the second depth.</summary>
    private void EndedFile(string name, Func<int, double> chi, int? ending)
    {
        const int mappings = 30;
        double[] sensitivities = [.. Enumerable.Range(0, mappings).SelectMany(mapping => new[] { 1.5, chi(mapping), chi(mapping) })];
        List<KeyValuePair<string, NpyArray>> arrays =
        [
            new("depth", NpyArray.From([3L, 6, 9], 3)),
            new("chi_loc3", NpyArray.From(sensitivities, mappings, 3)),
            new("nu2_signal_loc3", NpyArray.From([.. sensitivities.Select(_ => 2.0)], mappings, 3)),
        ];
        if (ending is { } code)
        {
            arrays.Add(new("ending", NpyArray.From([.. Enumerable.Range(0, mappings).Select(mapping => mapping == 7 ? code : 0L)], mappings)));
            arrays.Add(
                new("ended_at_depth", NpyArray.From([.. Enumerable.Range(0, mappings).Select(mapping => mapping == 7 && code > 0 ? 6L : -1)], mappings))
            );
        }

        NpzArchive.Write(_campaign[name], arrays);
    }

    private string[] Dying(string name) =>
        [
            "run",
            "--architecture",
            "vanilla",
            "--total-depth",
            "60",
            "--num-computations",
            "20",
            "--kernel-size",
            "1",
            "--num-channels",
            "2",
            "--batch-size",
            "2",
            "--num-sims",
            "12",
            "--dataset",
            "gaussian",
            "--threads",
            "2",
            "--out",
            _campaign[name],
        ];

    private NpyArray Array(string file, string name)
    {
        using var archive = IArrayCollection.Open(_campaign[file]);
        return archive.Read(name);
    }
}
