using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The diagnosis on made-up ensembles whose condition is known.</summary>
public class DiagnosisTests
{
    private static readonly Func<double, double> Collapsing = depth => 1 + (300 / (depth * depth));
    private static readonly Func<double, double> Keeping = _ => 9;
    private static readonly Func<double, double> Exponential = depth => 0.2 * depth;
    private static readonly Func<double, double> PowerLaw = depth => 0.6 * Math.Log(depth);
    private static readonly Func<double, double> BoundedLaw = depth => 1 - (1 / depth);

    [Fact]
    public void Pathological_signal_is_told()
    {
        var diagnosis = Diagnose(Collapsing, PowerLaw);
        diagnosis.Condition.Should().Be(Condition.PathologicalSignal);
        diagnosis.ReffLimit.Should().Be(1);
        diagnosis.Sentence.Should().StartWith("Pathological signal: in 100 % (91 to 100 %)");
    }

    [Fact]
    public void Pathological_SNR_is_told_with_its_rate()
    {
        var diagnosis = Diagnose(Keeping, Exponential);
        diagnosis.Condition.Should().Be(Condition.PathologicalSnr);
        diagnosis.ChiGrowth!.Law.Should().Be(Growth.Exponential);
        diagnosis.ChiGrowth.Parameter.Should().BeApproximately(0.2, 0.01);
        diagnosis.ChiGrowth.Shape.Should().BeApproximately(1, 0.05);
        diagnosis.ReffLimit.Should().BeApproximately(9, 0.5);
    }

    [Fact]
    public void Good_health_is_told_with_the_exponent()
    {
        var diagnosis = Diagnose(Keeping, PowerLaw);
        diagnosis.Condition.Should().Be(Condition.WellBehaved);
        diagnosis.ChiGrowth!.Law.Should().Be(Growth.Power);
        diagnosis.ChiGrowth.Parameter.Should().BeInRange(diagnosis.ChiGrowth.Lower, diagnosis.ChiGrowth.Upper).And.BeApproximately(0.6, 0.05);
        diagnosis.Sentence.Should().StartWith("Well-behaved to depth 200");
    }

    [Fact]
    public void A_bounded_sensitivity_is_told()
    {
        var diagnosis = Diagnose(Keeping, BoundedLaw);
        diagnosis.Condition.Should().Be(Condition.WellBehaved);
        diagnosis.ChiGrowth!.Law.Should().Be(Growth.Bounded);
    }

    [Theory]
    [InlineData(40, 32, "too shallow")]
    [InlineData(12, 200, "do not settle")]
    [InlineData(1, 200, "two mappings are the least")]
    public void Shallow_and_small_experiments_are_undecided_whatever_they_show(int mappings, int depth, string reason)
    {
        foreach (var (reff, chi) in new[] { (Collapsing, PowerLaw), (Keeping, Exponential), (Keeping, PowerLaw) })
        {
            var diagnosis = Diagnose(reff, chi, mappings, depth);
            diagnosis.Condition.Should().Be(Condition.Undecided);
            diagnosis.Sentence.Should().StartWith("Undecided").And.Contain(reason);
        }
    }

    [Fact]
    public void Missing_moments_are_named()
    {
        var table = Table(Keeping, PowerLaw, 40, 200);
        Diagnosis.Of(table with { Reff = null }).Sentence.Should().Be("Undecided: there are no effective ranks.");
        Diagnosis.Of(table with { LogChi = null }).Sentence.Should().Be("Undecided: there is no χ.");
        Diagnosis.Of(table with { Depths = [.. table.Depths.Select(depth => depth + 1)] }).Sentence.Should().Contain("moments are needed at depths 50.25, 100.5 and 201");
        Diagnosis.Of(new MomentTable([16, 33, 64], 2, [[9, 9, 9], [9, 9, 9]], [[0, 1, 2], [0, 1, 2]], null, null, 0)).Sentence.Should().Contain("moments are needed at depths 16, 32 and 64");
    }

    [Fact]
    public void Half_of_the_mappings_is_no_architecture()
    {
        var (sick, well) = (Table(Collapsing, PowerLaw, 20, 200), Table(Keeping, PowerLaw, 20, 200));
        var diagnosis = Diagnosis.Of(sick with { Simulations = 40, Reff = [.. sick.Reff!, .. well.Reff!], LogChi = [.. sick.LogChi!, .. well.LogChi!] });
        diagnosis.Condition.Should().Be(Condition.Undecided);
        diagnosis.SignalPathology.Should().Be(new BinomialProportion(20, 40));
    }

    [Fact]
    public void Laws_of_growth_halfway_between_are_not_told()
    {
        // A square root of the depth in ln χ lies halfway between a power law and an exponential one.
        Diagnose(Keeping, depth => 2 * Math.Sqrt(depth), scatter: 0.3).ChiGrowth!.Law.Should().Be(Growth.Undecided);
        GrowthLaw.Of([1], [1], 100, 1e-6).Law.Should().Be(Growth.Undecided);
    }

