using MathNet.Numerics.Distributions;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// I1 to I3: what the one-step laws require of the weights. Given the layer below, channels are i.i.d. Gaussian, and drawn anew in each layer and simulation.
/// </summary>
internal static class InitialisationChecks
{
    /// <summary>
    /// δ of the distribution: a variance off by a fifth, sparse or heavy-tailed weights. Smaller deviations of the shape vanish in the sum over the fan-in and
    /// affect no law.
    /// </summary>
    internal const double Distance = 0.05;

    /// <summary>Shared weights correlate channels by the cosine of their inputs, which is at least 1/π after a ReLU.</summary>
    internal const double Correlation = 0.1;

    /// <summary>I1: pre-activations, divided by their known standard deviation, are standard normal.</summary>
    public static IEnumerable<Measurement> Gaussian(CheckContext context, Architecture architecture)
    {
        var networks = context.Offered(OneStepNetworks.Periodic(architecture));
        var rates = context.Rates.SharedBy(networks.Length);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var planned = DistributionTest.SamplesFor(rates, context.Discrepancy(Distance));
            var (test, kernels) = (new DistributionTest(rates, context.Discrepancy(Distance), context.Planned(planned)), new LayerKernels(network));
            foreach (var (trace, depth) in SimulatedLayers.UntilDecided(context, network, study, (planned / network.Channels) + 1, [test]))
            {
                // One point only: channels are independent, points are not.
                var deviation = DeviationOfPoint(kernels, trace, depth);
                if (deviation == 0)
                {
                    continue;
                }

                foreach (var value in trace.At(depth, UnitPlaceKind.Convolution).Signal.AsSpan(0, network.Channels))
                {
                    test.Add(new Observed(value), new Expected(Normal.CDF(0, deviation, value)));
                }
            }

            yield return test.Conclude($"distribution of y/√K_ii, {network.Describe()}");
        }
    }

    /// <summary>I2: the weights of successive layers are independent, so the pre-activations of one have no preferred sign given those of the other.</summary>
    public static IEnumerable<Measurement> FreshInEachLayer(CheckContext context, Architecture architecture)
    {
        var network = OneStepNetworks.FullyConnected(architecture);
        var (test, kernels) = (Products(context, out var layers), new LayerKernels(network));
        foreach (
            var (trace, depth) in SimulatedLayers.UntilDecided(
                context,
                network,
                0,
                (layers * network.Depth / (network.Depth - 1) / network.Channels) + 1,
                [test]
            )
        )
        {
            if (depth > 1)
            {
                AddProducts(test, network, kernels, (trace, depth), (trace, depth - 1));
            }
        }

        yield return test.Conclude("correlation of pre-activations in successive layers");
    }

    /// <summary>I3: the weights of different simulations are independent.</summary>
    public static IEnumerable<Measurement> FreshInEachSimulation(CheckContext context, Architecture architecture)
    {
        var network = OneStepNetworks.FullyConnected(architecture);
        var (test, kernels) = (Products(context, out var layers), new LayerKernels(network));
        Trace? before = null;
        foreach (
            var (trace, depth) in SimulatedLayers.UntilDecided(
                context,
                network,
                0,
                (layers * network.Depth / (network.Depth - 1) / network.Channels) + network.Depth + 1,
                [test]
            )
        )
        {
            if (depth == network.Depth)
            {
                if (before is not null)
                {
                    // From depth 2 on: the inputs of the first layer have mixed signs, those after a ReLU have a direction in common.
                    for (var d = 2; d <= depth; d++)
                    {
                        AddProducts(test, network, kernels, (trace, d), (before, d));
                    }
                }

                before = trace;
            }
        }

        yield return test.Conclude("correlation of pre-activations in successive simulations");
    }

    private static SymmetryTest Products(CheckContext context, out long samples)
    {
        // Products of two independent standard normal numbers have a mean energy of 1, which scatters.
        samples = (long)(1.2 * SymmetryTest.SamplesFor(context.Rates, 1, context.Discrepancy(Correlation))) + 1;
        return new SymmetryTest(context.Rates, context.Discrepancy(Correlation), context.Planned(samples), EffectKind.Correlation);
    }

    private static void AddProducts(
        SymmetryTest test,
        NetworkSettings network,
        LayerKernels kernels,
        (Trace Trace, int Depth) one,
        (Trace Trace, int Depth) other
    )
    {
        var (y, dy) = (Standardised(one), Standardised(other));
        if (y is null || dy is null)
        {
            return;
        }

        for (var channel = 0; channel < network.Channels; channel++)
        {
            test.Add(new Observed(y[channel] * dy[channel]), new Expected(0), 1);
        }

        double[]? Standardised((Trace Trace, int Depth) layer)
        {
            var deviation = DeviationOfPoint(kernels, layer.Trace, layer.Depth);
            return deviation == 0
                ? null
                : [.. layer.Trace.At(layer.Depth, UnitPlaceKind.Convolution).Signal[..network.Channels].Select(value => value / deviation)];
        }
    }

    /// <summary>Standard deviation of the first point's pre-activations, given the layer below; NaN if it is not finite.</summary>
    /// <remarks>
    /// It is 0 where all ReLUs of the layer below are off at that point. With 32 channels this has the probability 2⁻³² in each layer, which is more than the
    /// rate of false alarms over the hundreds of layers that these checks look at. Such a layer says nothing about its weights and is left out. This depends
    /// only on the layer below, before the weights are drawn.
    /// </remarks>
    private static double DeviationOfPoint(LayerKernels kernels, Trace trace, int depth) =>
        Math.Sqrt(kernels.Covariance(trace.Before(depth, UnitPlaceKind.Convolution).Signal)[0, 0]);
}
