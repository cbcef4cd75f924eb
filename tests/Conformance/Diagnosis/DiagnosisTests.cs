using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The diagnosis on made-up ensembles whose condition is known, and on the author's results.</summary>
public class DiagnosisTests
{
    private static readonly Func<double, double> Collapsing = depth => 1 + (300 / (depth * depth));
    private static readonly Func<double, double> Keeping = _ => 9;
    private static readonly Func<double, double> Exponential = depth => 0.2 * depth;
    private static readonly Func<double, double> PowerLaw = depth => 0.6 * Math.Log(depth);
    private static readonly Func<double, double> BoundedLaw = depth => 1 - (1 / depth);

    [Fact]
    public void A_signal_that_loses_all_but_one_direction_is_diagnosed_as_pathological_signal()
    {
        var diagnosis = new MadeUpTables(Collapsing, PowerLaw) { Mappings = 40 }.Diagnose();

        diagnosis.Condition.Should().Be(Condition.PathologicalSignal);
        diagnosis.CertainCondition.Should().Be(Condition.PathologicalSignal);
        (diagnosis.SignalPathology, diagnosis.SnrPathology.Successes).Should().Be((new BinomialProportion(40, 40), 0));
        diagnosis.ReffLimit.Should().Be(1);
        diagnosis.Sentence.Should().StartWith("Pathological signal: the signal tends to one direction of variance: 1.008 directions");
    }

    [Fact]
    public void An_exponential_growth_of_chi_is_diagnosed_as_pathological_SNR_with_its_rate()
    {
        var diagnosis = new MadeUpTables(Keeping, Exponential) { Mappings = 40 }.Diagnose();

        diagnosis.Condition.Should().Be(Condition.PathologicalSnr);
        diagnosis.CertainCondition.Should().Be(Condition.PathologicalSnr);
        diagnosis.ChiGrowth!.Law.Should().Be(Growth.Exponential);
        diagnosis.ChiGrowth.Parameter.Should().BeInRange(diagnosis.ChiGrowth.Lower, diagnosis.ChiGrowth.Upper).And.BeApproximately(0.2, 0.001);
        diagnosis.ChiGrowth.Shape.Should().BeInRange(diagnosis.ChiGrowth.ShapeLower, diagnosis.ChiGrowth.ShapeUpper).And.BeApproximately(1, 0.01);
        diagnosis.ReffLimit.Should().BeApproximately(9, 0.5);
        diagnosis.Sentence.Should().Contain("the noise gains 22.1").And.Contain("the SNR is down 5.5e34-fold", "χ is e⁴⁰").And.Contain("keeps 9.0 directions");
    }

    [Fact]
    public void A_power_law_of_chi_is_diagnosed_as_well_behaved_with_its_exponent()
    {
        var diagnosis = new MadeUpTables(Keeping, PowerLaw) { Mappings = 40 }.Diagnose();

        diagnosis.Condition.Should().Be(Condition.WellBehaved);
        diagnosis.CertainCondition.Should().Be(Condition.WellBehaved);
        diagnosis.ChiGrowth!.Law.Should().Be(Growth.Power);
        diagnosis.ChiGrowth.Parameter.Should().BeInRange(diagnosis.ChiGrowth.Lower, diagnosis.ChiGrowth.Upper).And.BeApproximately(0.6, 0.05);
        diagnosis.Sentence.Should().StartWith("Well-behaved to depth 200: the signal keeps 9.0 directions of variance; χ grows as the power 0.6");
    }

    [Fact]
    public void A_bounded_chi_is_diagnosed_as_well_behaved()
    {
        var diagnosis = new MadeUpTables(Keeping, BoundedLaw) { Mappings = 40 }.Diagnose();

        diagnosis.Condition.Should().Be(Condition.WellBehaved);
        diagnosis.ChiGrowth!.Law.Should().Be(Growth.Bounded);
    }

    [Fact]
    public void Two_pathologies_are_both_named_with_the_stronger_first()
    {
        var snrFirst = new MadeUpTables(Collapsing, Exponential).Diagnose();
        snrFirst.Conditions.Should().Equal(Condition.PathologicalSnr, Condition.PathologicalSignal);
        snrFirst.Sentence.Should().StartWith("Pathological SNR and pathological signal: ");

        var signalFirst = new MadeUpTables(Collapsing, depth => 0.01 * depth) { Scatter = 0.001 }.Diagnose();
        signalFirst.Conditions.Should().Equal(Condition.PathologicalSignal, Condition.PathologicalSnr);
        signalFirst.Condition.Should().Be(Condition.PathologicalSignal);
    }

