using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

/// <summary>The laws of the machine on generated networks.</summary>
public class GeneratedNetworkMachineTests
{
    /// <summary>Below this share of the largest signal or noise on the way, a result is what cancellation left.</summary>
    private const double LeastShare = 1e-3;

    [Law(MaxTest = 300)]
    public void Places_and_parameters_come_in_the_order_of_the_description(Network network)
    {
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        if (!Propagates(network, signal, noise))
        {
            return;
        }

        var (asked, seen) = (new List<ParameterTensor>(), new List<(int Index, Shape Shape)>());
        var random = new RandomParameters<double>(7, 1);
        var source = new Source(
            (tensor, values) =>
            {
                asked.Add(tensor);
                random.Fill(tensor, values);
            }
        );
        var observer = new Observer((index, values) => seen.Add((index, new(values.Shape.Height, values.Shape.Width, values.Shape.Channels))));

        DescribedNetworks.Propagate(network, signal, noise, parameters: source, observer: observer);

        asked.Should().Equal(ParameterList.Enumerate(network));
        seen.Should().Equal(network.Places.Select((place, index) => (index, place.Shape)));
    }

    [Law(MaxTest = 300)]
    public void Full_noise_is_the_difference_quotient_of_the_whole_batch(Network network)
    {
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        if (!Propagates(network, signal, noise))
        {
            return;
        }

        var derivative = DescribedNetworks.Propagate(network, signal, noise, NoiseKind.Full).Noise;
        var peak = Peak(network, signal, noise, NoiseKind.Full);

        // Elements behind a kink that a step crosses differ at one step and agree at a smaller one, where the rounding of differences is larger.
        var distances = new[] { 1e-3, 1e-4, 1e-5, 1e-6, 1e-7 }.Select(step =>
        {
            var ahead = DescribedNetworks.Propagate(network, Moved(signal, noise, step), noise).Signal;
            var back = DescribedNetworks.Propagate(network, Moved(signal, noise, -step), noise).Signal;
            double[] quotient = [.. ahead.Zip(back, (a, b) => (a - b) / (2 * step))];
            return Distance(derivative, quotient, peak.Noise) - (1e-13 * peak.Signal / step / Math.Max(Propagations.Rms(quotient), LeastShare * peak.Noise));
        });
        distances.Min().Should().BeLessThan(1e-4);
    }

    [Law(MaxTest = 300)]
    public void Noise_is_linear_and_zero_noise_stays_zero(Network network)
    {
        var (signal, first, second) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2), DescribedNetworks.Input(network, 3));
        if (!Propagates(network, signal, first))
        {
            return;
        }

        foreach (var kind in Enum.GetValues<NoiseKind>())
        {
            var ofFirst = DescribedNetworks.Propagate(network, signal, first, kind).Noise;
            var ofSecond = DescribedNetworks.Propagate(network, signal, second, kind).Noise;
            var ofBoth = DescribedNetworks.Propagate(network, signal, [.. first.Zip(second, (x, y) => (2 * x) + y)], kind).Noise;

            Distance(ofBoth, [.. ofFirst.Zip(ofSecond, (x, y) => (2 * x) + y)], Peak(network, signal, first, kind).Noise).Should().BeLessThan(1e-7);
            DescribedNetworks.Propagate(network, signal, new double[first.Length], kind).Noise.Should().OnlyContain(value => value == 0);
        }
    }

    [Law(MaxTest = 200)]
    public void Observers_and_threads_change_no_bit(Network network)
    {
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        if (!Propagates(network, signal, noise))
        {
            return;
        }

        var plain = DescribedNetworks.Propagate(network, signal, noise);
        var other = DescribedNetworks.Propagate(network, signal, noise, observer: new Observer((_, _) => { }), threads: 2);

        other.Signal.Should().Equal(plain.Signal);
        other.Noise.Should().Equal(plain.Noise);
    }

    /// <summary>Differences relative to the rms of what is expected, or to a share of the largest rms on the way where that has cancelled.</summary>
    private static IEnumerable<double> Differences(double[] actual, double[] expected, double peak)
    {
        var scale = Math.Max(Propagations.Rms(expected), LeastShare * peak);
        return actual.Zip(expected, (x, y) => Math.Abs(x - y) / (scale == 0 ? 1 : scale));
    }

    private static double Distance(double[] actual, double[] expected, double peak) => Differences(actual, expected, peak).Largest();

    /// <summary>The largest rms of signal and noise at any place.</summary>
    private static (double Signal, double Noise) Peak(Network network, double[] signal, double[] noise, NoiseKind kind)
    {
        var peak = (Signal: Propagations.Rms(signal), Noise: Propagations.Rms(noise));
        DescribedNetworks.Propagate(
            network,
            signal,
            noise,
            kind,
            observer: new Observer(
                (_, values) => peak = (Math.Max(peak.Signal, Propagations.Rms(values.TrueSignal())), Math.Max(peak.Noise, Propagations.Rms(values.TrueNoise())))
            )
        );
        return peak;
    }

    /// <summary>
    /// False for a network whose norms meet constant features without ε, which is refused, and for one where these are constant but for rounding, such as
    /// positions after two attentions: there the output is rounding enlarged, and moves as a whole where the input moves in its last digits.
    /// </summary>
    private static bool Propagates(Network network, double[] signal, double[] noise)
    {
        try
        {
            var output = DescribedNetworks.Propagate(network, signal, noise).Signal;
            return !DescribedNetworks.MayRefuse(network.Layers)
                || Distance(DescribedNetworks.Propagate(network, Moved(signal, noise, 1e-12), noise).Signal, output, Propagations.Rms(output)) < 1e-6;
        }
        catch (DegenerateChannelException)
        {
            DescribedNetworks.MayRefuse(network.Layers).Should().BeTrue("only a norm without ε refuses constant features: {0}", network);
            return false;
        }
    }

    private static double[] Moved(double[] signal, double[] direction, double step) => [.. signal.Zip(direction, (x, d) => x + (step * d))];

    private sealed class Source(Action<ParameterTensor, double[]> fill) : IParameterSource<double>
    {
        public void Fill(ParameterTensor tensor, Span<double> values)
        {
            var array = values.ToArray();
            fill(tensor, array);
            array.CopyTo(values);
        }
    }

    private sealed class Observer(Action<int, SignalAndNoise<double>> observe) : IPlaceObserver<double>
    {
        public bool Observes(int index, Networks.Place place) => true;

        public void Observe(int index, Networks.Place place, SignalAndNoise<double> values) => observe(index, values);
    }
}
