using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Layers that must give the same output as each other, or as their input.</summary>
public class WrittenOutIdentityTests
{
    private const int Images = 2;
    private static readonly Shape Input = new(4, 6, 4);

    [Law(MaxTest = 20)]
    public void Identity_layers_leave_signal_and_noise_unchanged(int seed)
    {
        var input = Draw(seed);
        Same(Propagate([new Scaling(1)], input), input);
        Same(Propagate([new Activation(new(FunctionKind.Linear))], input), input);
        Same(Propagate([new Dropout(1)], input, [1, 1, 1, 1]), input);
        Same(Propagate([new AveragePool(1), new MaxPool(1)], input), input);
        Same(Propagate([new Convolution(3)], input, Central), input);
        Same(Propagate([new Residual([new Activation(new(FunctionKind.Tanh))]) { BranchScale = 0 }], input), input);
        Same(Propagate([new Residual([new Activation(new(FunctionKind.Tanh))]) { Survival = 0.5 }], input, [0]), input);
        Same(Propagate([new Residual([new Scaling(7)]) { SkipScale = 0.5, BranchScale = 1.0 / 14 }], input), input);
        Propagate([new Flatten()], input).Signal.Should().Equal(input.Signal);
    }

    [Law(MaxTest = 20)]
    public void Pooling_equal_features_leaves_their_value_unchanged(int seed)
    {
        var values = Draw(seed).Signal;
        double[] equal = [.. Enumerable.Range(0, values.Length).Select(i => values[i % 4])];
        var noise = Draw(seed).Noise;
        foreach (var pool in new Layer[] { new AveragePool(2), new MaxPool(2), new GlobalAveragePool() })
        {
            var output = Propagate([pool], new(Images, 4, 6, 4, equal, noise));
            output.Signal.Should().HaveCount(pool is GlobalAveragePool ? Images * 4 : Images * 24);
            output.Signal.Select((value, i) => value - values[i % 4]).Should().OnlyContain(difference => Math.Abs(difference) < 1e-14);
        }

        // Of equals the first one's noise passes.
        var largest = Propagate([new MaxPool(2)], new(Images, 4, 6, 4, equal, noise));
        largest.Noise[..4].Should().Equal(noise[..4]);
    }

    [Law(MaxTest = 20)]
    public void Pooling_in_two_steps_equals_pooling_in_one(int seed)
    {
        var input = Draw(seed, new(4, 4, 4));
        Same(Propagate([new AveragePool(4)], input), Propagate([new AveragePool(2), new AveragePool(2)], input));
        Same(Propagate([new AveragePool(4)], input), Propagate([new GlobalAveragePool()], input));
        Same(Propagate([new MaxPool(4)], input), Propagate([new MaxPool(2), new MaxPool(2)], input));
        var row = new WrittenOutFeatures(Images, 1, 16, 4, input.Signal, input.Noise);
        Same(Propagate([new AveragePool(16)], row), Propagate([new GlobalAveragePool()], row));
    }

    [Law(MaxTest = 20)]
    public void Convolutions_with_equivalent_options_and_weights_give_the_same_output(int seed)
    {
        var (input, weights) = (Draw(seed), Weights(seed, 9 * 4 * 4));
        foreach (var boundary in Enum.GetValues<Boundary>())
        {
            var plain = Propagate([new Convolution(3) { Boundary = boundary }], input, weights);
            // A stride leaves out outputs.
            Same(Propagate([new Convolution(3) { Boundary = boundary, Stride = 2 }], input, weights), EveryOther(plain));
            // A dilation leaves out inputs: a larger kernel with zeros.
            double[] sparse =
            [
                .. Enumerable
                    .Range(0, 25)
                    .SelectMany(offset =>
                        (offset / 5 % 2, offset % 5 % 2) == (0, 0) ? weights.Skip(((offset / 5 / 2 * 3) + (offset % 5 / 2)) * 16).Take(16) : new double[16]
                    ),
            ];
            var wide = Draw(seed, new(8, 6, 4));
            Same(
                Propagate([new Convolution(3) { Boundary = boundary, Dilation = 2 }], wide, weights),
                Propagate([new Convolution(5) { Boundary = boundary }], wide, sparse)
            );
            // Groups are blocks of weights on a diagonal.
            var grouped = Weights(seed + 1, 9 * 2 * 4);
            double[] blocks =
            [
                .. Enumerable.Range(0, 9 * 4 * 4).Select(i => (i / 4 % 4 / 2) == (i % 4 / 2) ? grouped[(((i / 16 * 2) + (i / 4 % 2)) * 4) + (i % 4)] : 0),
            ];
            Same(
                Propagate([new Convolution(3) { Boundary = boundary, Groups = 2 }], input, grouped),
                Propagate([new Convolution(3) { Boundary = boundary }], input, blocks)
            );
            Same(
                Propagate([new Convolution(3) { Boundary = boundary, Groups = 4 }], input, Weights(seed, 36)),
                Propagate([new Convolution(3) { Boundary = boundary, Groups = Convolution.EachChannel }], input, Weights(seed, 36))
            );
        }

        Same(Propagate([new Convolution(1)], input, Weights(seed, 16)), Propagate([new Dense()], input, Weights(seed, 16)));
    }

