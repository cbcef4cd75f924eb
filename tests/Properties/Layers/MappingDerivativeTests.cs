using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>The noise is the derivative of the mapping along the noise of the input: finite differences, linearity, zero noise.</summary>
public class MappingDerivativeTests
{
    public static TheoryData<string> Names => [.. DescribedNetworks.Examples.Keys];

    public static TheoryData<string> NamesWithBatchNorm =>
        [.. DescribedNetworks.Examples.Values.Where(network => DescribedNetworks.Contains<BatchNorm>(network.Layers)).Select(network => network.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Full_noise_is_the_difference_quotient_of_the_whole_batch(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));

        var derivative = DescribedNetworks.Propagate(network, signal, noise, NoiseKind.Full).Noise;

        Distances(input => DescribedNetworks.Propagate(network, input, noise).Signal, signal, noise, derivative).Min().Should().BeLessThan(1e-7);
    }

    [Theory]
    [MemberData(nameof(NamesWithBatchNorm))]
    public void Mapping_noise_is_the_difference_quotient_with_batch_statistics_held(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));

        var mapping = DescribedNetworks.Propagate(network, signal, noise).Noise;
        var full = DescribedNetworks.Propagate(network, signal, noise, NoiseKind.Full).Noise;
        var held = new HeldStatistics(network, signal);

        Propagations.Distance(DescribedNetworks.Propagate(held.Network, signal, noise, parameters: held.Parameters()).Noise, mapping).Should().BeLessThan(1e-9);
        Distances(input => DescribedNetworks.Propagate(held.Network, input, noise, parameters: held.Parameters()).Signal, signal, noise, mapping)
            .Min()
            .Should()
            .BeLessThan(1e-7);
        Propagations.Distance(full, mapping).Should().BeGreaterThan(1e-3, "differentiated statistics change the noise");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Noise_is_linear(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var (signal, first, second) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2), DescribedNetworks.Input(network, 3));
        foreach (var kind in Enum.GetValues<NoiseKind>())
        {
            var ofFirst = DescribedNetworks.Propagate(network, signal, first, kind).Noise;
            var ofSecond = DescribedNetworks.Propagate(network, signal, second, kind).Noise;
            var ofBoth = DescribedNetworks.Propagate(network, signal, [.. first.Zip(second, (x, y) => (-3 * x) + (0.5 * y))], kind).Noise;

            Propagations.Distance(ofBoth, [.. ofFirst.Zip(ofSecond, (x, y) => (-3 * x) + (0.5 * y))]).Should().BeLessThan(1e-11);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Zero_noise_stays_zero_and_the_signal_does_not_depend_on_noise(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));

        var without = DescribedNetworks.Propagate(network, signal, new double[noise.Length]);

        without.Noise.Should().OnlyContain(value => value == 0);
        without.Signal.Should().Equal(DescribedNetworks.Propagate(network, signal, noise).Signal);
    }

    /// <summary>Those among the examples that have a degree: were there none, the test would have no case, which is a failure.</summary>
    public static TheoryData<string> Homogeneous =>
        [.. DescribedNetworks.Examples.Values.Where(network => Facts.DegreeOf(network.Layers) is not null).Select(network => network.Name)];

    [Theory]
    [MemberData(nameof(Homogeneous))]
    public void Homogeneous_networks_scale_with_their_input(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var degree = Facts.DegreeOf(network.Layers)!.Value;
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        var (signalOut, noiseOut) = DescribedNetworks.Propagate(network, signal, noise);
        foreach (var exponent in new[] { 3, -300, 300 })
        {
            var (scaledSignal, scaledNoise) = DescribedNetworks.Propagate(network, Scaled(signal, exponent), noise);
            Propagations.Distance(scaledSignal, Scaled(signalOut, degree * exponent)).Should().BeLessThan(1e-12);
            Propagations.Distance(scaledNoise, Scaled(noiseOut, (degree - 1) * exponent)).Should().BeLessThan(1e-12);
        }
    }

    private static double[] Scaled(double[] values, int exponent) => [.. values.Select(value => Math.ScaleB(value, exponent))];

    /// <summary>Distances between a derivative and central differences with several steps, of which one is small enough and not too small.</summary>
    private static IEnumerable<double> Distances(Func<double[], double[]> mapping, double[] signal, double[] direction, double[] derivative)
    {
        foreach (var step in new[] { 1e-4, 1e-5, 1e-6 })
        {
            var ahead = mapping([.. signal.Zip(direction, (x, d) => x + (step * d))]);
            var back = mapping([.. signal.Zip(direction, (x, d) => x - (step * d))]);
            yield return Propagations.Distance(derivative, [.. ahead.Zip(back, (a, b) => (a - b) / (2 * step))]);
        }
    }

    /// <summary>The same network with the statistics of its batch norms at a signal written into dense layers.</summary>
    private sealed class HeldStatistics : IPlaceObserver<double>
    {
        private readonly List<double[]> _weights = [];
        private readonly List<double[]> _biases = [];
        private readonly ParameterTensor[] _original;
        private double[] _before;

        public HeldStatistics(Network network, double[] signal)
        {
            _before = signal;
            _original = [.. ParameterList.Enumerate(network)];
            DescribedNetworks.Propagate(network, signal, new double[signal.Length], observer: this);
            Network = new(network.Name, network.Input, Replaced(network.Layers));
        }

        public Network Network { get; }

        public IParameterSource<double> Parameters() => new Source(this);

        public bool Observes(int index, Networks.Place place) => true;

        public void Observe(int index, Networks.Place place, SignalAndNoise<double> values)
        {
            if (place.After is BatchNorm norm)
            {
                Hold(norm, values.Shape);
            }

            _before = values.TrueSignal();
        }

        private void Hold(BatchNorm norm, TensorShape shape)
        {
            var (weights, biases) = (new double[shape.Channels * shape.Channels], new double[shape.Channels]);
            foreach (var (channel, values) in Batches.ByChannel(shape, _before).Index())
            {
                var factor = norm.Scale / Math.Sqrt(Batches.Variance(values) + norm.Epsilon);
                weights[(channel * shape.Channels) + channel] = factor;
                biases[channel] = -factor * values.Average();
            }

            _weights.Add(weights);
            _biases.Add(biases);
        }

        private static Layers Replaced(Layers layers) =>
            [
                .. layers.Select(layer =>
                    layer switch
                    {
                        BatchNorm => new Dense { Parameters = new(1, 1) },
                        Residual residual => residual with { Branch = Replaced(residual.Branch), Skip = Replaced(residual.Skip) },
                        Repeat repeat => repeat with { Unit = Replaced(repeat.Unit) },
                        _ => layer,
                    }
                ),
            ];

        /// <summary>The original's parameters, and between them those that hold statistics: their variances tell them apart.</summary>
        private sealed class Source(HeldStatistics held) : IParameterSource<double>
        {
            private readonly RandomParameters<double> _random = new(7, 1);
            private int _nextOriginal;
            private int _nextHeld;

            public void Fill(ParameterTensor tensor, Span<double> values)
            {
                if (tensor.Layer is not Dense { Parameters: { WeightVariance: 1, BiasVariance: 1 } })
                {
                    _random.Fill(held._original[_nextOriginal++], values);
                }
                else if (tensor.Kind == ParameterKind.Weights)
                {
                    held._weights[_nextHeld].CopyTo(values);
                }
                else
                {
                    held._biases[_nextHeld++].CopyTo(values);
                }
            }
        }
    }
}
