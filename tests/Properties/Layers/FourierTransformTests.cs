using System.Numerics;
using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

public unsafe class FourierTransformTests
{
    private const int Lanes = 32;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(14)]
    [InlineData(16)]
    [InlineData(28)]
    [InlineData(32)]
    [InlineData(45)]
    [InlineData(64)]
    [InlineData(105)]
    public void The_forward_transform_equals_its_definition_and_the_inverse_undoes_it(int length)
    {
        var transform = new FourierTransform(length);
        transform.Frequencies.Should().BeEquivalentTo(Enumerable.Range(0, length), "each frequency stands in one place");
        using var data = new AlignedBuffer<float>(2 * Lanes * length);
        new RandomNumbers(1, (uint)length, 0, RandomPurpose.GaussianImages).FillNormal(data.Span, 1);
        var before = data.Span.ToArray();

        transform.Forward(data.Pointer, 2 * Lanes, Lanes);

        // Rounding of about log2(n) steps, each of 2⁻²⁴ of numbers of size √n; five standard deviations of a few thousand elements.
        var tolerance = 1e-6 * Math.Sqrt(length);
        for (var position = 0; position < length; position++)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                var expected = Complex.Zero;
                for (var j = 0; j < length; j++)
                {
                    expected += Element(before, j, lane) * Complex.FromPolarCoordinates(1, -2 * Math.PI * transform.Frequencies[position] * j / length);
                }

                (Element(data.Span, position, lane) - expected).Magnitude.Should().BeLessThan(tolerance);
            }
        }

        transform.Inverse(data.Pointer, 2 * Lanes, Lanes);
        for (var i = 0; i < before.Length; i++)
        {
            (data.Span[i] / length).Should().BeApproximately(before[i], 2e-6f);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(26)]
    public void Lengths_with_large_prime_factors_are_refused(int length)
    {
        FourierTransform.Supports(length).Should().BeFalse();
        FluentActions.Invoking(() => new FourierTransform(length)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*product of 2, 3, 5 and 7*");
    }

    private static Complex Element(ReadOnlySpan<float> data, int index, int lane) =>
        new(data[(2 * Lanes * index) + lane], data[(2 * Lanes * index) + Lanes + lane]);
}
