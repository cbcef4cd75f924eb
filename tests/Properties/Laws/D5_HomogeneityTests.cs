using FluentAssertions;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

public class D5_HomogeneityTests
{
    /// <summary>Each side rounds on its own through a few layers; batch norm over few points may amplify that.</summary>
    private const double Rounding = 1e-8;

    [Law(MaxTest = 150)]
    public void D5_signals_scale_with_the_input_without_batch_norm_and_stay_the_same_with_it(NetworkCase network)
    {
        // Where batch norm sits inside a residual branch the skip scales and the branch does not: no law there.
        if (network.Architecture == "bn_res")
        {
            return;
        }

        const double factor = 3.7;
        var (signal, noise) = (network.RandomInput(1), network.RandomInput(2));
        var kernels = network.RandomKernels();
        var output = Run(network, signal, noise, kernels).Signal;
        var scaled = Run(network, [.. signal.Select(value => factor * value)], noise, kernels).Signal;

        var expected = network.Architecture == "bn_ff" ? output : [.. output.Select(value => factor * value)];
        Propagations.Distance(scaled, expected).Should().BeLessThan(Rounding);
    }

    [Law(MaxTest = 150)]
    public void D5_noise_is_linear(NetworkCase network)
    {
        var (signal, first, second) = (network.RandomInput(1), network.RandomInput(2), network.RandomInput(3));
        var kernels = network.RandomKernels();
        var a = Run(network, signal, first, kernels).Noise;
        var b = Run(network, signal, second, kernels).Noise;

        var combined = Run(network, signal, [.. first.Zip(second, (x, y) => (2.5 * x) - y)], kernels).Noise;

        var expected = a.Zip(b, (x, y) => (2.5 * x) - y).ToArray();
        var scale = Propagations.Rms(a) + Propagations.Rms(b);
        combined.Zip(expected, (x, y) => Math.Abs(x - y)).Largest().Should().BeLessThan((Rounding * scale) + double.Epsilon);
    }

    [Law(MaxTest = 100)]
    public void D5_the_signal_does_not_depend_on_the_noise(NetworkCase network)
    {
        var (signal, kernels) = (network.RandomInput(1), network.RandomKernels());
        Run(network, signal, network.RandomInput(2), kernels).Signal.Should().Equal(Run(network, signal, network.RandomInput(3), kernels).Signal);
    }

    private static (double[] Signal, double[] Noise) Run(NetworkCase network, double[] signal, double[] noise, List<double[]> kernels) =>
        Propagations.Propagate(network.Settings(network.Architecture == "bn_ff" ? 0 : 0.01), signal, noise, kernels);
}
