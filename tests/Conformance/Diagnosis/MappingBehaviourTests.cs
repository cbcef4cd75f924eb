using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What a mapping does has a predicate in each direction, and what cannot be seen shows neither.</summary>
public class MappingBehaviourTests
{
    public static TheoryData<double> None => [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    [Theory]
    [MemberData(nameof(None))]
    public void NaN_shows_neither_a_behaviour_nor_its_opposite(double none)
    {
        foreach (var behaviour in new[] { new MappingBehaviour(none, 3, 1, 2), new MappingBehaviour(5, none, 1, 2), new MappingBehaviour(none, none, 1, 2) })
        {
            (behaviour.SignalCollapses, behaviour.SignalKeepsDirections).Should().Be((false, false));
        }

        foreach (var behaviour in new[] { new MappingBehaviour(5, 3, none, 2), new MappingBehaviour(5, 3, 1, none), new MappingBehaviour(5, 3, none, none) })
        {
            (behaviour.SnrDecaysExponentially, behaviour.SnrDecaysSlower, behaviour.ChiGrowsAsPower, PostLaws.Multiplies(behaviour))
                .Should()
                .Be((false, false, false, false));
        }

        (PostLaws.Slows(none, 4, none, 40), PostLaws.Doubles(none, 40), PostLaws.Dilutes(none, 40)).Should().Be((false, false, false));
    }

    [Fact]
    public void Finite_numbers_show_exactly_one_of_two_opposite_behaviours()
    {
        var random = new Random(7);
        for (var i = 0; i < 1000; i++)
        {
            var behaviour = new MappingBehaviour(1 + random.NextDouble(), 1 + random.NextDouble(), random.NextDouble() - 0.5, random.NextDouble() - 0.5);
            behaviour.SignalKeepsDirections.Should().Be(!behaviour.SignalCollapses);
            behaviour.SnrDecaysSlower.Should().Be(!behaviour.SnrDecaysExponentially);
        }
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(1, 1.41, true)]
    [InlineData(1, 1.42, false)]
    [InlineData(1, 0.71, true)]
    [InlineData(1, 0.70, false)]
    [InlineData(-1, -1, false)]
    [InlineData(0, 0, false)]
    public void A_power_law_requires_equal_gains_up_to_a_factor_of_the_square_root_of_two(double first, double second, bool expected) =>
        new MappingBehaviour(5, 5, first, second).ChiGrowsAsPower.Should().Be(expected);

    [Fact]
    public void Behaviours_change_at_the_stated_thresholds()
    {
        new MappingBehaviour(5, 3, 0, 0).SignalCollapses.Should().BeTrue("r_eff - 1 has halved");
        new MappingBehaviour(5, 3.01, 0, 0).SignalCollapses.Should().BeFalse();
        new MappingBehaviour(5, 4, 1, 2).SnrDecaysExponentially.Should().BeTrue("twice the gain in twice the depth");
        new MappingBehaviour(5, 4, 1, Math.Sqrt(2)).SnrDecaysExponentially.Should().BeFalse("halfway to a power law");
        new MappingBehaviour(5, 4, 2, 2.9).SnrDecaysExponentially.Should().BeTrue();
        new MappingBehaviour(5, 4, 0, GrowthLaw.NoGain).SnrDecaysExponentially.Should().BeFalse("no gain to speak of");
        MappingBehaviour.LeastDepth.Should().Be(64);
    }

    [Fact]
    public void Behaviours_are_read_at_a_quarter_half_and_all_of_the_depth()
    {
        MomentTable Of(int depth) =>
            new(
                [depth / 4, depth / 2, depth],
                2,
                [
                    [9, 9, 9],
                    [9, 9, 9],
                ],
                [
                    [0, 1, 3],
                    [0, 1, 3],
                ],
                null,
                null,
                0
            );
        MappingBehaviour.Read(Of(64))!.Should().Equal(new MappingBehaviour(9, 9, 1, 2), new MappingBehaviour(9, 9, 1, 2));
        MappingBehaviour.Read(Of(66)).Should().BeNull("66 has no quarter");
        MappingBehaviour.Read(Of(64) with { Depths = [16, 33, 64] }).Should().BeNull();
    }
}
