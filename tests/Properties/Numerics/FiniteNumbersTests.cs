using FluentAssertions;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

/// <summary>A number that is none is found wherever it stands, among as many numbers as fill vector registers and among the rest.</summary>
public class FiniteNumbersTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_number_that_is_none_is_found_at_every_place_of_every_length(double none)
    {
        for (var length = 1; length <= 40; length++)
        {
            for (var place = 0; place < length; place++)
            {
                var numbers = new double[length];
                numbers[place] = none;
                VectorMath.AreFinite(numbers).Should().BeFalse("number {0} of {1} is {2}", place, length, none);
            }
        }
    }

    [Fact]
    public void The_largest_and_smallest_numbers_are_finite()
    {
        double[] extremes = [double.MaxValue, double.MinValue, double.Epsilon, -double.Epsilon, 0, -0.0];
        for (var length = 0; length <= 40; length++)
        {
            VectorMath.AreFinite([.. Enumerable.Range(0, length).Select(i => extremes[i % extremes.Length])]).Should().BeTrue("all {0} are numbers", length);
        }
    }
}
