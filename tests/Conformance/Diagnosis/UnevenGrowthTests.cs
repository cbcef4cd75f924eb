using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Two gains do not tell a law from a step or a bend, and rates that differ between mappings are no random walk.</summary>
public class UnevenGrowthTests
{
    private static readonly Func<double, double> Keeping = _ => 9;

    public static TheoryData<string> NoLaws =>
        [
            "a step at 70",
            "two steps",
            "a ramp from 90",
            "a late ramp",
            "growth that ends at 75",
            "growth that ends at 81",
            "a step and a rate",
            "a rate that triples",
        ];

    [Theory]
    [MemberData(nameof(NoLaws))]
    public void A_growth_with_no_constant_shape_gets_no_law_and_no_condition(string law)
    {
        foreach (var mappings in new[] { 24, 60 })
        {
            for (var seed = 0; seed < 5; seed++)
            {
                var diagnosis = (TablesOf(law) with { Mappings = mappings }).Diagnose(seed);

                diagnosis.ChiGrowth!.Law.Should().Be(Growth.Undecided, diagnosis.Sentence);
                diagnosis.Conditions.Should().Equal(Condition.Undecided);
                diagnosis.CertainCondition.Should().Be(Condition.Undecided);
                diagnosis.SnrPathology.Successes.Should().BeLessThan(mappings / 4, diagnosis.Sentence);
                diagnosis.Sentence.Should().Contain("χ grows neither at a constant rate nor as a power of the depth, by ");
            }
        }
    }

    [Theory]
    [InlineData(1.8)]
    [InlineData(2)]
    [InlineData(2.4)]
    public void A_rate_that_rises_with_the_depth_is_faster_than_exponential_and_pathological(double power)
    {
        var tables = new MadeUpTables(Keeping, depth => 10 * Math.Pow(depth / 100, power))
        {
            Depth = 100,
            Mappings = 60,
            Scatter = 0.01,
        };
        foreach (var (mappings, certain) in new[] { (24, Condition.Undecided), (60, Condition.PathologicalSnr) })
        {
            var diagnosis = (tables with { Mappings = mappings }).Diagnose();

            diagnosis.ChiGrowth!.Law.Should().Be(Growth.Superexponential, diagnosis.Sentence);
            diagnosis.Conditions.Should().Equal(Condition.PathologicalSnr);
            diagnosis.CertainCondition.Should().Be(certain);
            diagnosis.SnrPathology.Successes.Should().Be(mappings);
            diagnosis
                .Sentence.Should()
                .MatchRegex(
                    @"^Pathological SNR: SNR\^l/SNR\^0 decays faster than exponentially: the noise gains [\d.]+ % in each layer over layers 26 to 44, [\d.]+ % to 62, [\d.]+ % to 82, [\d.]+ % to 100; at depth 100 the SNR is down "
                );
        }
    }

    /// <summary>As units of two kinds that alternate: shapes of an exponential or more, and a stretch at the mark.</summary>
    [Theory]
    [InlineData(
        0.17,
        0.0731,
        @"χ gains more in each layer over layers 50 to 100 than over layers 26 to 50 \(shape 1\.[12]\d, 1\.\d\d to 1\.\d\d, where 1 is exponential\)"
    )]
    [InlineData(
        0.13,
        0.0647,
        @"χ gains over layers 50 to 100 what an exponential growth over layers 26 to 50 leads to \(shape 0\.9\d, 0\.\d\d to [01]\.\d\d, where 1 is exponential\)"
    )]
    public void A_growth_that_is_not_steadily_exponential_gets_no_law_and_the_reason_is_given(double last, double third, string words)
    {
        var tables = new MadeUpTables(
            Keeping,
            depth => (0.1 * Math.Min(depth, 62)) + (third * Math.Clamp(depth - 62, 0, 20)) + (last * Math.Max(depth - 82, 0))
        )
        {
            Depth = 100,
            Mappings = 48,
            Scatter = 0.05,
        };

        var diagnosis = tables.Diagnose();

        diagnosis.Conditions.Should().Equal(Condition.Undecided);
        diagnosis.ChiGrowth!.Law.Should().Be(Growth.Undecided, diagnosis.Sentence);
        diagnosis
            .Sentence.Should()
            .MatchRegex(
                words
                    + @", but not at one rate: by 11 % in each layer over layers 26 to 44, 11 % to 62, [67]\.\d % to 82, 1\d % to 100; 48 mappings do not tell whether layers 62 to 82 gain two thirds of what one rate would give, as a law requires(; some [\d,]+ mappings would decide|, and many more mappings would not decide); at depth 100 "
            );
    }

