using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>S1: which products of two correlated points a ReLU keeps.</summary>
internal static class ArcCosineChecks
{
    internal const double Discrepancy = 0.08;

    /// <summary>Fourth moments scatter more.</summary>
    internal const double DiscrepancyOfSquares = 0.3;

    /// <summary>Compares products, joint gates and products of squares of neighbouring points with the kernels of order 1, 0 and 2.</summary>
    public static IEnumerable<Measurement> Pairs(CheckContext context, Architecture architecture)
    {
        var networks = context.Offered(OneStepNetworks.Periodic(architecture));
        var rates = context.Rates.SharedBy(3 * networks.Length);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var (points, channels) = (network.FeatureShape.Points, network.Channels);

            // For planning: if both points are equal, the product of a pair has a standard deviation of √5 times its mean; the product of squares, with
            // E x⁸ = 105/2 against E x⁴ = 3/2, of √22 times its mean.
            var planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(7.0 / channels), context.Discrepancy(Discrepancy));
            var products = new KnownVarianceTest(rates, context.Discrepancy(2 * Discrepancy), context.Planned(planned));
            var gates = new KnownVarianceTest(rates, context.Discrepancy(Discrepancy), context.Planned(planned));
            var squares = new KnownVarianceTest(rates, context.Discrepancy(DiscrepancyOfSquares), context.Planned(planned));
            var kernels = new LayerKernels(network);
            foreach (var (trace, depth) in SimulatedLayers.UntilDecided(context, network, study, planned, [products, gates, squares]))
            {
                var kernel = kernels.Covariance(trace.Before(depth, UnitPlaceKind.Convolution).Signal);
                var (first, zeroth, second, fourth) = (
                    ReluKernel.Signal(kernel),
                    ReluKernel.BothActive(kernel),
                    ReluKernel.Squares(kernel),
                    ReluKernel.FourthPowers(kernel)
                );
                var x = trace.At(depth, UnitPlaceKind.Relu).Signal;
                AddPairs(products, (p, q) => p * q, first, (i, j) => second[i, j]);
                AddPairs(gates, (p, q) => p > 0 && q > 0 ? 1 : 0, zeroth, (i, j) => zeroth[i, j]);
                AddPairs(squares, (p, q) => p * p * q * q, second, (i, j) => fourth[i, j]);

                void AddPairs(
                    KnownVarianceTest test,
                    Func<double, double, double> function,
                    MathNet.Numerics.LinearAlgebra.Matrix<double> mean,
                    Func<int, int, double> secondMoment
                )
                {
                    // The standard deviation of a mean is at most the mean of the standard deviations.
                    var deviation = Enumerable.Range(0, points).Average(i => Math.Sqrt(Math.Max(0, secondMoment(i, Next(i)) - Math.Pow(mean[i, Next(i)], 2))));
                    test.Add(new Observed(MeanOverPairs(x, function)), new Expected(MeanOf(mean)), deviation * deviation / channels);
                }
            }

            yield return products.Conclude($"E[x_i x_j], {network.Describe()}");
            yield return gates.Conclude($"E[1_i 1_j], {network.Describe()}");
            yield return squares.Conclude($"E[x_i² x_j²], {network.Describe()}");

            int Next(int i) => (i + 1) % points;

            double MeanOf(MathNet.Numerics.LinearAlgebra.Matrix<double> matrix) => Enumerable.Range(0, points).Average(i => matrix[i, Next(i)]);

            double MeanOverPairs(double[] x, Func<double, double, double> function)
            {
                var total = 0.0;
                for (var i = 0; i < points; i++)
                {
                    for (var channel = 0; channel < channels; channel++)
                    {
                        total += function(x[(i * channels) + channel], x[(Next(i) * channels) + channel]);
                    }
                }

                return total / (points * channels);
            }
        }
    }
}