    /// <summary>Laws that lie between, of which a wrong name was given before; the words are those that must not be said.</summary>
    public static TheoryData<string, string> Between =>
        new()
        {
            { "χ grows by a thousandth in each layer, depth 64", "bounded" },
            { "r_eff - 1 falls as the power -0.4", "keeps" },
            { "r_eff - 1 falls as 1/ln l", "keeps" },
            { "r_eff settles from 48 to 8 within a fifth of the depth", "tends to one direction" },
            { "χ = (1 + l/80)³, depth 80", "exponentially:" },
            { "batch norm on images of few directions", "tends to one direction" },
            { "plain net that settles above one direction", "exponentially:" },
        };

    [Theory]
    [MemberData(nameof(Between))]
    public void A_law_between_two_known_laws_gets_the_name_of_neither(string law, string wrong)
    {
        // His batch-normalised net on MNIST: 4.2, 6.3, 14.4, 4.3, 2.14, 2.05 and 2.03 directions at these depths.
        double[] depths = [2, 4, 12, 50, 100, 150, 200],
            ranks = [4.2, 6.3, 14.4, 4.3, 2.14, 2.05, 2.03];
        double FewDirections(double depth) => MathNet.Numerics.Interpolate.Linear(depths.Select(value => Math.Log(value)), ranks).Interpolate(Math.Log(depth));

        // His plain net with zero padding.
        double[] at = [2, 10, 50, 100, 200],
            gains = [0.31, 0.59, 0.69, 0.78, 0.96];
        double Plain(double depth) => MathNet.Numerics.Interpolate.Linear(at.Select(value => Math.Log(value)), gains).Interpolate(Math.Log(depth));
        var tables = law switch
        {
            "χ grows by a thousandth in each layer, depth 64" => new MadeUpTables(Keeping, depth => 0.001 * depth)
            {
                Depth = 64,
                Mappings = 40,
                Scatter = 0.01,
            },
            "r_eff - 1 falls as the power -0.4" => new MadeUpTables(depth => 1 + Math.Pow(depth / 200, -0.4), PowerLaw) { Mappings = 40 },
            "r_eff - 1 falls as 1/ln l" => new MadeUpTables(depth => 1 + (Math.Log(200) / Math.Log(depth)), PowerLaw) { Mappings = 40 },
            "r_eff settles from 48 to 8 within a fifth of the depth" => new MadeUpTables(depth => 8 + (40 * Math.Exp(-depth / 8)), PowerLaw) { Mappings = 40 },
            "χ = (1 + l/80)³, depth 80" => new MadeUpTables(Keeping, depth => 3 * Math.Log(1 + (depth / 80))) { Depth = 80, Mappings = 40 },
            "batch norm on images of few directions" => new MadeUpTables(FewDirections, depth => 0.16 * depth) { Mappings = 200 },
            "plain net that settles above one direction" => new MadeUpTables(depth => 1.77 + (3 / depth), Plain) { Mappings = 200, Walk = 0.54 * 0.54 / 200 },
            _ => throw new ArgumentOutOfRangeException(nameof(law), law, "expected a law"),
        };

        for (var seed = 0; seed < 20; seed++)
        {
            tables.Diagnose(seed).Sentence.Should().NotContain(wrong, $"at seed {seed}");
        }
    }

    [Fact]
    public void A_growth_between_two_known_laws_is_described_in_the_sentence()
    {
        new MadeUpTables(Keeping, depth => 3 * Math.Log(1 + (depth / 80)))
        {
            Depth = 80,
            Mappings = 40,
            Scatter = 0.002,
        }
            .Diagnose()
            .Sentence.Should()
            .StartWith("Undecided at depth 80")
            .And.Contain("χ grows faster than a power of the depth and slower than exponentially (shape 0.6");
        new MadeUpTables(depth => 1 + Math.Pow(depth / 200, -0.4), PowerLaw) { Mappings = 40 }
            .Diagnose()
            .Sentence.Should()
            .MatchRegex(@"over layers 100 to 200 r_eff - 1 falls as the power 0\.\d\d \(0\.3\d to 0\.4\d\) of the depth");
        var settled = new MadeUpTables(depth => 1.77 + (3 / depth), depth => 0.0015 * depth) { Mappings = 400, Walk = 0.0015 }.Diagnose();
        settled.ChiGrowth!.Law.Should().Be(Growth.Walk);
        settled.Sentence.Should().Contain("no faster than the random walk of a network of this width");
        settled.Condition.Should().Be(Condition.WellBehaved);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(16, 1)]
    [InlineData(20, 2)]
    [InlineData(50, 5)]
    public void Shallow_experiments_have_rates_and_a_condition(int depth, int step)
    {
        var diagnosis = new MadeUpTables(Keeping, Exponential)
        {
            Depth = depth,
            Step = step,
            Scatter = 0.005,
        }.Diagnose();

        diagnosis.Condition.Should().Be(Condition.PathologicalSnr);
        diagnosis.Rates.Select(rate => (rate.From, rate.To)).Should().EndWith((0, depth)).And.OnlyHaveUniqueItems();
        diagnosis
            .Rates.Should()
            .AllSatisfy(rate =>
                rate.LogChiPerLayer!.Value.Value.Should()
                    .BeInRange(rate.LogChiPerLayer.Value.Lower, rate.LogChiPerLayer.Value.Upper)
                    .And.BeApproximately(0.2, 0.01)
            );
    }

