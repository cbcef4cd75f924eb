using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Norms over so many channels that registers are filled, and some are left over, against their formulas.</summary>
public class WideNormTests
{
    private const int Images = DescribedNetworks.Images;
    private const int Positions = 6;
    private const int Channels = 38;

    private static readonly Dictionary<string, (Norm Norm, int Groups, bool AllPositions, bool Centres)> Norms = new()
    {
        ["layer_norm"] = (new LayerNorm { Epsilon = 0.01, Scale = 1.5 }, 1, false, true),
        ["layer_norm over all"] = (new LayerNorm { Epsilon = 0.01, Over = NormalisedOver.All }, 1, true, true),
        ["rms_norm"] = (new RmsNorm { Epsilon = 0.01 }, 1, false, false),
        ["group_norm"] = (new GroupNorm(2) { Epsilon = 0.01, Scale = 0.5 }, 2, true, true),
        ["narrow groups"] = (new GroupNorm(19) { Epsilon = 0.01 }, 19, true, true),
        ["instance_norm"] = (new InstanceNorm { Epsilon = 0.01 }, Channels, true, true),
    };

    public static TheoryData<string> Names => [.. Norms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Norms_over_many_channels_agree_with_their_formulas_and_threads_change_no_bit(string name)
    {
        var (norm, groups, allPositions, centres) = Norms[name];
        var network = new Network("norm", new Shape(2, 3, Channels), [norm]);
        var (signal, noise) = (DescribedNetworks.Input(network, 1).Select(value => value + 3).ToArray(), DescribedNetworks.Input(network, 2));

        var actual = DescribedNetworks.Propagate(network, signal, noise);

        var (expected, expectedNoise) = (new double[signal.Length], new double[signal.Length]);
        var (blockPoints, width) = (allPositions ? Positions : 1, Channels / groups);
        for (var first = 0; first < Images * Positions; first += blockPoints)
        {
            for (var channel = 0; channel < Channels; channel += width)
            {
                int[] block = [.. Enumerable.Range(first, blockPoints).SelectMany(point => Enumerable.Range((point * Channels) + channel, width))];
                var (mean, noiseMean) = centres ? (block.Average(i => signal[i]), block.Average(i => noise[i])) : (0, 0);
                var variance = block.Average(i => Math.Pow(signal[i] - mean, 2)) + norm.Epsilon;
                var product = block.Average(i => (signal[i] - mean) * (noise[i] - noiseMean));
                foreach (var i in block)
                {
                    expected[i] = norm.Scale * (signal[i] - mean) / Math.Sqrt(variance);
                    expectedNoise[i] = norm.Scale * (noise[i] - noiseMean - ((signal[i] - mean) * product / variance)) / Math.Sqrt(variance);
                }
            }
        }

        Propagations.Distance(actual.Signal, expected).Should().BeLessThan(1e-13);
        Propagations.Distance(actual.Noise, expectedNoise).Should().BeLessThan(1e-13);
        var single = DescribedNetworks.PropagateSingle(network, signal, noise);
        Propagations.Distance(single.Signal, expected).Should().BeLessThan(1e-5);
        DescribedNetworks.PropagateSingle(network, signal, noise, threads: 3).Signal.Should().Equal(single.Signal);
        DescribedNetworks.PropagateSingle(network, signal, noise, threads: 3).Noise.Should().Equal(single.Noise);
    }
}
