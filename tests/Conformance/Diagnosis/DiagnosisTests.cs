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
    [InlineData(1, 200, "too few")]
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

    [PublishedFact]
    public void The_author_s_experiments_are_diagnosed_as_the_post_does()
    {
        Of("vanilla_fc").Condition.Should().Be(Condition.PathologicalSignal);
        Of("bn_ff_fc_64").Condition.Should().Be(Condition.PathologicalSnr);
        Of("bn_res_fc").Condition.Should().Be(Condition.WellBehaved);
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
        int[] depths = [.. Enumerable.Range(1, 20).Select(i => i * depth / 20)];
        return new MomentTable(depths, mappings, Rows(d => 1 + ((reff(d) - 1) * (1 + Noise()))), Rows(d => logChi(d) + Noise()), null, null, 0);

        double Noise() => scatter * ((2 * random.NextDouble()) - 1);

        double[][] Rows(Func<double, double> of) => [.. Enumerable.Range(0, mappings).Select(_ => depths.Select(d => of(d)).ToArray())];
    }
}
