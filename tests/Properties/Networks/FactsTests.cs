using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Facts about descriptions that no generator draws: deep nests, and layers without extent.</summary>
public class FactsTests
{
    /// <summary>Two evaluations of each level would be 2⁶⁰ of the innermost one: the limit tells microseconds from centuries.</summary>
    [Fact]
    public async Task The_degree_of_deeply_nested_repeats_is_found_in_short_time()
    {
        Layer nested = new Activation(Function.Relu);
        Layer losing = new BatchNorm { Epsilon = 0 };
        for (var level = 0; level < 60; level++)
        {
            (nested, losing) = (new Repeat(2, [nested]), new Repeat(2, [new Activation(Function.Relu), losing]));
        }

        var degrees = await Task.Run(() => (Facts.DegreeOf([nested]), Facts.DegreeOf([losing]))).WaitAsync(TimeSpan.FromMinutes(5));

        degrees.Should().Be((1, 0));
    }

    [Fact]
    public void A_single_position_commutes_with_shifts_for_any_strides()
    {
        Layers layers = [new Repeat(100, [new Convolution(1) { Stride = 2 }])];

        Facts.ShiftOf(layers, new Shape(1, 1, 4)).Should().Be(1);
        Facts.ShiftOf([new Repeat(3, [new Convolution(1) { Stride = 2 }])], new Shape(8, 16, 4)).Should().Be(8);
        Facts
            .ShiftOf([new Repeat(4, [new Convolution(1) { Stride = 2 }])], new Shape(8, 16, 4))
            .Should()
            .Be(16, "of one row and two columns the columns are still shifted");
    }
}
