using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

/// <summary>What follows from a description alone, held against what the definition does.</summary>
public class WrittenOutFactsTests
{
    [Law(Arbitrary = [typeof(HomogeneousCases)], MaxTest = 250)]
    public void D5_an_input_scaled_by_a_factor_scales_the_output_by_the_factor_to_the_degree(ComposedCase composed)
    {
        var degree = Facts.DegreeOf(composed.Network.Layers)!.Value;
        const double factor = 4;
        var (mapping, input) = (composed.Mapping(), composed.Features());
        var (one, other) = (
            mapping.Propagate(input).Output,
            mapping.Propagate(input.With([.. input.Signal.Select(value => factor * value)], input.Noise)).Output
        );

        // Of equal degree everywhere: the noise has one power less, and comes from the same input noise.
        Distance(other.Signal, one.Signal, Math.Pow(factor, degree)).Should().BeLessThan(1e-9, "{0}", composed.Network);
        Distance(other.Noise, one.Noise, Math.Pow(factor, degree - 1)).Should().BeLessThan(1e-6, "{0}", composed.Network);
    }

    [Law(Arbitrary = [typeof(ShiftedCases)], MaxTest = 250)]
    public void D6_a_shifted_input_shifts_the_output_of_layers_that_commute_with_shifts(ComposedCase composed)
    {
        var shape = composed.Network.Input;
        var shift = Facts.ShiftOf(composed.Network.Layers, shape)!.Value;
        var (mapping, input) = (composed.Mapping(), composed.Features());
        var (rows, columns) = (shape.Height > 1 ? 1 : 0, shape.Width > 1 ? 1 : 0);
        var (output, shifted) = (mapping.Propagate(input).Output, mapping.Propagate(Shifted(input, (int)shift * rows, (int)shift * columns)).Output);

        var expected = Shifted(output, rows, columns);
        Distance(shifted.Signal, expected.Signal, 1).Should().BeLessThan(1e-9, "{0}", composed.Network);
        Distance(shifted.Noise, expected.Noise, 1).Should().BeLessThan(1e-6, "{0}", composed.Network);
    }

    [Law(Arbitrary = [typeof(UncoupledCases)], MaxTest = 250)]
    public void Images_do_not_influence_each_other_unless_batch_norm_couples_them(ComposedCase composed)
    {
        var (mapping, input) = (composed.Mapping(), composed.Features());
        var first = (int)composed.Network.Input.Features;
        var other = input.With(
            [.. input.Signal.Select((value, i) => i < first ? value : 2 - value)],
            [.. input.Noise.Select((value, i) => i < first ? value : -value)]
        );

        var kept = (int)composed.Network.Output.Features;
        var (one, two) = (mapping.Propagate(input).Output, mapping.Propagate(other).Output);
        two.Signal[..kept].Should().Equal(one.Signal[..kept]);
        two.Noise[..kept].Should().Equal(one.Noise[..kept]);
    }

    private static WrittenOutFeatures Shifted(WrittenOutFeatures features, int rows, int columns)
    {
        int[] sources =
        [
            .. from image in Enumerable.Range(0, features.Images)
            from row in Enumerable.Range(0, features.Height)
            from column in Enumerable.Range(0, features.Width)
            from channel in Enumerable.Range(0, features.Channels)
            select features.At(image, (row + rows) % features.Height, (column + columns) % features.Width, channel),
        ];
        return features.With([.. sources.Select(i => features.Signal[i])], [.. sources.Select(i => features.Noise[i])]);
    }

    /// <summary>The largest difference from a multiple, where nothing is larger than 1 relative to the largest element.</summary>
    private static double Distance(double[] actual, double[] expected, double factor)
    {
        var largest = expected.Largest(Math.Abs);
        return actual.Zip(expected, (x, y) => Math.Abs((x / factor) - y)).Largest() / Math.Max(largest, 1e-3);
    }
}
