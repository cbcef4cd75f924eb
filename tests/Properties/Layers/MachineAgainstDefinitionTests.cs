using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

/// <summary>The machine against the definition, which shares no code with it: every place of generated networks, signal and both noises.</summary>
public class MachineAgainstDefinitionTests
{
    [Law(MaxTest = 500)]
    public void Generated_networks_equal_the_definition_at_every_place(Network network) => Compare(network);

    [Law(MaxTest = 300)]
    public void Composed_networks_equal_the_definition_at_every_place(ComposedCase composed) => Compare(composed.Network);

    private static void Compare(Network network)
    {
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        foreach (var (kind, writtenOut) in new[] { (NoiseKind.Mapping, WrittenOutNoise.Mapping), (NoiseKind.Full, WrittenOutNoise.Full) })
        {
            var (parameters, seen) = (new Recording(), new Places());
            try
            {
                DescribedNetworks.Propagate(network, signal, noise, kind, parameters, seen);
            }
            catch (DegenerateChannelException)
            {
                DescribedNetworks.MayRefuse(network.Layers).Should().BeTrue("only a norm without ε refuses constant features: {0}", network);
                return;
            }

            WrittenOutPropagation expected;
            try
            {
                expected = new WrittenOutMapping(network, parameters.Drawn).Propagate(
                    new(DescribedNetworks.Images, network.Input.Height, network.Input.Width, network.Input.Channels, signal, noise),
                    writtenOut
                );
            }
            catch (WrittenOutConstantException)
            {
                // Features that vary by their rounding alone are constant to the one and not to the other.
                DescribedNetworks.MayRefuse(network.Layers).Should().BeTrue("only a norm without ε refuses constant features: {0}", network);
                return;
            }

            seen.All.Should().HaveCount(expected.Places.Count);
            var peak = (Signal: Propagations.Rms(signal), Noise: Propagations.Rms(noise));
            foreach (var ((actualSignal, actualNoise), place) in seen.All.Zip(expected.Places))
            {
                peak = (Math.Max(peak.Signal, Propagations.Rms(place.Features.Signal)), Math.Max(peak.Noise, Propagations.Rms(place.Features.Noise)));
                Distance(actualSignal, place.Features.Signal, peak.Signal).Should().BeLessThan(1e-8, "the signal at {0}", place);
                Distance(actualNoise, place.Features.Noise, peak.Noise).Should().BeLessThan(1e-8, "the noise at {0}, {1}", place, kind);
            }
        }
    }

    /// <summary>The largest difference, relative to the rms, or to a thousandth of the largest rms so far where that has cancelled.</summary>
    private static double Distance(double[] actual, double[] expected, double peak)
    {
        var scale = Math.Max(Propagations.Rms(expected), 1e-3 * peak);
        return actual.Zip(expected, (x, y) => Math.Abs(x - y)).Largest() / (scale == 0 ? 1 : scale);
    }

    private sealed class Recording : IParameterSource<double>
    {
        private readonly RandomParameters<double> _random = new(7, 1);

        public List<double[]> Drawn { get; } = [];

        public void Fill(ParameterTensor tensor, Span<double> values)
        {
            _random.Fill(tensor, values);
            Drawn.Add(values.ToArray());
        }
    }

    private sealed class Places : IPlaceObserver<double>
    {
        public List<(double[] Signal, double[] Noise)> All { get; } = [];

        public bool Observes(int index, Networks.Place place) => true;

        public void Observe(int index, Networks.Place place, SignalAndNoise<double> values) => All.Add((values.TrueSignal(), values.TrueNoise()));
    }
}