    [Law(MaxTest = 20)]
    public void The_adjoint_of_a_periodic_convolution_is_the_one_with_reversed_weights(int seed)
    {
        var weights = Weights(seed, 9 * 4 * 4);
        double[] reversed = [.. Enumerable.Range(0, weights.Length).Select(i => weights[((8 - (i / 16)) * 16) + (i % 4 * 4) + (i / 4 % 4)])];
        var (a, b) = (Draw(seed).Noise, Draw(seed + 1).Noise);

        var (left, right) = (Noise(weights, a), Noise(reversed, b));
        Product(b, left).Should().BeApproximately(Product(a, right), 1e-12 * Math.Sqrt(Product(b, b) * Product(left, left)));

        double[] Noise(double[] kernel, double[] dx) => Propagate([new Convolution(3)], new(Images, 4, 6, 4, dx, dx), kernel).Noise;
    }

    [Law(MaxTest = 20)]
    public void A_patch_of_three_rows_on_a_single_row_reads_that_row_or_zeros_beyond_the_border(int seed)
    {
        // A patch of three rows on one row: with a periodic or mirrored border the row itself three times, with zeros once.
        var row = new Shape(1, 5, 4);
        var (input, weights) = (Draw(seed, row), Weights(seed, 9 * 4 * 4));
        var tripled = new WrittenOutFeatures(Images, 3, 5, 4, Tripled(input.Signal), Tripled(input.Noise));
        foreach (var boundary in new[] { Boundary.Periodic, Boundary.Symmetric })
        {
            var output = Propagate([new Convolution(3) { Boundary = boundary }], tripled, weights);
            Tripled(Propagate([new Convolution(3) { Boundary = boundary }], input, weights).Signal).Should().Equal(output.Signal);
        }

        double[] middle = [.. weights.Skip(3 * 16).Take(3 * 16)];
        double[] padded = [.. new double[3 * 16], .. middle, .. new double[3 * 16]];
        Same(
            Propagate([new Convolution(3) { Boundary = Boundary.ZeroPadding }], input, weights),
            Propagate([new Convolution(3) { Boundary = Boundary.ZeroPadding }], input, padded)
        );
    }

    [Fact]
    public void Positions_far_beyond_the_border_are_wrapped_or_mirrored_repeatedly()
    {
        int?[] periodic = [.. Enumerable.Range(-7, 17).Select(position => WrittenOutBoundary.Source(Boundary.Periodic, position, 3))];
        periodic.Should().Equal(2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0);
        int?[] symmetric = [.. Enumerable.Range(-7, 17).Select(position => WrittenOutBoundary.Source(Boundary.Symmetric, position, 3))];
        symmetric.Should().Equal(0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2);
        int?[] zeros = [.. Enumerable.Range(-2, 7).Select(position => WrittenOutBoundary.Source(Boundary.ZeroPadding, position, 3))];
        zeros.Should().Equal(null, null, 0, 1, 2, null, null);
    }

    [Law(MaxTest = 20)]
    public void Attention_with_zero_queries_averages_the_values(int seed)
    {
        // Queries of zero weights: all positions count alike, those before a position alone where it is causal.
        var (input, values) = (Draw(seed), Weights(seed, 16));
        double[] identity = [.. Enumerable.Range(0, 16).Select(i => i % 5 == 0 ? 1.0 : 0)];
        var projected = Propagate([new Dense()], input, values);
        var mean = Propagate([new GlobalAveragePool()], projected);

        var output = Propagate([new Attention(2)], input, new double[16], Weights(seed + 1, 16), values, identity);
        var causal = Propagate([new Attention(4) { Causal = true }], input, new double[16], Weights(seed + 1, 16), values, identity);

        for (var i = 0; i < output.Signal.Length; i++)
        {
            output.Signal[i].Should().BeApproximately(mean.Signal[(i / 96 * 4) + (i % 4)], 1e-13);
        }

        causal.Signal[..4].Should().Equal(projected.Signal[..4]);
        causal.Signal[95].Should().BeApproximately(output.Signal[95], 1e-13);
    }