    [Fact]
    public void Marks_are_where_they_are_said_to_be()
    {
        // Powers of two, so that halves are exact. The least depth is deep enough, one less is not; one mapping is too few, two are not.
        MomentTable Of(int depth, int mappings) => new([depth / 4, depth / 2, depth], mappings, [.. Enumerable.Repeat<double[]>([9, 9, 9], mappings)], [.. Enumerable.Repeat<double[]>([0, 1, 3], mappings)], null, null, 0);
        Diagnosis.Of(Of(64, 2)).Sentence.Should().StartWith("Undecided at depth 64");
        Diagnosis.Of(Of(60, 2)).Sentence.Should().Be("Undecided: depth 60 is too shallow, 64 is the least.");
        Diagnosis.Of(Of(64, 1)).Sentence.Should().Be("Undecided: two mappings are the least.");
        Diagnosis.FalseRate.Should().Be(1e-6);

        // A share p of 40 mappings decides at a rate of 5e-7 each side of one half: 36 of 40 do not suffice where 37 do.
        Condition Of40(int collapsing) => Diagnosis.Of(new MomentTable([16, 32, 64], 40, [.. Enumerable.Range(0, 40).Select(i => i < collapsing ? new[] { 9, 9, 2.0 } : [9, 9, 9])], [.. Enumerable.Range(0, 40).Select(i => new[] { 0, 1, 2 + (0.01 * (i % 3)) })], null, null, 0)).Condition;
        var least = Enumerable.Range(20, 21).First(collapsing => Of40(collapsing) == Condition.PathologicalSignal);
        new BinomialProportion(least, 40).Interval(Diagnosis.FalseRate / 2).Lower.Should().BeGreaterThan(0.5);
        new BinomialProportion(least - 1, 40).Interval(Diagnosis.FalseRate / 2).Lower.Should().BeLessThanOrEqualTo(0.5);

        new MappingBehaviour(5, 3, 0, 0).SignalCollapses.Should().BeTrue("r_eff - 1 has halved");
        new MappingBehaviour(5, 3.01, 0, 0).SignalCollapses.Should().BeFalse();
        new MappingBehaviour(5, 4, 1, 2).SnrDecaysExponentially.Should().BeTrue("twice the gain in twice the depth");
        new MappingBehaviour(5, 4, 1, Math.Sqrt(2)).SnrDecaysExponentially.Should().BeFalse("halfway to a power law");
        new MappingBehaviour(5, 4, 2, 2.9).SnrDecaysExponentially.Should().BeTrue();
        new MappingBehaviour(5, 4, 0, GrowthLaw.NoGain).SnrDecaysExponentially.Should().BeFalse("no gain to speak of");
        MappingBehaviour.Of(Of(66, 2)).Should().BeNull("66 has no quarter");
        MappingBehaviour.Of(Of(64, 2) with { Depths = [16, 33, 64] }).Should().BeNull();
        MappingBehaviour.Of(Of(64, 2))!.Should().Equal(new MappingBehaviour(9, 9, 1, 2), new MappingBehaviour(9, 9, 1, 2));
    }

    [Theory]
    [InlineData(1, 0, 1, "the signal tends to one direction of variance")]
    [InlineData(0.75, 0, 1, "the signal tends to one direction of variance")]
    [InlineData(0.3, 0, 5, "the signal keeps 5.0 directions of variance")]
    [InlineData(0, 0, 5, "the signal keeps 5.0 directions of variance")]
    [InlineData(0.3, 3, double.NaN, "the limit of the effective rank cannot be told")]
    public void Effective_ranks_tend_to_one_where_they_decay_faster_than_a_root_of_the_depth(double power, int outliers, double limit, string words)
    {
        // r_eff - 1 is 4 at full depth and was 4·4^power at a quarter of it, but for a few nets, whose power is 5.
        double[] Row(int i) => [1 + (4 * Math.Pow(4, i < outliers ? 5 : power) * (1 + (0.001 * (i % 2)))), 9, 5];
        var diagnosis = Diagnosis.Of(new MomentTable([16, 32, 64], 40, [.. Enumerable.Range(0, 40).Select(Row)], Gains(40), null, null, 0));

        diagnosis.ReffLimit.Should().Be(limit);
        diagnosis.MedianReff.Should().Be(5);
        diagnosis.Sentence.Should().Contain(words);
    }

    [Fact]
    public void An_error_rate_is_shared_by_both_pathologies_and_by_both_sides()
    {
        // Of n unanimous mappings the interval ends at (rate/4)^(1/n), above one half from n = log₂(4/rate) = 21.9 on.
        Condition Of(int mappings) => Diagnosis.Of(new MomentTable([16, 32, 64], mappings, [.. Enumerable.Repeat<double[]>([9, 9, 9], mappings)], Gains(mappings), null, null, 0)).Condition;

        Of(21).Should().Be(Condition.Undecided);
        Of(22).Should().Be(Condition.WellBehaved);

        // Of 25 that do not collapse 24 lose their signal-to-noise ratio: by chance once in 2²⁵/26, 7.7e-7, which is too often.
        double[] Drowning(int i) => [0, 1, i == 0 ? 2 : 3 + (0.01 * (i % 3))];
        var table = new MomentTable([16, 32, 64], 25, [.. Enumerable.Repeat<double[]>([9, 9, 9], 25)], [.. Enumerable.Range(0, 25).Select(Drowning)], null, null, 0);
        Diagnosis.Of(table).Condition.Should().Be(Condition.Undecided);
    }

