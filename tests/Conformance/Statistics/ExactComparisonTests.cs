using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Comparisons with zero are comparisons like others, and cost the name of a place only where it is reported.</summary>
public class ExactComparisonTests
{
    private static readonly double[] Observed = [0, 1e-9, -3e-9, 2e-9, 5e-9, -1e-8];
    private static readonly double[] Tolerances = [0, 1e-8, 4e-9, 1e-8, 4e-9, 1e-9];

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Numbers_that_must_be_zero_get_the_same_verdict_together_and_one_by_one(int count)
    {
        var (together, alone) = (new ExactComparison(), new ExactComparison());
        together.AddZeros(Observed[..count], Tolerances[..count], Place);
        for (var i = 0; i < count; i++)
        {
            alone.Add(new Observed(Observed[i]), new Expected(0), Tolerances[i], Place(i));
        }

        together.Conclude("bias").Should().Be(alone.Conclude("bias"));
        together.Conclude("bias").Verdict.Should().Be(count == 4 ? Verdict.Holds : Verdict.Rejected);
        together.Conclude("bias").Quantity.Should().EndWith(count == 4 ? "output 2" : "output 4", "the worst that agrees, or the first that does not");
    }

    [Fact]
    public void The_name_of_a_place_is_computed_only_for_the_worst_number_so_far()
    {
        var asked = new List<int>();
        new ExactComparison().AddZeros(Observed, Tolerances, Asked);

        // Ratios 0, 0.1, 0.75, 0.2, 1.25 and 10; after the first beyond 1 none is reported.
        asked.Should().Equal(0, 1, 2, 4);

        string Asked(int index)
        {
            asked.Add(index);
            return Place(index);
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_number_that_is_not_finite_is_rejected_where_zero_is_expected_for_any_tolerance(double value)
    {
        foreach (var tolerance in new[] { 0, 1, double.MaxValue, double.PositiveInfinity, double.NaN })
        {
            var comparison = new ExactComparison();
            comparison.AddZeros([value], [tolerance], Place);

            comparison.Conclude("bias").Verdict.Should().Be(Verdict.Rejected, $"with a tolerance of {tolerance}");
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_tolerance_that_is_not_finite_compares_nothing(double tolerance)
    {
        var comparison = new ExactComparison();
        comparison.AddZeros([0], [tolerance], Place);

        comparison.Conclude("bias").Verdict.Should().Be(Verdict.Inconclusive);
        comparison.Comparisons.Should().Be(0);
    }

    private static string Place(int index) => $"output {index}";
}
