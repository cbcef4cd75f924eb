using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The noise behind a function that is saturated everywhere is next to nothing, and still a number.</summary>
public class SaturatedNoiseTests
{
    /// <summary>
    /// Found by 32,000 generated networks: slopes below 2⁻¹⁰²³ were divided by themselves, which a double does not hold, and the noise of all images was NaN.
    /// </summary>
    [Theory]
    [InlineData(FunctionKind.Sigmoid, -738.0)]
    [InlineData(FunctionKind.Sigmoid, 738.0)]
    [InlineData(FunctionKind.Softplus, -738.0)]
    [InlineData(FunctionKind.Elu, -738.0)]
    [InlineData(FunctionKind.Silu, -745.0)]
    [InlineData(FunctionKind.Tanh, 371.0)]
    [InlineData(FunctionKind.Erf, 27.0)]
    [InlineData(FunctionKind.Gelu, -38.5)]
    public void Noise_of_slopes_below_the_smallest_normal_number_is_a_number(FunctionKind kind, double argument)
    {
        var network = new Network("saturated", new(1, 1, 3), [new Activation(new Function(kind))]);
        var input = Batch.Gaussian(network, 4, 1, 0) with { Signal = [.. Enumerable.Repeat(argument, 12)] };
        using var reference = new ReferenceSubject();

        var noise = NetworkTrace.Record(reference, network, NoiseKind.Mapping, new Weights.Given([]), input).Snapshots[^1].Noise;

        noise.Should().OnlyContain(value => Math.Abs(value) < 1e-305).And.Contain(value => value != 0, "the slope is above the smallest subnormal number");
    }

    /// <summary>Found by 10,000 seeds: noise of 10⁻¹⁹² behind a GELU, whose mean square is far below the smallest double, was taken for no noise.</summary>
    [Fact]
    public void Noise_whose_square_is_no_double_is_noise()
    {
        using var reference = new ReferenceSubject();

        Suite.Execute(Suite.Checks.Single(check => check.ClaimId == "D10"), reference, Scale.Quick, 6626).Verdict.Should().Be(Verdict.Holds);
    }
}