    /// <summary>ln χ of a power law, with a little scatter.</summary>
    private static double[][] Gains(int mappings) => [.. Enumerable.Range(0, mappings).Select(i => new[] { 0, 1, 2 + (0.01 * (i % 3)) })];

    [Fact]
    public void Laws_of_growth_have_their_parameters_and_intervals()
    {
        // Two mappings, ± a little: t of one degree of freedom at 97.5 % is 12.7062.
        GrowthLaw Of(double first, double second) => GrowthLaw.Of([first, first], [second - 1e-7, second + 1e-7], 100, 0.05);
        var half = 12.706204736432095 * (1e-7 * Math.Sqrt(2)) / Math.Sqrt(2);
        Is(Of(5, 10), Growth.Exponential, 1, 0.2, half / 50);
        Is(Of(1, 1.25), Growth.Power, Math.Log2(1.25), 1.25 / Math.Log(2), half / Math.Log(2));
        Of(2, 1.2).Should().Match<GrowthLaw>(law => law.Law == Growth.Bounded && double.IsNaN(law.Parameter));
        Of(0.01, 0.049).Law.Should().Be(Growth.Bounded, "too little to speak of");
        Of(0.01, -0.049).Law.Should().Be(Growth.Bounded);
        Of(-2, -2.1).Law.Should().NotBe(Growth.Exponential, "a gain below zero is no growth");
        Of(1, Math.Sqrt(2)).Law.Should().Be(Growth.Undecided);
        Of(1, 1 / Math.Sqrt(2)).Law.Should().Be(Growth.Undecided);
        GrowthLaw.Of([1], [2], 100, 0.05).Should().Be(new GrowthLaw(Growth.Undecided, double.NaN, double.NaN, double.NaN, double.NaN));
        GrowthLaw.Of([1, 1], [1.9, 2.1], 100, 0.05).Law.Should().Be(Growth.Undecided, "2 ± 1.27");
        GrowthLaw.Of([1, 1], [1.9, 2.1], 100, 0.5).Law.Should().Be(Growth.Exponential, "2 ± 0.1 where one in two may be wrong");

        // Means of two round at 1e-16; half an interval of 1e-7 keeps its digits to 1e-8 of itself.
        static void Is(GrowthLaw law, Growth growth, double shape, double parameter, double half)
        {
            law.Law.Should().Be(growth);
            law.Shape.Should().BeApproximately(shape, 1e-9);
            law.Parameter.Should().BeApproximately(parameter, 1e-9);
            (law.Upper - law.Parameter).Should().BeApproximately(half, 1e-3 * half);
            (law.Parameter - law.Lower).Should().BeApproximately(half, 1e-3 * half);
        }
    }

    [PublishedFact]
    public void The_author_s_experiments_are_diagnosed_as_the_post_does()
    {
        Of("vanilla_fc").Condition.Should().Be(Condition.PathologicalSignal);
        Of("bn_ff_fc_64").Condition.Should().Be(Condition.PathologicalSnr);
        Of("bn_res_fc").Condition.Should().Be(Condition.WellBehaved);
        Of("bn_ff").Condition.Should().Be(Condition.PathologicalSnr);
        Of("vanilla").Condition.Should().Be(Condition.PathologicalSignal);
        Of("vanilla_histo_fc").Condition.Should().Be(Condition.Undecided, "the file holds neither effective ranks nor χ");

        // The paper reports 1.23 per layer at batch 64; growth of χ from 5 to 500 by 15.57 is a mean exponent of 0.596, steepening with depth.
        Of("bn_ff_fc_64").ChiGrowth!.Parameter.Should().BeApproximately(Math.Log(1.2294), 0.001);
        Of("bn_res_fc").ChiGrowth!.Law.Should().Be(Growth.Power);

        static Diagnosis Of(string name) => Diagnosis.Of(MomentTable.Of(ResultFile.Read(PublishedFactAttribute.File(name))));
    }

    private static Diagnosis Diagnose(Func<double, double> reff, Func<double, double> logChi, int mappings = 40, int depth = 200, double scatter = 0.02) =>
        Diagnosis.Of(Table(reff, logChi, mappings, depth, scatter));

    private static MomentTable Table(Func<double, double> reff, Func<double, double> logChi, int mappings, int depth, double scatter = 0.02)
    {
        var random = new Random(5);
        return SampleRuns.Ensemble(reff, logChi, mappings, depth, (_, _) => scatter * ((2 * random.NextDouble()) - 1));
    }
}
