using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The possible values of each moment, by hand.</summary>
public class MomentRangeTests
{
    public static TheoryData<string> Nonnegative => ["nu1_abs_signal", "nu2_signal", "mu2_signal", "mu4_signal", "mu2_noise", "chi", "gradient"];

    [Theory]
    [MemberData(nameof(Nonnegative))]
    public void A_mean_of_squares_is_a_finite_number_of_at_least_zero(string moment)
    {
        foreach (var name in new[] { moment, moment + "_loc3" })
        {
            KindOf(name, 1e300).Should().Be(ValueKind.Possible);
            KindOf(name, double.Epsilon).Should().Be(ValueKind.Possible);
            KindOf(name, 0).Should().Be(ValueKind.Extinct);
            KindOf(name, -double.Epsilon).Should().Be(ValueKind.OutOfRange);
            KindOf(name, -1).Should().Be(ValueKind.OutOfRange);
            KindOf(name, double.NaN).Should().Be(ValueKind.NotANumber);
            KindOf(name, double.PositiveInfinity).Should().Be(ValueKind.Infinite);
            KindOf(name, double.NegativeInfinity).Should().Be(ValueKind.Infinite);
        }
    }

    [Fact]
    public void A_logarithm_may_be_any_ordinary_number_or_the_logarithm_of_zero()
    {
        foreach (var value in new[] { -5000, -1, 0, 7, 5000.0 })
        {
            KindOf("log_chi_loc4", value).Should().Be(ValueKind.Possible, "a logarithm may leave the range of its number");
        }

        foreach (var zero in new[] { double.NegativeInfinity, MomentSet.LogOfZero, (float)MomentSet.LogOfZero })
        {
            KindOf("log_nu2_signal", zero).Should().Be(ValueKind.Extinct);
        }

        foreach (var beyond in new[] { 1e16, -1e16, 1e308, -1e308 })
        {
            KindOf("log_chi_loc4", beyond).Should().Be(ValueKind.OutOfRange, "no depth leads there, and differences of such numbers overflow");
        }

        KindOf("log_nu2_signal", double.PositiveInfinity).Should().Be(ValueKind.Infinite);
        KindOf("log_nu2_signal", double.NaN).Should().Be(ValueKind.NotANumber);
    }

    [Fact]
    public void An_effective_rank_lies_between_one_and_its_bound()
    {
        KindOf("reff_signal_loc3", 1, 23).Should().Be(ValueKind.Possible);
        KindOf("reff_signal_loc3", 23, 23).Should().Be(ValueKind.Possible);
        KindOf("reff_signal_loc3", 23.01, 23).Should().Be(ValueKind.OutOfRange);
        KindOf("reff_signal_loc3", 0.99).Should().Be(ValueKind.OutOfRange);
        KindOf("reff_noise", -7.5).Should().Be(ValueKind.OutOfRange);
        KindOf("reff_noise", 0).Should().Be(ValueKind.OutOfRange);
        KindOf("reff_noise", 1e9).Should().Be(ValueKind.Possible, "without a size there is no upper bound");
        KindOf("reff_noise", double.PositiveInfinity).Should().Be(ValueKind.Infinite);

        // -1 is the mark of files; a subject that is asked for a rank reports none.
        KindOf("reff_signal", -1).Should().Be(ValueKind.NotComputed);
        MomentRange.OfSubject(23, 1.0 / (1 << 24)).KindOf("reff_signal", -1).Should().Be(ValueKind.OutOfRange);

        // Half precision rounds 2¹³ times more coarsely than single.
        MomentRange.OfSubject(double.PositiveInfinity, 1.0 / (1 << 11)).KindOf("reff_signal", 0.8).Should().Be(ValueKind.Possible);
        MomentRange.OfSubject(double.PositiveInfinity, 1.0 / (1 << 11)).KindOf("reff_signal", 0.7).Should().Be(ValueKind.OutOfRange);
    }

    [Fact]
    public void A_quantity_of_unknown_name_must_only_be_finite()
    {
        KindOf("temperature_loc2", -4).Should().Be(ValueKind.Possible);
        KindOf("temperature_loc2", 0).Should().Be(ValueKind.Possible);
        KindOf("temperature_loc2", double.NaN).Should().Be(ValueKind.NotANumber);
        MomentRange.IsMoment("chiloc_loc2").Should().BeFalse();
        MomentRange.IsMoment("chi_loc2").Should().BeTrue();
        MomentRange.IsMoment("reff_noise_loc2").Should().BeTrue();
    }

    [Fact]
    public void A_finding_of_an_impossible_value_is_rejected_and_a_possible_value_is_no_finding()
    {
        new MomentFinding("χ", ValueKind.NotComputed, 4, 1, 2).Conclude().Verdict.Should().Be(Verdict.Inconclusive);
        var rejected = new MomentFinding("effective rank", ValueKind.NotANumber, 40, 24, 48).Conclude();
        (rejected.Verdict, rejected.Quantity, rejected.Measured.Value, rejected.Predicted.Value, rejected.Samples, rejected.IsDeterministic)
            .Should()
            .Be((Verdict.Rejected, "effective rank is not a number in 24 of 48 mappings, first at depth 40", 24, 0, 48, true));
        foreach (var kind in new[] { ValueKind.Possible, ValueKind.Extinct })
        {
            FluentActions.Invoking(() => new MomentFinding("χ", kind, 4, 1, 2).Conclude()).Should().Throw<InvalidOperationException>();
        }
    }

    private static ValueKind KindOf(string name, double value, double largest = double.PositiveInfinity) => MomentRange.OfFile(largest).KindOf(name, value);
}
