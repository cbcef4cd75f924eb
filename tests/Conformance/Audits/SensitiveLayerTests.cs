using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Attention with large scores and kinks enlarge rounding; I12 allows for that, and still sees an image that depends on others.</summary>
public class SensitiveLayerTests
{
    /// <summary>
    /// The first seed was found by 6,600 generated networks: scores of 10⁴ made the rounding of a convolution, which takes two images at once, a difference of
    /// 3·10⁻⁴ in the noise.
    /// </summary>
    [Fact]
    public void I12_holds_for_the_reference_where_scores_are_large()
    {
        using var reference = new ReferenceSubject();
        var network = new Network(
            "attention after a convolution",
            new(9, 11, 6),
            [new Convolution(5) { Boundary = Boundary.ZeroPadding }, new Attention(2) { Parameters = new(2, 0.25) }]
        );

        var outcomes = Enumerable
            .Range(0, 40)
            .Select(k => k == 0 ? 18349602315455UL : (ulong)k)
            .SelectMany(seed =>
                GeneratedAnswer.Ask(reference, new(network, 2, NoiseKind.Mapping, GeneratedInput.Offset, 10, seed), given: false, ["I12"]).Found
            )
            .Where(outcome => outcome.Claim == "I12")
            .ToArray();

        outcomes.Should().HaveCount(40).And.OnlyContain(outcome => outcome.Measurement.Verdict == Verdict.Holds);
    }

    /// <summary>
    /// Found by 64,000 generated networks: where a signal is zero but for the rounding of other images, each side of a kink is a matter of chance, and so is
    /// the noise that passes.
    /// </summary>
    [Theory]
    [InlineData(FunctionKind.Relu)]
    [InlineData(FunctionKind.Abs)]
    [InlineData(null)]
    public void I12_holds_for_the_reference_at_kinks(FunctionKind? kind)
    {
        using var reference = new ReferenceSubject();
        Layer kinked = kind is { } function ? new Activation(new Function(function)) : new MaxPool(2);
        var network = new Network("a kink after a convolution", new(14, 14, 1), [new Convolution(4) { Channels = 2 }, kinked]);

        var outcomes = Enumerable
            .Range(0, 10)
            .SelectMany(seed =>
                GeneratedAnswer.Ask(reference, new(network, 2, NoiseKind.Mapping, GeneratedInput.OnePosition, 1, (ulong)seed), given: false, ["I12"]).Found
            )
            .Where(outcome => outcome.Claim == "I12")
            .ToArray();

        outcomes.Should().NotBeEmpty().And.OnlyContain(outcome => outcome.Measurement.Verdict == Verdict.Holds);
    }

    [Theory]
    [InlineData(1, false, 0.0)]
    [InlineData(2, true, 0.25)]
    public void Outputs_differ_by_no_more_than_the_bound(int heads, bool causal, double biasVariance)
    {
        var layer = new Attention(heads) { Causal = causal, Parameters = new(1.5, biasVariance) };
        var network = new Network("attention", new(3, 2, 8), [layer]);
        using var reference = new ReferenceSubject();
        foreach (var seed in Enumerable.Range(0, 60))
        {
            // Scores between some tenths and some thousands, and differences down to where rounding in single precision is as large.
            var scale = Math.Pow(10, seed % 3);
            var apart = Math.Pow(10, -1 - (seed % 4));
            var (input, change) = (Scaled(Batch.Gaussian(network, 1, (ulong)seed, 0), scale), Batch.Gaussian(network, 1, (ulong)seed, 1));
            var changed = input with { Signal = Sum(input.Signal, change.Signal, apart), Noise = Sum(input.Noise, change.Noise, apart) };

            var (one, two) = (Ask(input, (ulong)seed), Ask(changed, (ulong)seed));

            var (signal, noise) = AttentionSensitivity.Bound(layer, Features(input), Features(changed));
            Distance(one.Signal, two.Signal).Should().BePositive().And.BeLessThanOrEqualTo(signal);
            Distance(one.Noise, two.Noise).Should().BePositive().And.BeLessThanOrEqualTo(noise);
        }

        NetworkSnapshot Ask(Batch input, ulong seed) =>
            NetworkTrace.Record(reference, network, NoiseKind.Mapping, new Weights.Own(seed, 0), input).Snapshots[^1];

        static Batch Scaled(Batch input, double scale) => input with { Signal = Sum(new double[input.Signal.Length], input.Signal, scale) };

        static double[] Sum(double[] x, double[] y, double factor) => [.. x.Zip(y, (a, b) => (double)(float)(a + (factor * b)))];

        static WrittenOutFeatures Features(Batch input) => new(1, input.Shape.Height, input.Shape.Width, input.Shape.Channels, input.Signal, input.Noise);

        static double Distance(double[] x, double[] y) => Math.Sqrt(x.Zip(y, (a, b) => (a - b) * (a - b)).Sum());
    }

    [Fact]
    public void Equal_inputs_leave_the_bound_of_before() =>
        AttentionSensitivity
            .Bound(new Attention(1), new WrittenOutFeatures(1, 1, 2, 2, [300, 1, 2, 3], [1, 1, 1, 1]), new(1, 1, 2, 2, [300, 1, 2, 3], [1, 1, 1, 1]))
            .Should()
            .Be((0.0, 0.0));

    /// <summary>Inputs are those of every day, so the images before attention are equal, and what differs after it comes from others.</summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(double.NaN)]
    public void I12_rejects_attention_that_sees_other_images(double leak)
    {
        var network = new Network("attention", new(3, 2, 8), [new RmsNorm(), new Attention(2)]);
        var input = Batch.Gaussian(network, 2, 1, 0);
        using var reference = new ReferenceSubject();
        var (first, second) = (Ask(), Ask());
        second.Snapshots[^1].Signal[0] += leak;
        var comparison = new ExactComparison();

        SeparateImages.Compare(first, second, [false, true], 6e-8, comparison, "a network");

        comparison.Conclude("images").Verdict.Should().Be(Verdict.Rejected);

        NetworkTrace Ask() => NetworkTrace.Record(reference, network, NoiseKind.Mapping, new Weights.Own(1, 0), input);
    }

    /// <summary>It shows no growth, which would say how far images may be apart.</summary>
    [Fact]
    public void I12_rejects_noise_that_is_no_number_in_both_answers()
    {
        var network = new Network("one layer", new(1, 1, 4), [new Dense()]);
        var input = Batch.Gaussian(network, 2, 1, 0);
        using var reference = new ReferenceSubject();
        var (first, second) = (Ask(), Ask());
        first.Snapshots[^1].Noise[0] = second.Snapshots[^1].Noise[0] = double.NaN;
        var comparison = new ExactComparison();

        SeparateImages.Compare(first, second, [false, true], 6e-8, comparison, "a network");

        comparison.Conclude("images").Verdict.Should().Be(Verdict.Rejected);

        NetworkTrace Ask() => NetworkTrace.Record(reference, network, NoiseKind.Mapping, new Weights.Own(1, 0), input);
    }
}
