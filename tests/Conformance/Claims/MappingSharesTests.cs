using System.Collections.Concurrent;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Claims about deep mappings take further batches until they are decided, and check every number.</summary>
public class MappingSharesTests
{
    private static readonly double[] Keeps = [9, 9, 9],
        Collapses = [9, 5, 2],
        Power = [0, 0.5, 1];

    [Theory]
    [InlineData(48, 1, Verdict.Holds)]
    [InlineData(44, 2, Verdict.Holds)]
    [InlineData(24, 10, Verdict.Inconclusive)]
    [InlineData(0, 1, Verdict.Rejected)]
    [InlineData(10, 3, Verdict.Rejected)]
    public void Batches_of_mappings_are_requested_until_a_share_is_decided_or_the_budget_is_used(int collapsing, int batches, Verdict expected)
    {
        var subject = new Scripted(options => Table(options, i => (i < collapsing ? Collapses : Keeps, Power)));

        var outcome = Execute("P1", "vanilla", subject);

        outcome.Verdict.Should().Be(expected);
        outcome.Measurements.Single().Samples.Should().Be(48 * batches);
        subject.Seeds.Should().HaveCount(batches).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void Each_property_stops_as_soon_as_it_is_decided_on_the_same_mappings()
    {
        // P4 on bn_res: directions are kept by 42 of 48 mappings of each batch, χ grows as a power in all.
        MomentTable Script(ExperimentOptions options) => Table(options, i => (i < 42 ? Keeps : Collapses, Power));

        var samples = Execute("P4", "bn_res", new Scripted(Script)).Measurements.Select(measurement => measurement.Samples).ToArray();
        samples.Should().Equal(96, 48, 48);

        // Whoever asks first, and on how many threads: a claim that needs one batch is not changed by one that needed two.
        var deep = new DeepExperiments(new Scripted(Script), Scale.Quick, 5);
        var outcomes = new ConcurrentDictionary<string, string>();
        Parallel.ForEach(
            new[] { "P7", "P4", "P7", "P4" },
            claim =>
                outcomes.TryAdd(
                    claim,
                    string.Join(" ", Execute(claim, "bn_res", new Scripted(Script), deep).Measurements.Select(measurement => measurement.Samples))
                )
        );
        outcomes["P4"].Should().Be("96 48 48");
        outcomes["P7"].Should().Be(string.Join(" ", Execute("P7", "bn_res", new Scripted(Script)).Measurements.Select(measurement => measurement.Samples)));
        deep.Finished.Should().Equal("bn_res");
        deep.Run("bn_res").Should().BeSameAs(deep.Batch("bn_res", 0));
    }

    [Fact]
    public void Batches_of_mappings_have_different_seeds_and_divide_the_samples()
    {
        var deep = new DeepExperiments(new Scripted(null!), Scale.Quick, 3);
        deep.OptionsOf("vanilla", 0).Should().Be(DeepExperiments.OptionsOf("vanilla", Scale.Quick, 3), "the first batch is the experiment that is diagnosed");
        var seeds = Enumerable
            .Range(0, 10)
            .SelectMany(batch =>
                new ulong[] { 3, 4 }.Select(seed => new DeepExperiments(new Scripted(null!), Scale.Quick, seed).OptionsOf("vanilla", batch).Seed)
            )
            .ToArray();
        seeds.Should().OnlyHaveUniqueItems();
        (deep.OptionsOf("vanilla", 1) with { Seed = 0 }).Should().Be(deep.OptionsOf("vanilla", 0) with { Seed = 0 });
        deep.MostBatches.Should().Be(10);
        new DeepExperiments(new Scripted(null!), Scale.Full, 3).MostBatches.Should().Be(3);
        new DeepExperiments(new Scripted(null!), Scale.Quick, 3) { SampleShare = 1.0 / 20 }
            .OptionsOf("vanilla", 0)
            .NumSims.Should()
            .Be(3);
        new DeepExperiments(new Scripted(null!), Scale.Quick, 3) { SampleShare = 1e-9 }
            .OptionsOf("vanilla", 0)
            .NumSims.Should()
            .Be(1);
    }

    [Theory]
    [InlineData(24, "effective rank is not a number in 24 of 48 mappings, first at depth 40")]
    [InlineData(1, "effective rank is not a number in 1 of 48 mappings, first at depth 40")]
    public void NaN_in_effective_ranks_is_rejected_and_counted(int count, string words)
    {
        foreach (var (claim, architecture) in new[] { ("P1", "vanilla"), ("P4", "bn_res"), ("P7", "bn_res"), ("P3", "bn_ff"), ("A3", "vanilla_res") })
        {
            var outcome = Execute(claim, architecture, new Scripted(options => Table(options, i => (i < count ? [9, double.NaN, double.NaN] : Keeps, Power))));

            outcome.Verdict.Should().Be(Verdict.Rejected);
            outcome.Measurements[0].Quantity.Should().Be(words);
            outcome
                .Measurements.Should()
                .NotContain(
                    measurement => measurement.Verdict == Verdict.Holds && measurement.Measured.Value > (48.0 - count) / 48,
                    "what cannot be seen shows nothing"
                );
        }
    }

    [Theory]
    [InlineData(16, Verdict.Holds)]
    [InlineData(40, Verdict.Rejected)]
    public void Dead_mappings_count_neither_for_nor_against_a_property(int dead, Verdict expected) =>
        Execute("P4", "bn_res", new Scripted(options => Table(options, i => (Keeps, i < dead ? [0, double.NegativeInfinity, double.NegativeInfinity] : Power))))
            .Verdict.Should()
            .Be(expected);

    [Fact]
    public void A_subject_that_returns_a_table_of_another_experiment_is_reported()
    {
        Failure(options => Table(options, _ => (Keeps, Power)) with { Died = 1 }).Should().Be("expected 48 mappings, got 48 and 1 that died");
        Failure(options => Table(options, _ => (Keeps, Power)) with { Depths = [20, 40, 80] })
            .Should()
            .StartWith("expected moments at 20 depths up to 80, got 20, 40, 80");
        Failure(options =>
                Table(options, _ => (Keeps, Power)) with
                {
                    LogChi =
                    [
                        [1, 2],
                    ],
                }
            )
            .Should()
            .Be("expected a row of 20 numbers for each of 48 mappings");
        Failure(_ => null!).Should().Be("expected moments by depth, got none");
        Failure(options => Table(options, _ => (Keeps, Power)) with { Reff = null })
            .Should()
            .Be("expected effective ranks and χ at a quarter, half and all of the depth");

        static string? Failure(Func<ExperimentOptions, MomentTable> script)
        {
            var outcome = Execute("P1", "vanilla", new Scripted(script));
            outcome.Verdict.Should().Be(Verdict.Inconclusive);
            return outcome.Failure;
        }
    }

    [Fact]
    public void Moments_that_a_subject_reports_layer_by_layer_are_checked_for_NaN()
    {
        using var subject = new Unranked();
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 4,
            KernelSize = 1,
            NumChannels = 64,
            BatchSize = 4,
            NumSims = 2,
            NumComputations = 2,
            ReffNoise = false,
        };

        var table = DeepPropagation.Run(subject, options, null, default);

        (table.Simulations, table.Died, table.Unusable).Should().Be((0, 0, 2));
        table.Findings.Single().ToString().Should().Be("effective rank is not a number in 2 of 2 mappings, first at depth 4");
    }

