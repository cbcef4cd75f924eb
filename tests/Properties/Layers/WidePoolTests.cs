using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Pooling of so many channels that registers are filled, and some are left over, against its definition.</summary>
public class WidePoolTests
{
    private const int Images = 2;
    private const int Channels = 38;

    private static readonly Shape Input = new(4, 6, Channels);

    [Fact]
    public void An_average_in_single_precision_is_that_in_double_precision_rounded_once()
    {
        var (input, output) = Propagate(new Networks.AveragePool(2));

        Check(input.Signal, output.Signal);
        Check(input.Noise, output.Noise);

        // The sum of four singles of like size is exact in double precision, and so is its quarter.
        static void Check(float[] from, float[] to) => to.Should().Equal(Windows(from).Select(window => (float)(window.Sum(i => (double)from[i]) / 4)));
    }

    [Fact]
    public void A_maximum_takes_the_noise_of_the_largest_signal()
    {
        var (input, output) = Propagate(new Networks.MaxPool(2));

        var largest = Windows(input.Signal).Select(window => window.MaxBy(i => input.Signal[i])).ToArray();
        output.Signal.Should().Equal(largest.Select(i => input.Signal[i]));
        output.Noise.Should().Equal(largest.Select(i => input.Noise[i]));
    }

    private static ((float[] Signal, float[] Noise) Input, (float[] Signal, float[] Noise) Output) Propagate(Layer layer)
    {
        var network = new Network("pool", Input, [layer]);
        using var propagation = new NetworkPropagation<float>(network, Images, NoiseKind.Mapping, threads: 2);
        new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(propagation.Input.Signal, 1);
        new RandomNumbers(1, 0, 1, RandomPurpose.InputNoise).FillNormal(propagation.Input.Noise, 1);
        var input = (propagation.Input.Signal.ToArray(), propagation.Input.Noise.ToArray());
        var output = propagation.Propagate(new RandomParameters<float>(1, 0));
        return (input, (output.Signal.ToArray(), output.Noise.ToArray()));
    }

    /// <summary>The indices of each window, for each number of the output in its order.</summary>
    private static IEnumerable<int[]> Windows(float[] values) =>
        from start in Enumerable.Range(0, values.Length / (2 * Input.Width * Channels))
        from column in Enumerable.Range(0, Input.Width / 2)
        from channel in Enumerable.Range(0, Channels)
        let first = (((2 * start * Input.Width) + (2 * column)) * Channels) + channel
        select new[] { first, first + Channels, first + (Input.Width * Channels), first + ((Input.Width + 1) * Channels) };
}
