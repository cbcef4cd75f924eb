using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Studies in small: whatever the parts, and whenever they were interrupted, the files are the same.</summary>
public sealed class StudyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("evidence").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_study_in_parts_merges_to_the_file_of_one_run()
    {
        using var study = ComparisonStudy.Operations();
        Run(study, 0, 6, "whole");
        Run(study, 4, 6, "second");
        Run(study, 0, 4, "first");

        study.Merge(PathOf("merged"), [PathOf("second"), PathOf("first")]);

        File.ReadAllBytes(PathOf("merged")).Should().Equal(File.ReadAllBytes(PathOf("whole")));
        EvidenceFile<RatioTail>.Read(PathOf("merged")).Rows["O1 vanilla"].Seeds.ToString().Should().Be("0-5");
    }

    [Fact]
    public void An_interrupted_study_resumes_to_the_file_of_an_uninterrupted_one()
    {
        using var whole = new CountingStudy();
        whole.Run(Part(0, 40, "whole"), _ => { }, default);

        using var interrupted = new CountingStudy { CancelAt = 23 };
        FluentActions.Invoking(() => interrupted.Run(Part(0, 40, "interrupted"), _ => { }, interrupted.Token)).Should().Throw<OperationCanceledException>();
        var kept = EvidenceFile<Tally>.Read(PathOf("interrupted")).Rows["a"].Seeds.Count;
        kept.Should().BeInRange(1, 39, "whole chunks are kept, and something is missing");

        using var again = new CountingStudy();
        again.Run(Part(0, 40, "interrupted"), _ => { }, default).Should().BeTrue();

        File.ReadAllBytes(PathOf("interrupted")).Should().Equal(File.ReadAllBytes(PathOf("whole")));
        again.Observed.Should().Be(40 - (int)kept, "what was kept is not run again");
    }

    [Fact]
    public void A_study_whose_time_limit_is_reached_says_so_and_can_be_resumed()
    {
        using var study = new CountingStudy();
        var said = new List<string>();

        study.Run(Part(0, 40, "limited") with { Limit = TimeSpan.Zero }, said.Add, default).Should().BeFalse();
        said[^1].Should().Contain("the time limit is reached").And.Contain("to continue at seed 4");
        study.Run(Part(0, 40, "limited"), said.Add, default).Should().BeTrue();
        study.Observed.Should().Be(40);
    }

    [Fact]
    public void A_check_that_was_left_out_is_run_only_for_its_missing_seeds()
    {
        using var study = new CountingStudy();
        study.Run(Part(0, 10, "keys") with { Only = ["a"] }, _ => { }, default);
        study.Run(Part(5, 12, "keys"), _ => { }, default);

        var rows = EvidenceFile<Tally>.Read(PathOf("keys")).Rows;
        rows["a"].Seeds.ToString().Should().Be("0-11");
        rows["b"].Seeds.ToString().Should().Be("5-11");
        rows["a"].Summary.Runs.Should().Be(12);
        FluentActions
            .Invoking(() => study.Run(Part(0, 1, "keys") with { Only = ["x"] }, _ => { }, default))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*beginning of a key such as 'a'*");
    }

    [Fact]
    public void Parts_of_different_arithmetics_are_refused()
    {
        using var study = new CountingStudy();
        study.Run(Part(0, 4, "today"), _ => { }, default);
        var old = File.ReadAllText(PathOf("today")).Replace(Arithmetic.Propagation, "0123456789ab", StringComparison.Ordinal);
        File.WriteAllText(PathOf("old"), old.Replace("0-3", "4-7", StringComparison.Ordinal));

        FluentActions
            .Invoking(() => study.Merge(PathOf("merged"), [PathOf("today"), PathOf("old")]))
            .Should()
            .Throw<InvalidInputException>()
            .Which.Message.Should()
            .Contain(Arithmetic.Propagation)
            .And.Contain("0123456789ab")
            .And.NotContain("\n");
        FluentActions.Invoking(() => study.Run(Part(0, 10, "old"), _ => { }, default)).Should().Throw<InvalidInputException>("an old file is not gone on with");
        File.Exists(PathOf("merged")).Should().BeFalse();
        EvidenceCommands.Run("merge", PathOf("merged"), PathOf("today"), PathOf("old")).Should().Be(2);
    }

    [Fact]
    public void Parts_with_a_seed_in_common_are_refused()
    {
        using var study = new CountingStudy();
        study.Run(Part(0, 4, "one"), _ => { }, default);
        study.Run(Part(3, 6, "two"), _ => { }, default);

        FluentActions
            .Invoking(() => study.Merge(PathOf("merged"), [PathOf("one"), PathOf("two")]))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*3-5*");
    }

    [Fact]
    public void A_damaged_file_is_refused_in_a_line()
    {
        using var study = new CountingStudy();
        study.Run(Part(0, 4, "damaged"), _ => { }, default);
        File.WriteAllText(PathOf("damaged"), File.ReadAllText(PathOf("damaged"))[..^9]);

        FluentActions
            .Invoking(() => study.Run(Part(0, 10, "damaged"), _ => { }, default))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*rows of evidence*");
    }

    [Fact]
    public void Generated_networks_are_studied_claim_by_claim()
    {
        using var study = new GeneratedStudy();

        study.Run(Part(0, 2, "generated") with { Only = ["D9", "I12", "O5"] }, _ => { }, default).Should().BeTrue();

        var rows = EvidenceFile<RatioTail>.Read(PathOf("generated")).Rows;
        rows.Keys.Should().Equal("D9 generated", "I12 generated", "O5 generated");
        rows.Values.Should().OnlyContain(row => row.Summary.Runs == 2 && row.Summary.Measured == 2 && row.Summary.Rejected == 0);
        study.Rejecting(PathOf("generated")).Should().BeEmpty();
    }

    [Fact]
    public void Ranges_of_seeds_join_and_never_overlap()
    {
        var seeds = new SeedRanges();
        seeds.TryAdd(0, 3).Should().BeTrue();
        seeds.TryAdd(8, 9).Should().BeTrue();
        seeds.TryAdd(3, 4).Should().BeFalse();
        seeds.TryAdd(7, 12).Should().BeFalse();
        seeds.ToString().Should().Be("0-3,8-9");
        seeds.TryAdd(4, 7).Should().BeTrue();
        seeds.ToString().Should().Be("0-9");
        seeds.Count.Should().Be(10);
        seeds.Contains(9).Should().BeTrue();
        seeds.Contains(10).Should().BeFalse();
        SeedRanges.Parse("5-6,1-2").ToString().Should().Be("1-2,5-6");
        FluentActions.Invoking(() => SeedRanges.Parse("5-6,6-7")).Should().Throw<FormatException>();
    }

    [Theory]
    [InlineData("calibration", "S8 bn_res")]
    [InlineData("quick", "D8 vanilla")]
    [InlineData("mutants", "D1 rejects χ without the square root")]
    public void A_study_records_each_of_its_seeds(string name, string key)
    {
        EvidenceCommands.Run(name, "3", "5", PathOf(name), key).Should().Be(0);

        File.ReadLines(PathOf(name)).Skip(3).Should().HaveCount(2).And.EndWith("# end").And.Subject.First().Should().StartWith(key).And.Contain("\t3-4\t");
    }

    [Fact]
    public void A_rejection_of_the_reference_gives_a_failing_exit_status()
    {
        EvidenceCommands.Run("quick", "0", "1", PathOf("quick"), "O2 vanilla").Should().Be(0);
        File.WriteAllText(PathOf("quick"), File.ReadAllText(PathOf("quick")).Replace("holds=1", "rejected=1", StringComparison.Ordinal));

        EvidenceCommands.Run("quick", "0", "1", PathOf("quick"), "O2 vanilla").Should().Be(1, "a seed that is kept is not run again, and what it found stays");
    }

    [Fact]
    public void Invalid_calls_are_refused()
    {
        EvidenceCommands.Run("quick", "3", "3", PathOf("x")).Should().Be(2);
        EvidenceCommands.Run("quick", "one", "3", PathOf("x")).Should().Be(2);
        EvidenceCommands.Run("quicker", "1", "3", PathOf("x")).Should().Be(2);
        EvidenceCommands.Run("quick", "1", "3", Path.Combine(PathOf("no"), "folder", "x")).Should().Be(2);
    }

    [Fact]
    public void An_inconclusive_run_is_not_counted_as_holding()
    {
        Tally.Count(VerdictName.Spell(Verdict.Inconclusive), 3).Merge(Tally.Count(VerdictName.Spell(Verdict.Holds), 1)).Count(VerdictName.Holds).Should().Be(1);
        var check = new Check("D1", "vanilla", _ => throw new InvalidOperationException("broken"));
        var outcome = new CheckOutcome(check, Verdict.Inconclusive, [], "InvalidOperationException: broken");
        RatioTail
            .Collect(4, outcome, 0)
            .Should()
            .BeEquivalentTo(
                new
                {
                    Runs = 1L,
                    Measured = 0L,
                    Inconclusive = 1L,
                    Rejected = 0L,
                }
            );
        BoundCounts.Count(outcome, 0).Should().BeEquivalentTo(new { Runs = 1L, Failed = 1L });
    }

    private StudyPart Part(ulong from, ulong to, string name) => new(from, to, PathOf(name));

    private void Run(ComparisonStudy study, ulong from, ulong to, string name) =>
        study.Run(Part(from, to, name) with { Only = ["O1 vanilla", "O2 bn_ff"] }, _ => { }, default).Should().BeTrue();

    private string PathOf(string name) => Path.Combine(_folder, name + ".tsv");

    /// <summary>Says of each seed whether it is even; may ask to stop at one of them.</summary>
    private sealed class CountingStudy : Study<Tally>
    {
        private readonly CancellationTokenSource _stop = new();
        private int _observed;

        public ulong? CancelAt { get; init; }

        public CancellationToken Token => _stop.Token;

        public int Observed => _observed;

        public override string Name => "counting";

        public override IReadOnlyList<string> Keys => ["a", "b"];

        protected override int Chunk => 4;

        protected override IEnumerable<KeyValuePair<string, Tally>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation)
        {
            if (seed == CancelAt)
            {
                _stop.Cancel();
            }

            cancellation.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _observed);
            return keys.Select(key => KeyValuePair.Create(key, Tally.Count(seed % 2 == 0 ? "even" : "odd", seed)));
        }

        protected override void Dispose(bool disposing)
        {
            _stop.Dispose();
            base.Dispose(disposing);
        }
    }
}
