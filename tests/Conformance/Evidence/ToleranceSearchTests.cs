using FluentAssertions;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The search for the perturbation that is one tolerance of a check finds it, whatever else the check reports.</summary>
public class ToleranceSearchTests
{
    [Theory]
    [InlineData(3e-12, 0)]
    [InlineData(3e-7, 0.3)]
    [InlineData(2e3, 0.7)]
    public void A_ratio_that_grows_with_the_perturbation_is_followed_to_1(double tolerance, double ownRounding)
    {
        var found = ToleranceSearch.Find(amplitude => Math.Max(ownRounding, amplitude / tolerance), default);

        // Linear above 0.8: only rounding of the division.
        found.Should().BeApproximately(tolerance, tolerance * 1e-12);
    }

    [Theory]
    [InlineData(0.6, 3)]
    [InlineData(0.1, 1.5)]
    [InlineData(0.79, 1e6)]
    public void A_ratio_that_jumps_past_1_is_enclosed(double below, double above)
    {
        var found = ToleranceSearch.Find(amplitude => amplitude < 3e-6 ? below : above, default);

        // The bracket's bounds are apart by a factor of 1.1 at most, and its geometric mean is given.
        found.Should().BeInRange(3e-6 / Math.Sqrt(1.1), 3e-6 * Math.Sqrt(1.1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void A_check_that_does_not_answer_has_no_tolerance(double ratio) => ToleranceSearch.Find(_ => ratio, default).Should().BeNull();
}
