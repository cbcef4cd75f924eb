using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public class D8_ZeroTests
{
    [Law(MaxTest = 100)]
    public void D8_zero_noise_stays_zero(NetworkCase network)
    {
        var signal = network.RandomInput(1);
        Propagations.Propagate(network.Settings(0.01), signal, new double[signal.Length], network.RandomKernels()).Noise.Should().AllBeEquivalentTo(0.0);
    }

    [Law(MaxTest = 100)]
    public void D8_zero_weights_give_zero(NetworkCase network)
    {
        var kernels = network.RandomKernels().ConvertAll(kernel => new double[kernel.Length]);
        var (signal, noise) = Propagations.Propagate(network.Settings(0.01), network.RandomInput(1), network.RandomInput(2), kernels);
        signal.Should().AllBeEquivalentTo(0.0);
        noise.Should().AllBeEquivalentTo(0.0);
    }

    [Law(MaxTest = 100)]
    public void D8_skip_connections_around_zero_weights_are_the_identity(NetworkCase generated)
    {
        var network = generated with { Architecture = generated.Architecture.StartsWith("bn", StringComparison.Ordinal) ? "bn_res" : "vanilla_res" };
        var kernels = network.RandomKernels();
        for (var branch = 1; branch < kernels.Count; branch++)
        {
            kernels[branch] = new double[kernels[branch].Length];
        }

        var (signal, noise) = (network.RandomInput(1), network.RandomInput(2));
        var output = Propagations.Propagate(network.Settings(0.01), signal, noise, kernels);
        var firstOnly = (network with { Depth = 0 }).WrittenOut(0.01, kernels).Propagate(network.Batch(signal, noise));

        Propagations.Distance(output.Signal, firstOnly.Signal).Should().BeLessThan(1e-12);
        Propagations.Distance(output.Noise, firstOnly.Noise).Should().BeLessThan(1e-12);
    }

    [Fact]
    public void D8_a_ReLU_at_a_signal_of_exactly_zero_blocks_the_noise()
    {
        var settings = new NetworkSettings(Architecture.Named("vanilla"), new TensorShape(2, 1, 1, 2), 1, 2);
        double[][] kernels =
        [
            [1, 0, 0, 1],
            [1, 0, 0, 1],
        ];
        var output = Propagations.Propagate(settings, [0, 1, 0, 2], [5, 6, 7, 8], kernels);
        output.Signal.Should().Equal(0, 1, 0, 2);
        output.Noise.Should().Equal(0, 6, 0, 8);
    }
}
