using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

public class WrittenOutNormTests
{
    private const int Images = 3;
    private static readonly Shape Input = new(2, 3, 4);

    /// <summary>Each norm with ε and scale, and which features share their statistics: equal numbers for equal sets.</summary>
    private static readonly (Func<double, double, Norm> Norm, Func<int, int, int, int> Set)[] Norms =
    [
        ((epsilon, scale) => new BatchNorm { Epsilon = epsilon, Scale = scale }, (_, _, channel) => channel),
        ((epsilon, scale) => new LayerNorm { Epsilon = epsilon, Scale = scale }, (image, position, _) => (image * 100) + position),
        (
            (epsilon, scale) =>
                new LayerNorm
                {
                    Epsilon = epsilon,
                    Scale = scale,
                    Over = NormalisedOver.All,
                },
            (image, _, _) => image
        ),
        ((epsilon, scale) => new GroupNorm(2) { Epsilon = epsilon, Scale = scale }, (image, _, channel) => (image * 100) + (channel / 2)),
        ((epsilon, scale) => new InstanceNorm { Epsilon = epsilon, Scale = scale }, (image, _, channel) => (image * 100) + channel),
    ];

    private static readonly (Func<double, double, Norm> Norm, Func<int, int, int, int> Set)[] RmsNorms =
    [
        ((epsilon, scale) => new RmsNorm { Epsilon = epsilon, Scale = scale }, (image, position, _) => (image * 100) + position),
        (
            (epsilon, scale) =>
                new RmsNorm
                {
                    Epsilon = epsilon,
                    Scale = scale,
                    Over = NormalisedOver.All,
                },
            (image, _, _) => image
        ),
    ];

    [Law(MaxTest = 30)]
    public void D4_normalised_features_have_mean_zero_and_variance_one_reduced_by_epsilon(int seed)
    {
        const double epsilon = 0.3;
        const double scale = -1.7;
        foreach (var (norm, set) in Norms)
        {
            var input = Draw(seed);
            var output = Propagate(norm(epsilon, scale), input);
            foreach (var features in Sets(set))
            {
                var variance = Mean(features, i => Square(input.Signal[i] - Mean(features, j => input.Signal[j])));
                Mean(features, i => output.Signal[i]).Should().BeApproximately(0, 1e-14);
                Mean(features, i => Square(output.Signal[i])).Should().BeApproximately(scale * scale * variance / (variance + epsilon), 1e-13);
            }
        }

        foreach (var (norm, set) in RmsNorms)
        {
            var input = Draw(seed);
            var output = Propagate(norm(epsilon, scale), input);
            foreach (var features in Sets(set))
            {
                var square = Mean(features, i => Square(input.Signal[i]));
                Mean(features, i => Square(output.Signal[i])).Should().BeApproximately(scale * scale * square / (square + epsilon), 1e-13);
                output.Signal[features[0]].Should().BeApproximately(scale * input.Signal[features[0]] / Math.Sqrt(square + epsilon), 1e-13);
            }
        }
    }

    [Law(MaxTest = 30)]
    public void D4_full_noise_after_a_norm_has_mean_zero_and_is_orthogonal_to_the_signal(int seed)
    {
        foreach (var (norm, set) in Norms)
        {
            var output = Propagate(norm(0, 1), Draw(seed));
            foreach (var features in Sets(set))
            {
                Mean(features, i => output.Noise[i]).Should().BeApproximately(0, 1e-11);
                Mean(features, i => output.Noise[i] * output.Signal[i]).Should().BeApproximately(0, 1e-11);
            }
        }

        foreach (var (norm, set) in RmsNorms)
        {
            var output = Propagate(norm(0, 1), Draw(seed));
            Sets(set).Should().OnlyContain(features => Math.Abs(Mean(features, i => output.Noise[i] * output.Signal[i])) < 1e-11);
        }
    }

    [Law(MaxTest = 30)]
    public void D3_norms_without_epsilon_do_not_depend_on_scale_and_shift_of_the_input(int seed)
    {
        foreach (var (norm, _) in Norms)
        {
            var input = Draw(seed);
            var (one, other) = (
                Propagate(norm(0, 1), input),
                Propagate(norm(0, 1), input.With([.. input.Signal.Select(value => (3 * value) + 2)], input.Noise))
            );
            Propagations.Distance(other.Signal, one.Signal).Should().BeLessThan(1e-10);
            Propagations.Distance([.. other.Noise.Select(value => 3 * value)], one.Noise).Should().BeLessThan(1e-9);
        }
    }

