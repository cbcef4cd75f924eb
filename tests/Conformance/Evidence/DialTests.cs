using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The defects of the power table are of the size that they say.</summary>
public class DialTests
{
    public static TheoryData<string> Names => [.. Dials.List.Select(dial => dial.Name)];

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
    public void A_defect_of_many_discrepancies_is_rejected(string name)
    {
        // At twice the discrepancy power is a rate, which the table shows; at six times nothing may pass, whatever the seed. Of a correlation of
        // 0.1 six would be beyond what weights can share.
        var dial = Dials.List.Single(candidate => candidate.Name == name);
        var outcome = dial.Execute(dial.ClaimId == "I3" ? 3 : 6, TestSeed.Value, default);

        outcome.Verdict.Should().Be(Verdict.Rejected, outcome.ToString());
    }

    public static TheoryData<string> NamesOfElements => [.. Dials.List.OfType<ElementDial>().Select(dial => dial.Name)];

    [Theory]
    [MemberData(nameof(NamesOfElements))]
    public void An_element_that_is_off_by_a_fifth_of_a_tolerance_passes(string name) =>
        Dials.List.Single(candidate => candidate.Name == name).Execute(0.2, TestSeed.Value, default).Verdict.Should().Be(Verdict.Holds);

    [Theory]
    [InlineData("S8")]
    [InlineData("I2")]
    [InlineData("I3")]
    [InlineData("R1")]
    [InlineData("A1")]
    public void A_defect_of_no_size_is_none(string claim) =>
        Dials.List.First(dial => dial.ClaimId == claim).Execute(0, TestSeed.Value, default).Verdict.Should().NotBe(Verdict.Rejected);

    [Theory]
    [InlineData("S2 vanilla | weight variance", "ν₂(y), fully connected", 1)]
    [InlineData("S3 vanilla | noise after the ReLU", "ν₂(dx) after the ReLU, fully connected", 1)]
    [InlineData("S5 bn_ff | weight variance", "1/σ², fully connected", 1)]
    [InlineData("S6 bn_res | signal after the ReLU", "μ₂(x) by", 1)]
    public void A_ratio_is_off_by_what_the_dial_says(string beginning, string quantity, double size)
    {
        var dial = (LawDial)Dials.List.Single(candidate => candidate.Name.StartsWith(beginning, StringComparison.Ordinal));

        var outcome = dial.Execute(size, TestSeed.Value, default);
        var measurement = outcome.Measurements.First(candidate => candidate.Quantity.StartsWith(quantity, StringComparison.Ordinal));

        // The discrepancy is seen at some ten standard errors: within half of it the mean is known for sure.
        (measurement.Measured.Value / measurement.Predicted.Value).Should().BeApproximately(1 + (size * dial.Delta), dial.Delta / 2, measurement.Quantity);
    }
}