    [Fact]
    public void A_single_mapping_gets_rates_without_intervals_and_stays_undecided()
    {
        var diagnosis = new MadeUpTables(Keeping, Exponential) { Mappings = 1 }.Diagnose();

        diagnosis.Condition.Should().Be(Condition.Undecided);
        diagnosis
            .Sentence.Should()
            .StartWith("Undecided: two mappings are the least; at depth 200 the SNR is down ")
            .And.Contain("the signal has 9.")
            .And.EndWith("directions of variance.");
        diagnosis.Rates[^1].LogChiPerLayer!.Value.Value.Should().BeApproximately(0.2, 0.01);
        diagnosis.Rates[^1].LogChiPerLayer!.Value.Lower.Should().Be(double.NaN);
    }

    [Fact]
    public void Missing_moments_leave_the_condition_undecided_and_the_other_results_are_reported()
    {
        var table = new MadeUpTables(Keeping, PowerLaw) { Mappings = 40 }.Draw(5);
        Diagnosis
            .Diagnose(table with { Reff = null })
            .Sentence.Should()
            .StartWith("Undecided at depth 200: the signal cannot be judged without effective ranks")
            .And.Contain("χ grows as the power 0.6");
        Diagnosis
            .Diagnose(table with { LogChi = null })
            .Sentence.Should()
            .Be("Undecided at depth 200: the noise cannot be judged without χ; the signal keeps 9.0 directions of variance; there is no χ.");
        Diagnosis.Diagnose(table with { LogChi = null, Reff = null }).Sentence.Should().Be("Undecided: there are neither effective ranks nor χ.");
        Diagnosis.Diagnose(new MadeUpTables(Collapsing, PowerLaw).Draw(5) with { LogChi = null }).Condition.Should().Be(Condition.PathologicalSignal);
        Diagnosis.Diagnose(new MadeUpTables(Keeping, Exponential).Draw(5) with { Reff = null }).Condition.Should().Be(Condition.PathologicalSnr);
        Diagnosis
            .Diagnose(
                new MomentTable(
                    [5, 9],
                    2,
                    [
                        [9, 9],
                        [9, 9],
                    ],
                    [
                        [0, 1],
                        [0, 1],
                    ],
                    null,
                    null,
                    0
                )
            )
            .Sentence.Should()
            .StartWith("Undecided: moments at three depths are the least; ");
    }

    [Fact]
    public void An_exponential_growth_is_diagnosed_at_depths_that_are_not_halves_of_each_other()
    {
        var table = new MadeUpTables(Keeping, Exponential)
        {
            Depth = 201,
            Step = 67,
            Mappings = 40,
        }.Draw(3);

        Diagnosis.Diagnose(table).Condition.Should().Be(Condition.PathologicalSnr);
        Diagnosis
            .Diagnose(
                new MadeUpTables(Keeping, PowerLaw)
                {
                    Depth = 201,
                    Step = 67,
                    Mappings = 40,
                }.Draw(3)
            )
            .Condition.Should()
            .Be(Condition.WellBehaved);
    }

    [Fact]
    public void A_mixture_of_collapsing_and_well_behaved_mappings_is_undecided()
    {
        var (sick, well) = (new MadeUpTables(Collapsing, PowerLaw) { Mappings = 19 }.Draw(1), new MadeUpTables(Keeping, PowerLaw) { Mappings = 21 }.Draw(2));
        var diagnosis = Diagnosis.Diagnose(sick with { Simulations = 40, Reff = [.. sick.Reff!, .. well.Reff!], LogChi = [.. sick.LogChi!, .. well.LogChi!] });

        diagnosis.Condition.Should().Be(Condition.Undecided);
        diagnosis.CertainCondition.Should().Be(Condition.Undecided);
        diagnosis.SignalPathology.Should().Be(new BinomialProportion(19, 40));
    }

