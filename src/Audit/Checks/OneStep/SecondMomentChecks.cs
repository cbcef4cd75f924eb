using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>S2, S3, S4: second moments of signal and noise after one layer, given the layer below.</summary>
/// <remarks>
/// After a convolution they are quadratic forms of Gaussian channels, whose variance is known exactly. After a ReLU each channel's sign is random, ±1 with
/// equal probability. No tolerance is chosen: the discrepancy to exclude and the error rate determine how many layers are needed.
/// </remarks>
internal static class SecondMomentChecks
{
    /// <summary>A weight variance that is off by 5 % must be seen, by S2.</summary>
    internal const double WeightDiscrepancy = 0.05;

    /// <summary>δ of S3 and S4 after a convolution. Noise and variance pass through the same weights, so that S2 sees smaller discrepancies already.</summary>
    internal const double ConvolutionDiscrepancy = 0.1;

    /// <summary>
    /// δ of S3 and S4 after a ReLU. Other activations and masks, LeakyReLU aside, keep shares of the variance that differ from a ReLU's by a third and more.
    /// </summary>
    internal const double ReluDiscrepancy = 0.2;

    /// <summary>δ where the variance after the ReLU has only a bound, so that the test needs a larger discrepancy.</summary>
    internal const double BoundedDiscrepancy = 0.35;

