using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

/// <summary>Numbers that are scaled back to the range are multiplied by a power of two, and stay numbers.</summary>
public class RescalingTests
{
    /// <summary>The power that brings a number below the smallest normal one near 1 is beyond single precision; a zero beside it was made no number.</summary>
    [Theory]
    [InlineData(1.4e-45f)]
    [InlineData(4e-41f)]
    [InlineData(1e-38f)]
    [InlineData(1e-20f)]
    [InlineData(3e38f)]
    public void Numbers_of_every_size_are_brought_near_one_exactly(float largest)
    {
        float[] values = [largest, 0, -largest / 2];
        float[] scaled = [.. values];

        var exponent = Rescaling.Normalise<float>(scaled, largest);

        Math.Abs(scaled[0]).Should().BeInRange(1, 2);
        scaled.Select(value => Math.ScaleB(value, exponent)).Should().Equal(values.Select(value => (double)value));
    }

    [Fact]
    public void Zeros_stay_as_they_are()
    {
        float[] values = [0, 0];

        Rescaling.Normalise<float>(values, 0).Should().Be(0);
        values.Should().Equal(0, 0);
    }
}