    [Fact]
    public void Mappings_with_a_dead_signal_count_as_pathological_signal()
    {
        var table = new MadeUpTables(Keeping, PowerLaw) { Mappings = 40 }.Draw(5);

        var few = Diagnosis.Diagnose(table with { Died = 2 });
        few.Condition.Should().Be(Condition.WellBehaved);
        few.SignalPathology.Should().Be(new BinomialProportion(2, 42));
        few.Sentence.Should().EndWith("in 2 of 42 mappings the signal dies; means are over the other 40.");

        var most = Diagnosis.Diagnose(table with { Died = 200 });
        most.Condition.Should().Be(Condition.PathologicalSignal);
        most.CertainCondition.Should().Be(Condition.PathologicalSignal);
        most.Sentence.Should().Be("Pathological signal: in 200 of 240 mappings the signal is zero from some depth on.");

        Diagnosis.Diagnose(table with { Simulations = 0, Reff = [], LogChi = [], Died = 30 }).Condition.Should().Be(Condition.PathologicalSignal);
        Diagnosis.Diagnose(table with { Simulations = 0, Reff = [], LogChi = [] }).Sentence.Should().Be("Undecided: there are no mappings.");
    }

    [Fact]
    public void Dead_noise_is_distinguished_from_a_dead_signal()
    {
        var table = new MadeUpTables(Keeping, PowerLaw) { Mappings = 40 }.Draw(5);
        foreach (
            var (mappings, sentence) in new[]
            {
                (1, "; in 1 of 40 mappings the noise dies while the signal lives, at depth 102; means are over the other 39."),
                (
                    40,
                    "Undecided: in 40 of 40 mappings the noise is gone while the signal lives (the first at depth 102), and no signal-to-noise "
                        + "ratio is left to judge."
                ),
            }
        )
        {
            double[][] logChi =
            [
                .. table.LogChi!.Select((row, i) => i < mappings ? [.. row.Select((value, depth) => depth < 50 ? value : double.NegativeInfinity)] : row),
            ];
            var diagnosis = Diagnosis.Diagnose(MappingSort.Sorted(table with { LogChi = logChi }, MomentRange.OfFile()));

            diagnosis.Sentence.Should().EndWith(sentence);
            diagnosis.SignalPathology.Successes.Should().Be(0);
        }
    }

    [Fact]
    public void The_number_of_mappings_that_are_missing_for_certainty_is_reported()
    {
        // Unanimous mappings: 26 have a probability of 2⁻²⁶ = 1.5e-8, which is below 1e-6 shared by the 35 signs that conclusions rest on, 2.9e-8; 25 have
        // 3.0e-8.
        var diagnosis = new MadeUpTables(Keeping, Exponential) { Mappings = 24 }.Diagnose();
        (diagnosis.Condition, diagnosis.CertainCondition, diagnosis.MoreMappings).Should().Be((Condition.PathologicalSnr, Condition.Undecided, 2));
        (new MadeUpTables(Keeping, Exponential) { Mappings = 26 }.Diagnose() is { CertainCondition: Condition.PathologicalSnr, MoreMappings: 0 })
            .Should()
            .BeTrue();
        Diagnosis.FalseRate.Should().Be(1e-6);
    }

    /// <summary>Of two pathologies that of the SNR is named first: what would make it certain does not depend on the directions, which are certain.</summary>
    [Fact]
    public void The_mappings_that_are_missing_are_those_for_the_condition_that_is_named()
    {
        var missing = 0;
        for (var seed = 0; seed < 4; seed++)
        {
            MadeUpTables losing = new(Keeping, depth => 0.5 * depth)
            {
                Mappings = 27,
                Walk = 0.1,
                Depth = 100,
            };
            var (both, alone) = ((losing with { Reff = depth => 1 + (8 * Math.Exp(-depth / 20)) }).Diagnose(seed), losing.Diagnose(seed));
            if (both.Condition != Condition.PathologicalSnr || both.CertainCondition != Condition.PathologicalSignal)
            {
                continue;
            }

            missing++;
            both.MoreMappings.Should().Be(alone.MoreMappings, $"seed {seed}").And.NotBe(0);
        }

        missing.Should().BePositive("otherwise nothing was compared");
    }