    [Law(MaxTest = 20)]
    public void Causal_attention_does_not_depend_on_later_positions(int seed)
    {
        var input = Draw(seed);
        double[][] weights = [.. Enumerable.Range(0, 4).Select(i => Weights(seed + i, 16))];
        var other = input.With([.. input.Signal.Select((value, i) => i % 96 >= 48 ? -value : value)], input.Noise);

        var (one, two) = (Propagate([new Attention(2) { Causal = true }], input, weights), Propagate([new Attention(2) { Causal = true }], other, weights));

        one.Signal[..48].Should().Equal(two.Signal[..48]);
        one.Noise[..48].Should().Equal(two.Noise[..48]);
        one.Signal[48..96].Should().NotEqual(two.Signal[48..96]);
    }

    [Law(MaxTest = 20)]
    public void Repeats_are_their_units_one_after_the_other(int seed)
    {
        var input = Draw(seed);
        double[][] weights = [.. Enumerable.Range(0, 4).Select(i => Weights(seed + i, 16))];
        Networks.Layers unit = [new Dense(), new Activation(new(FunctionKind.Gelu))];
        var flat = Propagate([.. unit, .. unit, .. unit, .. unit], input, weights);
        Same(Propagate([new Repeat(4, unit)], input, weights), flat);
        Same(Propagate([new Repeat(2, [new Repeat(2, unit)])], input, weights), flat);
    }

    [Law(MaxTest = 20)]
    public void Scales_by_depth_and_by_unit_count_the_units_of_the_innermost_repeat(int seed)
    {
        var input = Draw(seed);
        Networks.Layers tanh = [new Activation(new(FunctionKind.Tanh))];
        Same(
            Propagate([new Repeat(2, [new Repeat(3, [new Residual(tanh) { BranchScale = ResidualScale.ByDepth, SkipScale = ResidualScale.ByUnit }])])], input),
            Propagate(
                [
                    new Repeat(
                        2,
                        [.. Enumerable.Range(1, 3).Select(unit => new Residual(tanh) { BranchScale = 1 / Math.Sqrt(3), SkipScale = 1 / Math.Sqrt(unit) })]
                    ),
                ],
                input
            )
        );
    }

    [Law(MaxTest = 20)]
    public void Equivalent_functions_and_masks_give_the_same_output(int seed)
    {
        var input = Draw(seed);
        Same(Propagate([new Activation(Function.LeakyRelu(0))], input), Propagate([new Activation(Function.Relu)], input));
        Same(Propagate([new Activation(Function.LeakyRelu(-1))], input), Propagate([new Activation(new(FunctionKind.Abs))], input));
        double[] mask = [2, 0, 0, 2];
        Same(
            Propagate([new Dropout(0.5)], input, mask),
            Propagate([new Dropout(0.5) { Mask = DropoutMask.ByPoint }], input, [.. Enumerable.Range(0, Images * 24).SelectMany(_ => mask)])
        );
    }

    /// <summary>Weights that pass on the middle of each patch.</summary>
    private static double[] Central { get; } = [.. Enumerable.Range(0, 9 * 16).Select(i => i / 16 == 4 && i % 16 % 5 == 0 ? 1.0 : 0)];

    private static WrittenOutFeatures Propagate(Networks.Layers layers, WrittenOutFeatures input, params double[][] parameters) =>
        new WrittenOutMapping(new("layers", new(input.Height, input.Width, input.Channels), layers), parameters).Propagate(input).Output;

    private static void Same(WrittenOutFeatures one, WrittenOutFeatures other)
    {
        Propagations.Distance(one.Signal, other.Signal).Should().BeLessThan(1e-12);
        Propagations.Distance(one.Noise, other.Noise).Should().BeLessThan(1e-12);
    }

    private static WrittenOutFeatures Draw(int seed, Shape? shape = null)
    {
        var drawn = new ComposedCase(new("none", shape ?? Input, Networks.Layers.None), Images, seed % 100_000);
        return drawn.Features();
    }

    private static double[] Weights(int seed, int length) =>
        new ComposedCase(new("none", Input, Networks.Layers.None), Images, seed % 100_000).Normal(7, length);

    private static WrittenOutFeatures EveryOther(WrittenOutFeatures input)
    {
        var points = (
            from image in Enumerable.Range(0, Images)
            from row in Enumerable.Range(0, input.Height / 2)
            from column in Enumerable.Range(0, input.Width / 2)
            from channel in Enumerable.Range(0, 4)
            select input.At(image, 2 * row, 2 * column, channel)
        ).ToList();
        return new(Images, input.Height / 2, input.Width / 2, 4, [.. points.Select(i => input.Signal[i])], [.. points.Select(i => input.Noise[i])]);
    }

    /// <summary>Images of one row of five, three times below each other.</summary>
    private static double[] Tripled(double[] values) => [.. values.Chunk(5 * 4).SelectMany(row => (double[])[.. row, .. row, .. row])];

    private static double Product(double[] left, double[] right) => left.Zip(right, (x, y) => x * y).Sum();
}