    /// <summary>S2: ν₂ of the signal doubles in a convolution (with the boundary's own average), and halves in a ReLU.</summary>
    public static IEnumerable<Measurement> Signal(CheckContext context, Architecture architecture)
    {
        var networks = context.Offered(OneStepNetworks.All(architecture));
        var reluFollows = architecture is { IsResidual: false, HasBatchNorm: false };
        var rates = context.Rates.SharedBy(networks.Length * (reluFollows ? 2 : 1));
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var planned = KnownVarianceTest.SamplesFor(rates, network.RelativeDeviation(), context.Discrepancy(WeightDiscrepancy));
            var convolution = new KnownVarianceTest(rates, context.Discrepancy(WeightDiscrepancy), context.Planned(planned));
            var relu = new KnownVarianceTest(rates, context.Discrepancy(ReluDiscrepancy), context.Planned(planned / 4));
            var kernels = new LayerKernels(network);
            foreach (var (trace, depth) in SimulatedLayers.UntilDecided(context, network, study, planned, reluFollows ? [convolution, relu] : [convolution]))
            {
                var kernel = kernels.Covariance(trace.Before(depth, UnitPlaceKind.Convolution).Signal);
                var after = trace.At(depth, UnitPlaceKind.Convolution);
                convolution.Add(
                    new Observed(WrittenOutLayers.MeanSquare(after.Signal)),
                    new Expected(KernelMatrix.Nu2(kernel)),
                    LayerKernels.VarianceOfMeanSquare(kernel) / network.Channels
                );
                if (reluFollows && !relu.IsDecided)
                {
                    var mean = OneStepLaws.ExpectedNu2AfterRelu(kernel);
                    var second = ReluKernel.Squares(kernel).Enumerate().Average();
                    relu.Add(
                        new Observed(WrittenOutLayers.MeanSquare(trace.At(depth, UnitPlaceKind.Relu).Signal)),
                        new Expected(mean),
                        (second - (mean * mean)) / network.Channels
                    );
                }
            }

            yield return convolution.Conclude($"ν₂(y), {network.Describe()}");
            if (reluFollows)
            {
                yield return relu.Conclude($"ν₂(x), {network.Describe()}");
            }
        }
    }

    /// <summary>S3: the same for the noise, whatever its correlation with the signal.</summary>
    public static IEnumerable<Measurement> Noise(CheckContext context, Architecture architecture)
    {
        var networks = context.Offered(OneStepNetworks.All(architecture));
        var reluFollows = architecture is { IsResidual: false, HasBatchNorm: false };
        var rates = context.Rates.SharedBy(networks.Length * (reluFollows ? 2 : 1));
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var planned = KnownVarianceTest.SamplesFor(rates, network.RelativeDeviation(), context.Discrepancy(ConvolutionDiscrepancy));
            var convolution = new KnownVarianceTest(rates, context.Discrepancy(ConvolutionDiscrepancy), context.Planned(planned));
            var relu = Halves(context, network, rates, planned);
            var kernels = new LayerKernels(network);
            foreach (var (trace, depth) in SimulatedLayers.UntilDecided(context, network, study, planned, reluFollows ? [convolution, relu] : [convolution]))
            {
                var kernel = kernels.Covariance(trace.Before(depth, UnitPlaceKind.Convolution).Noise);
                var after = trace.At(depth, UnitPlaceKind.Convolution);
                convolution.Add(
                    new Observed(WrittenOutLayers.MeanSquare(after.Noise)),
                    new Expected(KernelMatrix.Nu2(kernel)),
                    LayerKernels.VarianceOfMeanSquare(kernel) / network.Channels
                );
                if (reluFollows)
                {
                    AddHalves(relu, after.Noise, trace.At(depth, UnitPlaceKind.Relu).Noise, network.Channels);
                }
            }

            yield return convolution.Conclude($"ν₂(dy), {network.Describe()}");
            if (reluFollows)
            {
                yield return relu.Conclude($"ν₂(dx) after the ReLU, {network.Describe()}");
            }
        }
    }

    /// <summary>S4: the variance of the signal after the ReLU, by the arc-cosine kernel and in the paper's form.</summary>
    public static IEnumerable<Measurement> Variance(CheckContext context, Architecture architecture)
    {
        var networks = context.Offered(OneStepNetworks.All(architecture));
        var rates = context.Rates.SharedBy(3 * networks.Length);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var planned = KnownVarianceTest.SamplesFor(rates, network.RelativeDeviation(), context.Discrepancy(ConvolutionDiscrepancy));
            var convolution = new KnownVarianceTest(rates, context.Discrepancy(ConvolutionDiscrepancy), context.Planned(planned));
            var total = new KnownVarianceTest(rates, context.Discrepancy(BoundedDiscrepancy), context.Planned(planned));
            var relu = Halves(context, network, rates, planned);
            var kernels = new LayerKernels(network);
            foreach (var (trace, depth) in SimulatedLayers.UntilDecided(context, network, study, planned, [convolution, total, relu]))
            {
                var (kernel, channels) = (kernels.Covariance(trace.Before(depth, UnitPlaceKind.Convolution).Signal), network.Channels);
                var centred = KernelMatrix.Centred(kernel);
                var (y, x) = (trace.At(depth, UnitPlaceKind.Convolution).Signal, trace.At(depth, UnitPlaceKind.Relu).Signal);
                var variances = WrittenOutLayers.Variances(x, channels);
                convolution.Add(
                    new Observed(WrittenOutLayers.Variances(y, channels).Average()),
                    new Expected(KernelMatrix.Mu2(kernel)),
                    LayerKernels.VarianceOfMeanSquare(centred) / channels
                );

                // A ReLU contracts distances, and y has no preferred sign: so E μ₂(x_c)² ≤ ½E μ₂(y_c)², which bounds the variance.
                var (mean, meanBefore) = (OneStepLaws.ExpectedMu2AfterRelu(kernel), centred.Diagonal().Average());
                var bound = (0.5 * (LayerKernels.VarianceOfMeanSquare(centred) + (meanBefore * meanBefore))) - (mean * mean);
                total.Add(new Observed(variances.Average()), new Expected(mean), bound / channels);
                AddPaperForm(relu, y, variances, channels);
            }

            yield return convolution.Conclude($"μ₂(y), {network.Describe()}");
            yield return total.Conclude($"μ₂(x) by arc-cosine kernels, {network.Describe()}");
            yield return relu.Conclude($"μ₂(x) by ν₁(y⁺)ν₁(y⁻), {network.Describe()}");
        }
    }

    /// <summary>A change of a channel's sign exchanges the share of noise that passes and the rest: so the share is symmetric about one half.</summary>
    /// <param name="test">Collects the shares.</param>
    /// <param name="before">Noise or signal before the ReLU (points × channels).</param>
    /// <param name="after">The same after the ReLU, as the subject showed it.</param>
    /// <param name="channels">Number of channels.</param>
    public static void AddHalves(SymmetryTest test, double[] before, double[] after, int channels)
    {
        var (all, passed) = (WrittenOutLayers.MeanSquares(before, channels), WrittenOutLayers.MeanSquares(after, channels));
        for (var channel = 0; channel < channels; channel++)
        {
            // A channel without noise has no share and is left out; NaN passes this test, since it does not equal 0.
            if (all[channel] != 0)
            {
                test.Add(new Observed(passed[channel] / all[channel]), new Expected(0.5), 0.5);
            }
        }
    }

    /// <summary>A change of a channel's sign exchanges its halves: so μ₂(y⁺) is symmetric about ½μ₂(y) - ν₁(y⁺)ν₁(y⁻).</summary>
    /// <param name="test">Collects the shares.</param>
    /// <param name="before">Signal before the ReLU (points × channels).</param>
    /// <param name="variancesAfter">Variance of each channel after the ReLU, as the subject showed it.</param>
    /// <param name="channels">Number of channels.</param>
    public static void AddPaperForm(SymmetryTest test, double[] before, double[] variancesAfter, int channels)
    {
        var variances = WrittenOutLayers.Variances(before, channels);
        var positive = WrittenOutLayers.OverPoints(before, channels, (value, _) => Math.Max(value, 0));
        var negative = WrittenOutLayers.OverPoints(before, channels, (value, _) => Math.Max(-value, 0));
        for (var channel = 0; channel < channels; channel++)
        {
            // The centre is 0 only for a channel that does not vary; NaN is not 0.
            var centre = (0.5 * variances[channel]) - (positive[channel] * negative[channel]);
            if (!(centre <= 0))
            {
                test.Add(new Observed(variancesAfter[channel] / centre), new Expected(1), 1);
            }
        }
    }

    /// <summary>
    /// A test of shares about one half. A channel passes between none and all of its noise, so d² ≤ 1 relative to one half; with eight points it is about a
    /// tenth.
    /// </summary>
    private static SymmetryTest Halves(CheckContext context, NetworkSettings network, ErrorRates rates, long planned) =>
        new(rates, context.Discrepancy(ReluDiscrepancy), context.Planned(planned) * network.Channels / 40.0);
}
