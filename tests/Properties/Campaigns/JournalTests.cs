using System.Buffers.Binary;
using FluentAssertions;

namespace Wellbehaved.Tests.Properties;

public sealed class JournalTests : IDisposable
{
    private readonly SmallExperiment _experiment = new();

    public void Dispose() => _experiment.Dispose();

    [Fact]
    public void A_run_interrupted_at_any_byte_resumes_to_the_same_file()
    {
        var undisturbed = _experiment.Run();
        var journal = _experiment.JournalOf();
        var header = journal.Length - (int)(6 * JournalRecord.Length(_experiment.Options));
        var step = Math.Max(1, journal.Length / Breadth.Choose(usual: 150, atNight: 700));
        for (var length = 0; length <= journal.Length; length += length < header ? 7 : step)
        {
            Left(journal[..length]);
            _experiment.Run(resume: true).Should().Equal(undisturbed, "{0} of {1} bytes were left", length, journal.Length);
            _experiment.Files.Should().Equal("result.npz");
        }
    }

    /// <summary>The checksums are right: whoever wrote such a file wrote it on purpose, or had another clock.</summary>
    [Theory]
    [InlineData(4, long.MinValue)]
    [InlineData(4, long.MaxValue)]
    [InlineData(4, -1)]
    [InlineData(12, long.MinValue)]
    [InlineData(12, long.MaxValue)]
    [InlineData(20, unchecked((long)0xBFF0000000000000))]
    [InlineData(28, -2)]
    public void A_record_with_a_value_that_no_run_writes_is_dropped(int offset, long value)
    {
        var journal = _experiment.JournalOf();
        var length = (int)JournalRecord.Length(_experiment.Options);
        var header = journal.AsSpan(0, journal.Length - (6 * length));
        var record = journal.AsSpan(header.Length, length);
        if (offset == 28)
        {
            BinaryPrimitives.WriteInt32LittleEndian(record[offset..], (int)value);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(record[offset..], value);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(
            record[^JournalFrame.LengthOfChecksum..],
            JournalFrame.Checksum(record[..^JournalFrame.LengthOfChecksum], header)
        );
        Left(journal);

        var content = JournalContent.Read(new MemoryStream(journal), "journal")!;

        (content.Finished, content.Damaged).Should().Be((5, 1));
        RunStatus.ReadAll(Path.GetDirectoryName(_experiment["result.npz"])!).Should().ContainSingle().Which.Finished.Should().Be(5);
    }

    [Theory]
    [InlineData(0, 32_503_680_000_000)]
    [InlineData(32_503_680_000_000, 0)]
    public void A_clock_that_was_set_while_a_run_went_on_does_not_break_its_status(long started, long finished)
    {
        var journal = _experiment.JournalOf();
        var length = (int)JournalRecord.Length(_experiment.Options);
        var header = journal.AsSpan(0, journal.Length - (6 * length)).ToArray();
        var record = journal.AsSpan(header.Length, length);
        BinaryPrimitives.WriteInt64LittleEndian(record[4..], started);
        BinaryPrimitives.WriteInt64LittleEndian(record[12..], finished);
        BinaryPrimitives.WriteUInt64LittleEndian(
            record[^JournalFrame.LengthOfChecksum..],
            JournalFrame.Checksum(record[..^JournalFrame.LengthOfChecksum], header)
        );
        Left(journal[..(header.Length + length)]);

        var status = RunStatus.ReadAll(Path.GetDirectoryName(_experiment["result.npz"])!).Single();

        (status.TimeLeft ?? TimeSpan.Zero).Should().BeGreaterThanOrEqualTo(TimeSpan.Zero);
        RunStatus.Bounded(double.MaxValue).Should().BePositive();
    }

    [Fact]
    public void A_flipped_bit_in_a_journal_never_gives_a_wrong_record()
    {
        var journal = _experiment.JournalOf();
        var sound = JournalContent.Read(new MemoryStream(journal), "journal")!;
        sound.Finished.Should().Be(6);
        var (refused, redone) = (0, 0);
        for (var position = 0; position < journal.Length; position++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var spoilt = journal.ToArray();
                spoilt[position] ^= (byte)(1 << bit);
                try
                {
                    var content = JournalContent.Read(new MemoryStream(spoilt), "journal");
                    (content?.Finished ?? 0).Should().BeLessThan(6, "bit {0} of byte {1} is noticed", bit, position);
                    redone++;
                    foreach (var record in content?.Records ?? [])
                    {
                        record.Moments.IsIdenticalTo(sound.Records[record.Index].Moments).Should().BeTrue();
                    }
                }
                catch (InvalidInputException exception)
                {
                    exception.Message.Should().StartWith("journal").And.NotContain("\n");
                    refused++;
                }
            }
        }

        (refused + redone).Should().Be(8 * journal.Length);
        refused.Should().BePositive("a damaged header says nothing reliable");
        redone.Should().BeGreaterThan(refused, "a damaged record costs one simulation and no more");
    }

