using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Numbers are printed with few digits at every size; NaN and infinity have no unit.</summary>
public class FigureTextTests
{
    [Theory]
    [InlineData(1.2, 0.03, "3.3201 ± 3.0 %")]
    [InlineData(1.2, double.NaN, "3.3201")]
    [InlineData(1.2, double.PositiveInfinity, "3.3201")]
    [InlineData(double.NaN, double.NaN, "-")]
    [InlineData(double.NaN, 0.03, "-")]
    [InlineData(100, 1e6, "2.688e43 ± 1.000e8 %")]
    public void A_number_is_printed_with_its_error_if_both_exist(double logarithm, double standardError, string words) =>
        FigureText.WithError(logarithm, standardError).Should().Be(words);

    [Theory]
    [InlineData(0.2, "1.2214")]
    [InlineData(-0.2, "0.8187")]
    [InlineData(-20, "2.061e-9")]
    [InlineData(20, "4.852e8")]
    [InlineData(double.NegativeInfinity, "-")]
    [InlineData(double.NaN, "-")]
    public void A_growth_factor_is_never_rounded_to_zero_or_infinity(double logarithm, string words) => FigureText.Gain(logarithm).Should().Be(words);

    [Theory]
    [InlineData("batch norm against its definition, ε = 1E-05", "batch norm against its definition, ε = 1e-5")]
    [InlineData("χ, input × 1E+07, 2.5E-100 of all", "χ, input × 1e7, 2.5e-100 of all")]
    [InlineData("1E+00", "1e0")]
    [InlineData("version 1.2E-05x of E5, R1E+2 and 3E", "version 1.2E-05x of E5, R1E+2 and 3E")]
    public void Powers_of_ten_in_the_name_of_a_quantity_are_written_like_those_in_other_columns(string quantity, string words)
    {
        var measurement = new Measurement(quantity, new Expected(1), new Observed(1), Verdict.Holds) { Samples = 1 };

        MeasurementWords.Quantity(measurement).Should().Be(words);
        new CheckOutcome(Suite.Checks[0], Verdict.Holds, [measurement], null).ToString().Should().Contain($": {words}: predicted ");
    }
}