    [Fact]
    public void A_decaying_noise_is_said_to_lose_and_one_that_may_decay_is_said_to_change()
    {
        DiagnosisLines
            .Write(new MadeUpTables(Keeping, depth => -0.08 * depth) { Depth = 100 }.Diagnose())
            .Should()
            .Contain(line => line.Contains("the noise loses 7."))
            .And.OnlyContain(line => !line.Contains("gains -"));
        DiagnosisLines
            .Write(new MadeUpTables(Keeping, _ => 0) { Depth = 100, Scatter = 0.2 }.Diagnose(3))
            .Should()
            .OnlyContain(line => !line.Contains("gains -"));
        RateWords
            .NoiseGains(new Estimate(-0.001, -0.004, 0.002), "layer")
            .Should()
            .Be("the noise changes by -0.1 % (-0.4 to 0.2) against the signal in each layer");
    }

    [Fact]
    public void The_gain_of_each_stretch_of_layers_is_reported_if_no_law_fits() =>
        TablesOf("growth that ends at 75")
            .Diagnose()
            .Sentence.Should()
            .MatchRegex(
                @"by 5\.1 % in each layer over layers 26 to 44, 5\.1 % to 62, 3\.\d % to 82, -?0[\d.]* % to 100; at depth 100 the SNR is down 1,\d\d\d-fold"
            );

    [Fact]
    public void A_chi_that_still_grows_after_a_step_is_not_named_bounded()
    {
        // A bound by its two gains, 5.5 and 1.0.
        var diagnosis = TablesOf("a step and a rate").Diagnose();

        (diagnosis.ChiGrowth!.Shape < -0.5, diagnosis.ChiGrowth.Law).Should().Be((true, Growth.Undecided));
    }

    [Theory]
    [InlineData(0.01, 0.1, 64)]
    [InlineData(0.05, 0.15, 400)]
    public void Different_rates_between_mappings_are_not_diagnosed_as_a_random_walk(double least, double most, int depth)
    {
        var random = new Random(4);
        double[] rates = [.. Enumerable.Range(0, 200).Select(_ => least + ((most - least) * random.NextDouble()))];
        int[] depths = [.. Enumerable.Range(1, depth)];
        var table = new MomentTable(
            depths,
            rates.Length,
            [.. rates.Select(_ => depths.Select(_ => 9.0).ToArray())],
            [.. rates.Select(rate => depths.Select(at => rate * at).ToArray())],
            null,
            null,
            0
        );

        var diagnosis = Diagnosis.Diagnose(table);

        diagnosis.Conditions.Should().Equal(Condition.PathologicalSnr);
        diagnosis.CertainCondition.Should().Be(Condition.PathologicalSnr);
        diagnosis.SnrPathology.Successes.Should().Be(200);
        diagnosis.Sentence.Should().NotContain("random walk");
    }

    /// <summary>A walk is measured whatever rate each mapping has of its own, and whatever curve all follow.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    public void The_variance_of_a_walk_is_measured_within_mappings(double spread)
    {
        const double variance = 1 / 64.0;
        const int mappings = 4000;
        var random = new Random(5);
        int[] depths = [10, 14, 20, 30, 40];
        double[][] rows =
        [
            .. Enumerable
                .Range(0, mappings)
                .Select(_ =>
                {
                    var (rate, walk, before) = (Normal.Sample(random, 0.1, spread), 0.0, 0);
                    return depths
                        .Select(depth =>
                        {
                            walk += Normal.Sample(random, 0, Math.Sqrt(variance * (depth - before)));
                            before = depth;
                            return walk + (rate * depth) + Math.Log(depth);
                        })
                        .ToArray();
                }),
        ];

        // Three degrees of freedom each: the relative error is √(2/(3 · 4000)) = 1.3 %.
        FiniteWidthWalk.Within(rows, depths, [0, 1, 2, 3, 4]).Average().Should().BeApproximately(variance, 4 * 0.013 * variance);
    }