    [Law(MaxTest = 30)]
    public void The_derivative_of_a_norm_is_its_own_adjoint(int seed)
    {
        foreach (var (norm, _) in Norms.Concat(RmsNorms))
        {
            var (input, a, b) = (Draw(seed), Draw(seed, 3).Signal, Draw(seed, 4).Signal);
            var (ofA, ofB) = (Propagate(norm(0.1, 0.7), input.With(input.Signal, a)).Noise, Propagate(norm(0.1, 0.7), input.With(input.Signal, b)).Noise);
            Product(b, ofA).Should().BeApproximately(Product(a, ofB), 1e-12 * (1 + Product(a, a) + Product(b, b)));
        }
    }

    [Law(MaxTest = 30)]
    public void B5_noise_of_the_mapping_is_divided_by_the_deviation_of_a_batch(int seed)
    {
        var input = Draw(seed);
        var output = new WrittenOutMapping(new("norm", Input, [new BatchNorm { Epsilon = 0.3, Scale = 2 }]), []).Propagate(input).Output;
        foreach (var features in Sets((_, _, channel) => channel))
        {
            var variance = Mean(features, i => Square(input.Signal[i] - Mean(features, j => input.Signal[j])));
            features.Should().OnlyContain(i => Math.Abs(output.Noise[i] - (2 * input.Noise[i] / Math.Sqrt(variance + 0.3))) < 1e-13);
        }
    }

    [Law(MaxTest = 30)]
    public void Norms_over_the_same_features_are_the_same(int seed)
    {
        var input = Draw(seed);
        Same(new GroupNorm(4), new InstanceNorm(), Input, input);
        Same(new GroupNorm(1), new LayerNorm { Over = NormalisedOver.All }, Input, input);
        Same(new InstanceNorm(), new BatchNorm { Epsilon = 1e-5 }, new(6, 3, 4), new(1, 6, 3, 4, input.Signal, input.Noise));
        var flat = new WrittenOutFeatures(Images * 6, 1, 1, 4, input.Signal, input.Noise);
        Same(new LayerNorm(), new LayerNorm { Over = NormalisedOver.All }, new(1, 1, 4), flat);
        Same(new RmsNorm(), new RmsNorm { Over = NormalisedOver.All }, new(1, 1, 4), flat);
        // What is centred has its deviation for root mean square; of the noise the mean must be gone too.
        var centred = Propagate(new LayerNorm { Epsilon = 0 }, input);
        Same(new LayerNorm(), new RmsNorm(), Input, centred);
    }

    private static void Same(Norm one, Norm other, Shape shape, WrittenOutFeatures input)
    {
        var (first, second) = (Propagate(one, input, shape), Propagate(other, input, shape));
        Propagations.Distance(first.Signal, second.Signal).Should().BeLessThan(1e-10, "{0} and {1}", one, other);
        Propagations.Distance(first.Noise, second.Noise).Should().BeLessThan(1e-10, "{0} and {1}", one, other);
    }

    private static WrittenOutFeatures Propagate(Norm norm, WrittenOutFeatures input, Shape? shape = null) =>
        new WrittenOutMapping(new("norm", shape ?? Input, [norm]), []).Propagate(input, WrittenOutNoise.Full).Output;

    private static WrittenOutFeatures Draw(int seed, int salt = 1)
    {
        var drawn = new ComposedCase(new("none", Input, Networks.Layers.None), Images, seed % 100_000);
        return drawn.Features(drawn.Input(salt), drawn.Input(salt + 10));
    }

    /// <summary>Where the features of each set stand.</summary>
    private static IEnumerable<int[]> Sets(Func<int, int, int, int> set) =>
        from image in Enumerable.Range(0, Images)
        from position in Enumerable.Range(0, 6)
        from channel in Enumerable.Range(0, 4)
        group (((image * 6) + position) * 4) + channel by set(image, position, channel) into features
        select features.ToArray();

    private static double Mean(int[] features, Func<int, double> value) => features.Average(value);

    private static double Square(double value) => value * value;

    private static double Product(double[] left, double[] right) => left.Zip(right, (x, y) => x * y).Sum();
}
