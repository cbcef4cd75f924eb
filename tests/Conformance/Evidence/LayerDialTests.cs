using FluentAssertions;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The defects of the power table that bind to layers of any network are of the size that they say.</summary>
public class LayerDialTests
{
    /// <summary>One dial of each claim, and all of them at night.</summary>
    public static TheoryData<string> Names => [.. Breadth.OfEachKind(Dials.List.OfType<LayerDial>(), dial => dial.ClaimId).Select(dial => dial.Name)];

    public static TheoryData<string> NamesOfElements => [.. Dials.List.OfType<LayerElementDial>().Select(dial => dial.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_defect_of_size_zero_is_not_rejected(string name)
    {
        var outcome = Find(name).Execute(0, TestSeed.Value, default);

        outcome.Verdict.Should().NotBe(Verdict.Rejected, outcome.ToString());
    }

    [Theory]
    [MemberData(nameof(NamesOfElements))]
    public void An_element_wrong_by_a_fifth_of_the_tolerance_passes(string name) =>
        Find(name).Execute(0.2, TestSeed.Value, default).Verdict.Should().Be(Verdict.Holds);

    [Theory]
    [InlineData("N1 composed | signal", "ν₂(x)")]
    [InlineData("N1 composed | noise", "ν₂(dx)")]
    [InlineData("N2 composed", "mean of dx_i·dx_j")]
    [InlineData("N3 composed", "mean of x·dx")]
    [InlineData("B2 composed", "ν₂(x)")]
    [InlineData("B5 composed", "ν₂(dz)")]
    [InlineData("LN1 composed", "1/σ²")]
    [InlineData("LN3 composed", "ν₂(dz)")]
    [InlineData("LN4 composed", "mean of x_i·x_j")]
    [InlineData("V1 composed | signal", "ν₂(x)")]
    [InlineData("V1 composed | noise", "ν₂(dx)")]
    [InlineData("V2 composed", "distribution of the steps of ν₂")]
    [InlineData("V3 composed", "distribution of the steps of ν₂")]
    [InlineData("V6 composed", "ν₂ after norm")]
    [InlineData("Z1 composed", "ν₂ of normalised branches")]
    [InlineData("DR1 composed", "ν₂(x)")]
    [InlineData("T1 composed", "ν₂(dy)")]
    [InlineData("R3 composed", "ln χ")]
    [InlineData("F1 composed", "ln χ")]
    [InlineData("I13 composed | variance of normal weights", "variance of normal weights")]
    [InlineData("I13 composed | variance of the biases", "variance of biases")]
    public void A_dialled_effect_has_the_stated_size(string beginning, string quantity)
    {
        var dial = Dials.List.OfType<LayerDial>().Single(dial => dial.Name.StartsWith(beginning, StringComparison.Ordinal));

        var outcome = dial.Execute(1, TestSeed.Value, default);

        // An effect that is told from none at α is known to a sixth of itself: half of it is three deviations.
        foreach (var measurement in outcome.Measurements.Where(measurement => measurement.Quantity.StartsWith(quantity, StringComparison.Ordinal)).AtLeastOne())
        {
            var effect = measurement.Effect!;
            (effect.Estimate - effect.Claimed).Should().BeApproximately(dial.Delta, dial.Delta / 2, measurement.ToString());
        }
    }

    private static Dial Find(string name) => Dials.List.Single(dial => dial.Name == name);
}