    /// <summary>Batch-normalised residual nets whose branch is deep: an exponential at sight, a power law by law A2.</summary>
    [Theory]
    [InlineData(24, 16)]
    [InlineData(32, 40)]
    [InlineData(40, 30)]
    public void A_net_too_shallow_for_its_residual_branch_is_not_diagnosed_as_exponential(int residualDepth, int depth)
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_res",
            ResDepth = residualDepth,
            TotalDepth = depth,
            KernelSize = 1,
            NumChannels = 64,
            BatchSize = 32,
            NumSims = 26,
            NumComputations = depth / 2,
            ReffNoise = false,
            Seed = 6,
        };

        var diagnosis = Diagnosis.Diagnose(MomentTable.Read(Experiment.Prepare(options).Run()));

        diagnosis.Conditions.Should().Equal(Condition.Undecided);
        diagnosis.CertainCondition.Should().Be(Condition.Undecided);
        diagnosis.Sentence.Should().StartWith($"Undecided at depth {depth}: too shallow for residual units of {residualDepth} layers");
    }

    /// <summary>The mean over all mappings follows a few; what the others show is named with their number, and what they do not show is not.</summary>
    [Theory]
    [InlineData("exponential", "Pathological SNR: SNR^l/SNR^0 decays exponentially: ")]
    [InlineData("power", "Well-behaved to depth 200: ")]
    [InlineData("bounded", "Well-behaved to depth 200: ")]
    [InlineData("between", "Undecided at depth 200: ")]
    public void A_few_outlying_mappings_are_left_out_and_counted(string law, string named)
    {
        Func<double, double> logChi = law switch
        {
            "exponential" => depth => 0.2 * depth,
            "power" => depth => 0.6 * Math.Log(depth),
            "bounded" => depth => 1 - Math.Exp(-depth / 8),
            _ => depth => 0.3 * Math.Pow(depth, 0.62),
        };
        var table = new MadeUpTables(Keeping, logChi).Draw(1);
        foreach (var (mapping, rate) in new[] { (3, 3), (11, -2) })
        {
            for (var at = 0; at < table.Depths.Count; at++)
            {
                table.LogChi![mapping][at] = rate * table.Depths[at];
            }
        }

        var diagnosis = Diagnosis.Diagnose(table);

        diagnosis.Sentence.Should().StartWith(named);
        if (law == "between")
        {
            diagnosis.Sentence.Should().Contain("24 mappings do not tell the law of χ, since 2 of them lie far from the others, and means with them");
            diagnosis.LeftOut.Should().Be(0);
        }
        else
        {
            diagnosis.Sentence.Should().EndWith("; 2 of 24 mappings lie far from the others: all this is said of the other 22, 0.730 to 0.990 of all.");
            DiagnosisLines.Write(diagnosis).Should().Contain("  rates and medians are over the 22 of 24 mappings that do not lie far from the others");
            diagnosis.SignalPathology.Samples.Should().Be(24);
        }

        new MadeUpTables(Keeping, logChi).Diagnose(1).Sentence.Should().NotContain("far from the others");
    }

    /// <summary>Directions have means of their own, which one mapping may spoil.</summary>
    [Fact]
    public void A_mapping_that_alone_loses_its_directions_is_left_out_and_counted()
    {
        var table = new MadeUpTables(Keeping, depth => 0.6 * Math.Log(depth)).Draw(1);
        for (var at = 40; at < table.Depths.Count; at++)
        {
            table.Reff![5][at] = 1;
        }

        var diagnosis = Diagnosis.Diagnose(table);

        diagnosis.Conditions.Should().Equal(Condition.WellBehaved);
        diagnosis.SignalPathology.Successes.Should().Be(1);
        diagnosis.Sentence.Should().EndWith("; 1 of 24 mappings lies far from the others: all this is said of the other 23, 0.789 to 0.999 of all.");
    }

    /// <summary>The word is for growth at one rate; where the rate surely changes by more than a fifth, the rates are said.</summary>
    [Theory]
    [InlineData(0.05, false)]
    [InlineData(0.055, false)]
    [InlineData(0.1, true)]
    public void An_exponential_growth_whose_rate_changes_is_said_to(double laterRate, bool isSaid)
    {
        var diagnosis = new MadeUpTables(Keeping, depth => (0.05 * depth) + ((laterRate - 0.05) * Math.Max(depth - 162, 0))) { Mappings = 40 }.Diagnose();

        diagnosis.ChiGrowth!.Law.Should().Be(Growth.Exponential, diagnosis.Sentence);
        (diagnosis.Sentence.Contains("decays exponentially, but not at one rate: ", StringComparison.Ordinal)).Should().Be(isSaid, diagnosis.Sentence);
    }

    private static MadeUpTables TablesOf(string law)
    {
        Func<double, double> logChi = law switch
        {
            "a step at 70" => depth => depth > 70 ? 0.5 : 0,
            "two steps" => depth => (depth > 30 ? 0.5 : 0) + (depth > 60 ? 0.5 : 0),
            "a ramp from 90" => depth => Math.Max(depth - 90, 0),
            "a late ramp" => depth => Math.Max(depth - 60, 0),
            "growth that ends at 75" => depth => 0.05 * Math.Min(depth, 75),
            "growth that ends at 81" => depth => 0.05 * Math.Min(depth, 81),
            "a step and a rate" => depth => (depth > 30 ? 5 : 0) + (0.02 * depth),
            "a rate that triples" => depth => (0.02 * depth) + (0.04 * Math.Max(depth - 60, 0)),
            _ => throw new ArgumentOutOfRangeException(nameof(law), law, "expected a law"),
        };
        return new MadeUpTables(Keeping, logChi)
        {
            Depth = 100,
            Mappings = 40,
            Scatter = 0.01,
        };
    }
}
