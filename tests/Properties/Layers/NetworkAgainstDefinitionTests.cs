using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public class NetworkAgainstDefinitionTests
{
    /// <summary>
    /// Sums of at most 25·9 + 2 terms in another order, through at most 1 + 9 convolutions and as many batch norms over at least two points.
    /// A batch norm can amplify rounding where a channel nearly vanishes; 1e-9 leaves a factor 10⁴ for that above 227·10·2⁻⁵³ = 2.5e-13.
    /// </summary>
    private const double DoubleTolerance = 1e-9;

    [Law(MaxTest = 200)]
    public void Every_architecture_equals_the_definition_written_out(NetworkCase network)
    {
        const double epsilon = 0.01;
        var (signal, noise) = (network.RandomInput(1), network.RandomInput(2));
        var kernels = network.RandomKernels();
        var expected = network.WrittenOut(epsilon, kernels).Propagate(network.Batch(signal, noise));

        var actual = Propagations.Propagate(network.Settings(epsilon), signal, noise, kernels);

        Propagations.Distance(actual.Signal, expected.Signal).Should().BeLessThan(DoubleTolerance);
        Propagations.Distance(actual.Noise, expected.Noise).Should().BeLessThan(DoubleTolerance);
    }

    [Law(MaxTest = 50)]
    public void Single_precision_follows_double_precision(NetworkCase network)
    {
        // One convolution: fan-in at most 225 terms of rounding 2⁻²⁴ each, relative to the rms of the output: 225·6e-8 = 1.3e-5 at worst.
        var shallow = network with
        {
            Architecture = "vanilla",
            Depth = 1,
        };
        var settings = shallow.Settings();
        var (signal, noise) = (shallow.RandomInput(1), shallow.RandomInput(2));
        var kernels = shallow.RandomKernels();
        var expected = Propagations.Propagate(settings, signal, noise, kernels);

        using var single = new NetworkPropagation<float>(settings);
        for (var i = 0; i < signal.Length; i++)
        {
            single.Input.Signal[i] = (float)signal[i];
            single.Input.Noise[i] = (float)noise[i];
        }

        var output = single.Propagate(new GivenKernels<float>([.. kernels.Select(kernel => kernel.Select(weight => (float)weight).ToArray())]));

        Propagations.Distance(output.TrueSignal(), expected.Signal).Should().BeLessThan(5e-5);
    }

    [Law(MaxTest = 50)]
    public void The_number_of_threads_changes_no_bit(NetworkCase network)
    {
        var (signal, noise) = (network.RandomInput(1), network.RandomInput(2));
        var kernels = network.RandomKernels();

        var one = Propagations.Propagate(network.Settings(0.01), signal, noise, kernels);
        var three = Propagations.Propagate(network.Settings(0.01), signal, noise, kernels, threads: 3);

        three.Signal.Should().Equal(one.Signal);
        three.Noise.Should().Equal(one.Noise);
    }

    [Fact]
    public void A_batch_of_several_chunks_of_points_has_the_same_bits_on_two_threads()
    {
        // 8 images of 16 × 16 positions are 2048 points, four chunks of the sums over points, and several row blocks of the product.
        var network = new NetworkCase("bn_res", 8, 32, 32, 3, 16, 3, Boundary.Periodic, 2, 2, 5);
        var (signal, noise) = (network.RandomInput(1), network.RandomInput(2));
        var kernels = network.RandomKernels();

        var one = Propagations.Propagate(network.Settings(0.001), signal, noise, kernels);
        var two = Propagations.Propagate(network.Settings(0.001), signal, noise, kernels, threads: 2);

        two.Signal.Should().Equal(one.Signal);
        two.Noise.Should().Equal(one.Noise);
    }
}
