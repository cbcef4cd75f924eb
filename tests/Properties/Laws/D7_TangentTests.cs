using FluentAssertions;

namespace Wellbehaved.Tests.Properties;

public class D7_TangentTests
{
    private const double Epsilon = 0.01;

    /// <summary>Steps to try: the network is linear on a neighbourhood of unknown size.</summary>
    private static readonly double[] Steps = [1e-4, 1e-5, 1e-6, 1e-7, 1e-8];

    [Law(MaxTest = 150)]
    public void D7_the_noise_is_the_directional_derivative_with_batch_statistics_held_fixed(NetworkCase network)
    {
        var (signal, direction) = (network.RandomInput(1), network.RandomInput(2));
        var kernels = network.RandomKernels();
        var tangent = Propagations.Propagate(network.Settings(Epsilon), signal, direction, kernels).Noise;
        var oracle = network.WrittenOut(Epsilon, kernels);
        var here = oracle.Propagate(network.Batch(signal, direction)).Signal;
        oracle.FixStatistics();

        var distances = Steps.Select(step =>
        {
            var there = oracle.Propagate(network.Batch([.. signal.Zip(direction, (x, d) => x + (step * d))], direction)).Signal;
            var derivative = there.Zip(here, (y, x) => (y - x) / step).ToArray();

            // Differences of numbers of size rms round at 2⁻⁵³·rms, over a few dozen operations, divided by the step.
            return Propagations.Distance(tangent, derivative) - (1e-13 * Propagations.Rms(here) / step / Math.Max(Propagations.Rms(derivative), 1e-3));
        });

        distances.Min().Should().BeLessThan(1e-9);
    }
}
