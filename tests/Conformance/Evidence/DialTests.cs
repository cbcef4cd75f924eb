using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The defects of the power table are of the size that they say.</summary>
public class DialTests
{
    /// <summary>One dial of each claim, and all of them at night.</summary>
    public static TheoryData<string> Names => [.. Breadth.OfEachKind(Dials.List, dial => dial.ClaimId).Select(dial => dial.Name)];

    [Fact]
    public void Every_check_has_a_dial_or_a_reason_for_having_none()
    {
        foreach (var check in Suite.Checks)
        {
            var dials = Dials.List.Count(dial => dial.ClaimId == check.ClaimId && dial.Architecture == check.Architecture);
            (dials > 0).Should().Be(Dials.WhyNone(check) is null, $"{Signature.NameOf(check)} has {dials} dials");
        }

        Dials.List.Select(dial => dial.Check).Should().OnlyContain(check => Suite.Checks.Contains(check));
        Dials.List.Select(dial => dial.Name).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_defect_of_several_times_the_discrepancy_is_rejected(string name)
    {
        // At twice the discrepancy power is a rate, which the table shows; at six times nothing may pass, whatever the seed. Of a correlation of
        // 0.1 six would be beyond what weights can share.
        var dial = Dials.List.Single(candidate => candidate.Name == name);
        var outcome = dial.Execute(dial.ClaimId == "I3" ? 3 : 6, TestSeed.Value, default);

        outcome.Verdict.Should().Be(Verdict.Rejected, outcome.ToString());
    }

    public static TheoryData<string> NamesOfElements =>
        [.. Breadth.OfEachKind(Dials.List.OfType<ElementDial>(), dial => dial.ClaimId).Select(dial => dial.Name)];

    [Theory]
    [MemberData(nameof(NamesOfElements))]
    public void An_element_wrong_by_a_fifth_of_the_tolerance_passes(string name) =>
        Dials.List.Single(candidate => candidate.Name == name).Execute(0.2, TestSeed.Value, default).Verdict.Should().Be(Verdict.Holds);

    /// <summary>One dial of each claim, and all of them at night.</summary>
    public static TheoryData<string> NamesOfLaws => [.. Breadth.OfEachKind(Dials.List.OfType<LawDial>(), dial => dial.ClaimId).Select(dial => dial.Name)];

    [Theory]
    [MemberData(nameof(NamesOfLaws))]
    public void A_defect_of_size_zero_is_not_rejected(string name)
    {
        var outcome = Dials.List.Single(candidate => candidate.Name == name).Execute(0, TestSeed.Value, default);

        outcome.Verdict.Should().NotBe(Verdict.Rejected, outcome.ToString());
    }

    [Theory]
    [InlineData("S2 vanilla | weight variance", "ν₂(y), fully connected", 1)]
    [InlineData("S3 vanilla | noise after the ReLU", "ν₂(dx) after the ReLU, fully connected", 1)]
    [InlineData("S5 bn_ff | weight variance", "1/σ², fully connected", 1)]
    [InlineData("S6 bn_res | signal after the ReLU", "μ₂(x) by", 1)]
    public void A_dialled_ratio_differs_from_its_prediction_by_the_stated_size(string beginning, string quantity, double size)
    {
        var dial = (LawDial)Dials.List.Single(candidate => candidate.Name.StartsWith(beginning, StringComparison.Ordinal));

        var outcome = dial.Execute(size, TestSeed.Value, default);
        var measurement = outcome.Measurements.First(candidate => candidate.Quantity.StartsWith(quantity, StringComparison.Ordinal));

        // The discrepancy is seen at some ten standard errors: within half of it the mean is known for sure.
        (measurement.Measured.Value / measurement.Predicted.Value)
            .Should()
            .BeApproximately(1 + (size * dial.Delta), dial.Delta / 2, measurement.Quantity);
    }

    [Theory]
    [InlineData("I4 vanilla | variance of the weights, fully", "variance of the weights of the first convolution, fully")]
    [InlineData("I4 bn_res | variance of the weights, 2×2", "variance of the weights of the first convolution, 2×2")]
    [InlineData("I5 vanilla_res | variance of the weights, 2×2", "variance of the weights of the other convolutions, 2×2")]
    [InlineData(
        "I4 bn_ff | a share of weights of which only the sign is random, in the distance of distributions, 2×2",
        "distribution of the weights of the first convolution, 2×2"
    )]
    [InlineData(
        "I5 bn_ff | a share of weights of which only the sign is random, in the distance of distributions, fully",
        "distribution of the weights of the other convolutions, fully"
    )]
    [InlineData("I8 bn_ff | correlation of successive convolutions", "correlation of convolutions 1 and 2 and so on")]
    [InlineData("I8 bn_res | correlation of convolutions 1 and 3 of all", "correlation of two convolutions, all simulations together, 2×2")]
    [InlineData("I8 vanilla | correlation of convolutions 1 and 3 of one", "correlation of two convolutions of a simulation, fully")]
    [InlineData("I8 vanilla_res | correlation of output channels", "correlation of two output channels, fully")]
    [InlineData("I8 vanilla | correlation of inputs", "correlation of two inputs, fully")]
    [InlineData("I8 bn_ff | correlation of weights and their", "correlation of a convolution with itself in another order, fully")]
    [InlineData("I8 vanilla | correlation of weights at lag", "correlation of a simulation's weights with those a lag further, fully")]
    [InlineData("I9 vanilla_res | correlation of any two simulations", "correlation of successive simulations, fully connected, 16")]
    [InlineData("I9 bn_ff | correlation of simulations 1 and 4", "correlation of any two convolutions of any simulations, fully connected, 64")]
    [InlineData("I9 bn_res | correlation of any two seeds", "correlation of two seeds")]
    [InlineData("W1 vanilla | steps", "correlation of successive steps")]
    [InlineData("W3 bn_res | weight", "ν₂ of the branch of a unit")]
    [InlineData("W3 bn_res | a share", "twice skip · branch of a unit")]
    [InlineData("W4 vanilla_res | weight", "ν₂ of the first branch over twice what the ReLU kept, signal")]
    [InlineData("W4 vanilla_res | signal", "share of the signal that the first ReLU keeps")]
    [InlineData("W4 vanilla_res | a share", "twice skip · branch of the first unit over ν₂ of its input, signal")]
    [InlineData("W4 vanilla_res | sums", "half the growth of ν₂")]
    [InlineData("R1 vanilla_res | noise", "ln χ")]
    [InlineData("R1 vanilla | reported", "ln r_eff")]
    [InlineData("R2 bn_res | noise", "ln χ")]
    [InlineData("R2 bn_ff | signal", "ln μ₂(x)")]
    [InlineData("A1 bn_ff | noise", "ln δχ")]
    [InlineData("A2 bn_res | noise", "ln χ")]
    [InlineData("P5 vanilla | a gain", "correlation of the gains")]
    public void A_dialled_effect_has_the_stated_size(string beginning, string quantity)
    {
        var dial = (LawDial)
            Dials.List.Single(candidate =>
                candidate.Name.StartsWith(beginning, StringComparison.Ordinal) && !candidate.Name.Contains("alone", StringComparison.Ordinal)
            );

        var outcome = dial.Execute(1, TestSeed.Value, default);
        var measurement = outcome.Measurements.First(candidate => candidate.Quantity.StartsWith(quantity, StringComparison.Ordinal));
        var effect = measurement.Effect!;

        // An effect that is told from none at α is known to a sixth of itself: half of it is three deviations.
        Math.Abs(effect.Estimate - effect.Claimed).Should().BeApproximately(dial.Delta, dial.Delta / 2, measurement.ToString());
    }
}