    [Fact]
    public void Reports_are_written_even_if_no_mapping_has_finite_numbers()
    {
        foreach (var none in new[] { double.NaN, double.NegativeInfinity })
        {
            var subject = new Scripted(options => Table(options, _ => (Keeps, [none, none, none])));
            var run = VerificationRun.Execute(subject, Scale.Quick, 5, ["P7", "P1"], ["vanilla", "bn_res"]);

            run.Verdict.Should().Be(Verdict.Rejected);
            run.Diagnoses.Should()
                .HaveCount(2)
                .And.OnlyContain(
                    pair => pair.Value.Condition == Condition.Undecided,
                    "a number that is none is nothing to judge by, and dead noise is no dead signal"
                );
            Figures.HtmlReport.ToText(run).Should().Contain("</html>");
            VerificationReport.ToText(run).Should().NotContain("NaN");
            MarkdownReport.ToText(run).Should().Contain("P7");
        }
    }

    [Fact]
    public void Missing_moments_of_a_place_are_an_error_of_the_subject_and_not_NaN()
    {
        var moments = new DeepMoments(DeepExperiments.OptionsOf("vanilla", Scale.Quick, 1) with { NumSims = 1 }, new SubjectDescription("mine"));
        moments.Begin();

        FluentActions
            .Invoking(() => moments.Finish())
            .Should()
            .Throw<SubjectException>()
            .WithMessage("expected the moments of loc3 and loc3 at 20 depths, 40 in all, got 0 in simulation 0");
    }

    private static CheckOutcome Execute(string claim, string architecture, ISubject subject, DeepExperiments? deep = null) =>
        Suite.Execute(Suite.Checks.Single(check => check.ClaimId == claim && check.Architecture == architecture), subject, Scale.Quick, 5, deep);

    /// <summary>Rows whose values at a quarter, half and all of the depth are given, and those before a quarter those at a quarter; ν₂ grows by 1 in
    /// each layer.</summary>
    private static MomentTable Table(ExperimentOptions options, Func<int, (double[] Reff, double[] LogChi)> mapping)
    {
        int[] depths = [.. Enumerable.Range(1, options.NumComputations).Select(i => i * options.DepthInterval)];
        return new MomentTable(
            depths,
            options.NumSims,
            [.. Enumerable.Range(0, options.NumSims).Select(i => Row(mapping(i).Reff))],
            [.. Enumerable.Range(0, options.NumSims).Select(i => Row(mapping(i).LogChi))],
            [.. Enumerable.Range(0, options.NumSims).Select(_ => depths.Select(depth => Math.Log(1 + depth)).ToArray())],
            null,
            0
        );

        double[] Row(double[] marks) =>
            [
                .. depths.Select(depth =>
                    depth < options.TotalDepth / 2 ? marks[0]
                    : depth < options.TotalDepth ? marks[1]
                    : marks[2]
                ),
            ];
    }

    /// <summary>Reports no rank at the last depth.</summary>
    private sealed class Unranked : ReferenceSubject
    {
        private protected override ReportedMoments Report(int depth, UnitPlace place, SignalAndNoise<float> values, MomentComputation<float> computation) =>
            base.Report(depth, place, values, computation) is var moments && depth == 4 ? moments with { ReffSignal = double.NaN } : moments;
    }

    private sealed class Scripted(Func<ExperimentOptions, MomentTable> run) : ISubject
    {
        public ConcurrentBag<ulong> Seeds { get; } = [];

        public SubjectDescription Description { get; } = new("scripted");

        public void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe) => throw new DeclinedException("propagation");

        public MomentTable Run(ExperimentOptions options, Action? depthReached, CancellationToken cancellation)
        {
            Seeds.Add(options.Seed);
            return run(options);
        }
    }
}
