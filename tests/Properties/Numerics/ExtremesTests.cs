using FluentAssertions;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

public class ExtremesTests
{
    [Theory]
    [InlineData(double.NaN, 1, 2)]
    [InlineData(1, double.NaN, 2)]
    [InlineData(1, 2, double.NaN)]
    public void The_largest_of_numbers_with_a_NaN_is_NaN(double first, double second, double third)
    {
        double.IsNaN(((double[])[first, second, third]).Largest()).Should().BeTrue();
        double.IsNaN(((double[])[first, second, third]).Largest(Math.Abs)).Should().BeTrue();
        double.IsNaN(Propagations.Distance([first, second, third], [1, 2, 3])).Should().BeTrue("a distance to what was never computed is below no bound");
    }

    [Fact]
    public void An_assertion_on_an_upper_bound_fails_for_NaN()
    {
        var below = () => double.NaN.Should().BeLessThan(1);
        below.Should().Throw<Exception>();
        var within = () => double.NaN.Should().BeInRange(0, 1);
        within.Should().Throw<Exception>();
    }

    [Fact]
    public void The_largest_of_finite_numbers_is_found_and_an_empty_list_is_refused()
    {
        ((double[])[-3, 2, double.NegativeInfinity]).Largest().Should().Be(2);
        ((double[])[-3, 2]).Largest(Math.Abs).Should().Be(3);
        var nothing = () => Array.Empty<double>().Largest();
        nothing.Should().Throw<InvalidOperationException>();
    }
}
