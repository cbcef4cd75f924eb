using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>S5 and S6: signal and noise after batch norm and ReLU.</summary>
/// <remarks>
/// In <c>bn_res</c> only the first batch norm reads Gaussian channels; later ones read sums with a skip connection. There each simulation counts only once.
/// </remarks>
internal static class BatchNormKernelChecks
{
    internal const double SignalDiscrepancy = 0.06;
    internal const double NoiseDiscrepancy = 0.15;
    internal const double CorrelatedDiscrepancy = 0.1;
    internal const double ReluDiscrepancy = 0.1;

    /// <summary>S5: compares μ₂ of the signal, 1/σ² and the noise with the quadrature.</summary>
    public static IEnumerable<Measurement> Kernels(CheckContext context, Architecture architecture)
    {
        var networks = context.Offered(OneStepNetworks.Periodic(architecture));
        var rates = context.Rates.SharedBy((2 * networks.Length) + 1);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var (residual, channels) = (network.Architecture.IsResidual, network.Channels);

            // E[1/σ⁴]/E[1/σ²]² - 1 is 2/(r - 4) for r equal directions: it is below 1 for these networks, which have seven or more, some of them weak.
            var planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(1.3 / channels), context.Discrepancy(NoiseDiscrepancy));
            var signal = new BoundedTest(rates, context.Discrepancy(SignalDiscrepancy), context.Planned(planned) * channels * 0.02);
            var inverse = new KnownVarianceTest(rates, context.Discrepancy(NoiseDiscrepancy), context.Planned(planned));
            var noise = new KnownVarianceTest(rates, context.Discrepancy(CorrelatedDiscrepancy), context.Planned(planned) * channels);
            var showsNoise = !residual && network.KernelSize == 1;
            var kernels = new LayerKernels(network);
            foreach (
                var (trace, depth) in SimulatedLayers.UntilDecided(
                    context,
                    network,
                    study,
                    planned,
                    showsNoise ? [signal, inverse, noise] : [signal, inverse],
                    residual ? 1 : null
                )
            )
            {
                var before = trace.Before(depth, UnitPlaceKind.BatchNorm);
                var below = residual ? null : trace.Before(depth, UnitPlaceKind.Convolution);
                var kernel = below is null ? kernels.OfFirst(trace.Input.Signal) : kernels.Covariance(below.Signal);
                var norm = new BatchNormKernel(kernel, network.Epsilon, 1e-6);
                var mean = KernelMatrix.Mu2(norm.Signal().Kernel);
                foreach (var variance in WrittenOutLayers.Variances(trace.At(depth, UnitPlaceKind.Relu).Signal, channels))
                {
                    // z⁺ and z⁻ together have the variance 1 of z.
                    signal.Add(new Observed(variance), new Expected(mean), 0, 1);
                }

                var first = norm.InverseVariance().Value;
                var second = norm.InverseSquaredVariance().Value;
                inverse.Add(
                    new Observed(WrittenOutLayers.Variances(before.Signal, channels).Average(variance => 1 / (variance + network.Epsilon))),
                    new Expected(first),
                    (second - (first * first)) / channels
                );
                if (showsNoise && below is not null && !noise.IsDecided)
                {
                    AddNoise(
                        noise,
                        kernel,
                        kernels.CrossOfFullyConnected(below),
                        kernels.Covariance(below.Noise),
                        before,
                        trace.At(depth, UnitPlaceKind.BatchNorm),
                        network.Epsilon
                    );
                }
            }

            yield return signal.Conclude($"μ₂(x), {network.Describe()}");
            yield return inverse.Conclude($"1/σ², {network.Describe()}");
            if (showsNoise)
            {
                yield return noise.Conclude($"ν₂(dz) of a channel given its y, {network.Describe()}");
            }
        }
    }

    /// <summary>S6: the share of normalised signal and noise that the ReLU keeps.</summary>
    public static IEnumerable<Measurement> Activation(CheckContext context, Architecture architecture)
    {
        var networks = context.Offered(OneStepNetworks.Periodic(architecture));
        var rates = context.Rates.SharedBy(2 * networks.Length);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var channels = network.Channels;

            // The shares of the noise scatter by about a third, those of the variance by a quarter.
            var planned = (long)(1.2 * SymmetryTest.SamplesFor(rates, 0.6, context.Discrepancy(ReluDiscrepancy))) / channels;
            var noise = new SymmetryTest(rates, context.Discrepancy(ReluDiscrepancy), context.Planned(planned) * channels / 9.0);
            var signal = new SymmetryTest(rates, context.Discrepancy(ReluDiscrepancy), context.Planned(planned) * channels / 16.0);
            foreach (
                var (trace, depth) in SimulatedLayers.UntilDecided(
                    context,
                    network,
                    study,
                    planned,
                    [noise, signal],
                    network.Architecture.IsResidual ? 1 : null
                )
            )
            {
                var (z, x) = (trace.At(depth, UnitPlaceKind.BatchNorm), trace.At(depth, UnitPlaceKind.Relu));
                SecondMomentChecks.AddHalves(noise, z.Noise, x.Noise, channels);
                SecondMomentChecks.AddPaperForm(signal, z.Signal, WrittenOutLayers.Variances(x.Signal, channels), channels);
            }

            yield return noise.Conclude($"ν₂(dx) after the ReLU, {network.Describe()}");
            yield return signal.Conclude($"μ₂(x) by ν₁(z⁺)ν₁(z⁻), {network.Describe()}");
        }
    }

    /// <summary>
    /// Given a channel's signal, its noise is Gaussian about its regression on the signal; so the variance after batch norm is known without a quadrature.
    /// </summary>
    private static void AddNoise(
        KnownVarianceTest test,
        Matrix<double> kernel,
        Matrix<double> cross,
        Matrix<double> noiseKernel,
        Snapshot before,
        Snapshot after,
        double epsilon
    )
    {
        var (points, channels) = (kernel.RowCount, before.Shape.Channels);
        var regression = kernel.Cholesky().Solve(cross.Transpose()).Transpose();
        var rest = noiseKernel - (regression * cross.Transpose());
        var (trace, norm) = (rest.Trace(), rest.FrobeniusNorm());
        var y = Matrix<double>.Build.DenseOfRowMajor(points, channels, before.Signal);
        var explained = regression * y;
        var scattered = rest * explained;
        var (variances, observed) = (WrittenOutLayers.Variances(before.Signal, channels), WrittenOutLayers.MeanSquares(after.Noise, channels));
        for (var channel = 0; channel < channels; channel++)
        {
            var scale = points * (variances[channel] + epsilon);
            var (square, mixed) = (0.0, 0.0);
            for (var i = 0; i < points; i++)
            {
                square += explained[i, channel] * explained[i, channel];
                mixed += explained[i, channel] * scattered[i, channel];
            }

            test.Add(new Observed(observed[channel]), new Expected((square + trace) / scale), ((4 * mixed) + (2 * norm * norm)) / (scale * scale));
        }
    }
}