    /// <summary>A net so narrow that its walk hides the rate loses its SNR all the same: that is no good health.</summary>
    [Fact]
    public void An_SNR_that_decays_by_a_random_walk_is_not_diagnosed_as_well_behaved()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var diagnosis = new MadeUpTables(Keeping, depth => 0.24 * depth)
            {
                Depth = 64,
                Mappings = 12,
                Walk = 0.5,
            }.Diagnose(seed);

            diagnosis.Conditions.Should().NotContain(Condition.WellBehaved, diagnosis.Sentence);
            diagnosis.CertainCondition.Should().NotBe(Condition.WellBehaved);
        }

        new MadeUpTables(Keeping, depth => 40 * (1 - Math.Exp(-depth / 10))) { Mappings = 40 }
            .Diagnose()
            .Sentence.Should()
            .StartWith("Undecided at depth 200: the SNR may have lost more than the square of the depth", "χ is bounded, by e⁴⁰");
    }

    [Fact]
    public void A_residual_net_too_shallow_for_its_branch_is_diagnosed_as_too_shallow()
    {
        // Law A2 with branches of sixteen layers: χ² = Π (s_k + a)/(s_k + b), the variance of the signal 1 + bk.
        var (b, a) = (1 - (1 / Math.PI), Math.Pow(Math.PI / (Math.PI - 1), 15));
        double LogChi(double depth) => Enumerable.Range(0, (int)depth).Sum(k => 0.5 * Math.Log((1 + (b * k) + a) / (1 + (b * k) + b)));
        var table = new MadeUpTables(Keeping, LogChi)
        {
            Depth = 80,
            Mappings = 40,
            Walk = 1.0 / 128,
        }.Draw(5);
        var recorded = table with { ResidualDepth = 16, MeanMu2 = [.. table.Depths.Select(depth => 1 + (b * depth))] };

        var diagnosis = Diagnosis.Diagnose(recorded);
        diagnosis.Condition.Should().Be(Condition.Undecided);
        diagnosis.Sentence.Should().StartWith("Undecided at depth 80: too shallow for residual units of 16 layers").And.Contain("shows from some");
        Diagnosis.Diagnose(recorded with { MeanMu2 = null }).Sentence.Should().NotContain("too shallow");
        Diagnosis.Diagnose(recorded with { ResidualDepth = null }).Sentence.Should().NotContain("too shallow");
        Diagnosis
            .Diagnose(recorded with { MeanMu2 = [.. table.Depths.Select(depth => Math.Exp(depth))] })
            .Sentence.Should()
            .NotContain("too shallow", "this variance does not grow linearly");
    }

    [Fact]
    public void NaN_in_a_mapping_leaves_the_diagnosis_undecided()
    {
        var table = new MadeUpTables(Keeping, PowerLaw) { Mappings = 40 }.Draw(5);
        table.LogChi![3][7] = double.NaN;

        Diagnosis.Diagnose(MappingSort.Sorted(table, MomentRange.OfFile())).Sentence.Should().StartWith("Undecided: ln χ is not a number in 1 of 40 mappings");
    }

    [PublishedFact]
    public void The_published_experiments_get_the_diagnoses_of_the_post()
    {
        Of("vanilla_fc").Condition.Should().Be(Condition.PathologicalSignal);
        Of("bn_ff_fc_64").Condition.Should().Be(Condition.PathologicalSnr);
        Of("bn_res_fc").Condition.Should().Be(Condition.WellBehaved);
        Of("bn_ff").Conditions.Should().Equal(Condition.PathologicalSnr);
        Of("bn_ff").ReffLimit.Should().BeApproximately(2.034, 0.001, "two directions are left, and stay");
        Of("vanilla").Conditions.Should().Equal(Condition.PathologicalSignal);
        Of("vanilla").ChiGrowth!.Law.Should().Be(Growth.Walk);
        Of("vanilla_histo_fc").Condition.Should().Be(Condition.Undecided, "the file holds neither effective ranks nor χ");

        // The paper reports 1.23 per layer at batch 64; growth of χ from 5 to 500 by 15.57 is a mean exponent of 0.596, steepening with depth.
        Of("bn_ff_fc_64").ChiGrowth!.Parameter.Should().BeApproximately(Math.Log(1.2294), 0.001);
        Of("bn_res_fc").ChiGrowth!.Law.Should().Be(Growth.Power);

        static Diagnosis Of(string name) => Diagnosis.Diagnose(MomentTable.Read(ResultFile.Read(PublishedFactAttribute.File(name))));
    }
}
