using FluentAssertions;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

/// <summary>What follows from a description alone, held against what the machine does on generated networks; the definition has the same laws.</summary>
public class GeneratedNetworkFactsTests
{
    /// <summary>
    /// Rounding of double precision, which norms enlarge. Measured: signals of three times 250 networks differed by less than 10⁻¹², and noise by less than
    /// 10⁻⁹; noise is allowed a thousand times as much, since it is multiplied by slopes that change with the signal.
    /// </summary>
    private const double Rounding = 1e-9;

    [Law(Arbitrary = [typeof(HomogeneousCases)], MaxTest = 250)]
    public void D5_an_input_scaled_by_a_factor_scales_the_output_by_the_factor_to_the_degree(ComposedCase composed)
    {
        var network = composed.Network;
        var degree = Facts.DegreeOf(network.Layers)!.Value;
        const double factor = 4;
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        var one = DescribedNetworks.Propagate(network, signal, noise);
        var other = DescribedNetworks.Propagate(network, [.. signal.Select(value => factor * value)], noise);

        Distance(other.Signal, one.Signal, Math.Pow(factor, degree)).Should().BeLessThan(Rounding, "{0}", network);
        Distance(other.Noise, one.Noise, Math.Pow(factor, degree - 1)).Should().BeLessThan(1e3 * Rounding, "{0}", network);
    }

    [Law(Arbitrary = [typeof(ShiftedCases)], MaxTest = 250)]
    public void D6_a_shifted_input_shifts_the_output_of_layers_that_commute_with_shifts(ComposedCase composed)
    {
        var network = composed.Network;
        var shift = (int)Facts.ShiftOf(network.Layers, network.Input)!.Value;
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        var (rows, columns) = (network.Input.Height > 1 ? 1 : 0, network.Input.Width > 1 ? 1 : 0);
        var output = DescribedNetworks.Propagate(network, signal, noise);
        var shifted = DescribedNetworks.Propagate(
            network,
            Shifted(signal, network.Input, shift * rows, shift * columns),
            Shifted(noise, network.Input, shift * rows, shift * columns)
        );

        Distance(shifted.Signal, Shifted(output.Signal, network.Output, rows, columns), 1).Should().BeLessThan(Rounding, "{0}", network);
        Distance(shifted.Noise, Shifted(output.Noise, network.Output, rows, columns), 1).Should().BeLessThan(1e3 * Rounding, "{0}", network);
    }

    private static double[] Shifted(double[] values, Shape shape, int rows, int columns) =>
        [
            .. from image in Enumerable.Range(0, DescribedNetworks.Images)
            from row in Enumerable.Range(0, shape.Height)
            from column in Enumerable.Range(0, shape.Width)
            from channel in Enumerable.Range(0, shape.Channels)
            select values[
                (((((image * shape.Height) + ((row + rows) % shape.Height)) * shape.Width) + ((column + columns) % shape.Width)) * shape.Channels) + channel
            ],
        ];

    /// <summary>The largest difference from a multiple, relative to the largest element.</summary>
    private static double Distance(double[] actual, double[] expected, double factor) =>
        actual.Zip(expected, (x, y) => Math.Abs((x / factor) - y)).Largest() / Math.Max(expected.Largest(Math.Abs), 1e-3);
}
