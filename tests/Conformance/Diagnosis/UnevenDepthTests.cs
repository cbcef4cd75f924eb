using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Rates, shapes and conditions are about depth, however unevenly it was recorded.</summary>
public class UnevenDepthTests
{
    public static TheoryData<int[]> Lists =>
        [
            [1, 2, 4, 8, 16],
            [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144],
            [10, 90, 100, 190, 200],
            [1, 7, 150, 160, 170, 180, 190, 200],
            [50, 100, 200],
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 400],
        ];

    [Theory]
    [MemberData(nameof(Lists))]
    public void The_rate_of_an_exponential_is_found_at_any_recorded_depths(int[] depths)
    {
        var diagnosis = new MadeUpTables(_ => 9, depth => 0.2 * depth)
        {
            Depths = depths,
            Mappings = 40,
            Scatter = 0.003,
        }.Diagnose();

        diagnosis.Condition.Should().Be(Condition.PathologicalSnr);
        diagnosis.ChiGrowth!.Parameter.Should().BeApproximately(0.2, 0.002);
        diagnosis.ChiGrowth.Shape.Should().BeApproximately(1, 0.1);
        diagnosis.Rates.Should().NotBeEmpty().And.AllSatisfy(rate => rate.LogChiPerLayer!.Value.Value.Should().BeApproximately(0.2, 0.005));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void The_exponent_of_a_power_law_is_found_at_any_recorded_depths(int[] depths)
    {
        var diagnosis = new MadeUpTables(_ => 9, depth => 0.6 * Math.Log(depth))
        {
            Depths = depths,
            Mappings = 200,
            Scatter = 0.0005,
        }.Diagnose();

        diagnosis.Condition.Should().Be(Condition.WellBehaved);
        diagnosis.ChiGrowth!.Law.Should().Be(Growth.Power);
        diagnosis.ChiGrowth.Parameter.Should().BeApproximately(0.6, 0.02);
        diagnosis
            .Rates.Where(rate => rate.From > 0)
            .Should()
            .NotBeEmpty()
            .And.AllSatisfy(rate => rate.ChiPower!.Value.Value.Should().BeApproximately(0.6, 0.02));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Directions_that_decay_as_a_power_are_diagnosed_as_lost_at_any_recorded_depths(int[] depths)
    {
        var tables = new MadeUpTables(depth => 1 + (0.9 * Math.Pow(depth / depths[^1], -1)), depth => 0.6 * Math.Log(depth))
        {
            Depths = depths,
            Mappings = 40,
            Scatter = 0.005,
        };

        tables.Diagnose().Conditions.Should().Equal(Condition.PathologicalSignal);
        (tables with { Reff = depth => 1 + (0.9 * Math.Pow(depth / depths[^1], -0.1)) })
            .Diagnose()
            .Conditions.Should()
            .NotContain(Condition.PathologicalSignal);
    }

    [Fact]
    public void A_gain_of_four_per_cent_over_a_fraction_of_a_doubling_is_not_named_bounded()
    {
        // From depth 160 to 200 χ gains 4 %: carried over a doubling that is 14 %, which is no bound.
        var diagnosis = new MadeUpTables(_ => 9, depth => 0.18 * Math.Log(depth))
        {
            Depths = [1, 150, 160, 200],
            Mappings = 200,
            Scatter = 0.0005,
        }.Diagnose();

        diagnosis.ChiGrowth!.Law.Should().NotBe(Growth.Bounded);
    }
}