    [Fact]
    public void A_damaged_journal_is_refused_or_resumes_to_the_right_file()
    {
        var undisturbed = _experiment.Run();
        var journal = _experiment.JournalOf();
        var random = new Random(20260611);
        var refused = 0;
        var cases = Breadth.Choose(usual: 250, atNight: 1000);
        for (var i = 0; i < cases; i++)
        {
            var spoilt = Spoil(journal, random);
            Left(spoilt);
            try
            {
                _experiment.Run(resume: true).Should().Equal(undisturbed, "case {0}", i);
            }
            catch (InvalidInputException)
            {
                refused++;
                File.ReadAllBytes(_experiment["result.npz.journal"]).Should().Equal(spoilt, "nothing is lost by refusing");
                File.Exists(_experiment["result.npz"]).Should().BeFalse();
            }
        }

        refused.Should().BeInRange(1, cases * 9 / 10, "otherwise half of this is not tested");
    }

    [Fact]
    public void A_record_of_another_experiment_in_a_journal_is_ignored()
    {
        var mine = _experiment.JournalOf();
        using var other = new SmallExperiment { Options = _experiment.Options with { Seed = 1 } };
        var theirs = other.JournalOf();
        var length = (int)JournalRecord.Length(_experiment.Options);
        byte[] mixed = [.. mine[..^length], .. theirs[^length..]];
        var content = JournalContent.Read(new MemoryStream(mixed), "journal")!;
        content.Finished.Should().Be(5);
        content.Damaged.Should().Be(1);
    }

    [Fact]
    public void Resuming_with_other_options_is_refused_and_the_option_is_named()
    {
        Left(_experiment.JournalOf());
        foreach (
            var (options, shard, name) in new (ExperimentOptions, Shard, string)[]
            {
                (_experiment.Options with { Seed = 3 }, Shard.Whole, "seed"),
                (_experiment.Options with { NumSims = 7 }, Shard.Whole, "num_sims"),
                (_experiment.Options with { Dataset = "gaussian" }, Shard.Whole, "dataset"),
                (_experiment.Options, new Shard(1, 2), "shard"),
            }
        )
        {
            var header = Experiment.Prepare(options, shard, 1).Header;
            Refusal(header, resume: true).Should().StartWith("resume").And.Contain(name).And.NotContain("\n");
            _experiment.Files.Should().Equal("result.npz.journal");
        }
    }

    [Fact]
    public void A_journal_of_another_version_is_not_resumed()
    {
        var header = Experiment.Prepare(_experiment.Options).Header;
        var older = header with { Identity = header.Identity with { MadeBy = "wellbehaved 0.0.1" } };
        older.DifferenceFrom(header).Should().Be("made by wellbehaved 0.0.1, not wellbehaved 1.0.0");
    }

    [Fact]
    public void Finished_simulations_are_not_discarded_without_an_option()
    {
        var journal = _experiment.JournalOf();
        Left(journal);
        Refusal(Experiment.Prepare(_experiment.Options).Header, resume: false).Should().Contain("6 finished simulations").And.Contain("give resume");
        File.ReadAllBytes(_experiment["result.npz.journal"]).Should().Equal(journal);
    }

    [Fact]
    public void Two_runs_of_the_same_file_refuse_each_other()
    {
        var header = Experiment.Prepare(_experiment.Options).Header;
        using (Journal.Open(_experiment["result.npz"], header, resume: false))
        {
            OutputLock.IsHeld(_experiment["result.npz"]).Should().BeTrue();
            Refusal(header, resume: false).Should().Contain("no other process");
            Refusal(header, resume: true).Should().Contain("no other process");
        }

        OutputLock.IsHeld(_experiment["result.npz"]).Should().BeFalse();
        _experiment.Files.Should().BeEmpty("a run that finished nothing leaves nothing");
    }

    [Fact]
    public void Partial_files_of_a_killed_process_are_removed_by_the_next_run()
    {
        const string ending = ".123.0123456789abcdef0123456789abcdef.partial";
        foreach (var name in new[] { ".result.npz" + ending, ".result.npz.journal" + ending, ".other.npz" + ending, ".result.npz.mine.partial" })
        {
            File.WriteAllText(_experiment[name], "half");
        }

        _experiment.Run();
        _experiment.Files.Should().Equal(".other.npz" + ending, ".result.npz.mine.partial", "result.npz");
    }

    private static byte[] Spoil(byte[] journal, Random random)
    {
        var spoilt = journal.ToArray();
        switch (random.Next(4))
        {
            case 0:
                spoilt[random.Next(spoilt.Length)] ^= (byte)random.Next(1, 256);
                return spoilt;
            case 1:
                return spoilt[..random.Next(spoilt.Length)];
            case 2:
                var start = random.Next(spoilt.Length);
                random.NextBytes(spoilt.AsSpan(start, random.Next(spoilt.Length - start)));
                return spoilt;
            default:
                var cut = random.Next(spoilt.Length);
                return [.. spoilt[..cut], .. spoilt[Math.Min(spoilt.Length, cut + random.Next(1, 700))..]];
        }
    }

    private void Left(byte[] journal)
    {
        File.Delete(_experiment["result.npz"]);
        File.WriteAllBytes(_experiment["result.npz.journal"], journal);
    }

    private string Refusal(JournalHeader header, bool resume) =>
        FluentActions.Invoking(() => Journal.Open(_experiment["result.npz"], header, resume)).Should().Throw<InvalidInputException>().Which.Message;
}
