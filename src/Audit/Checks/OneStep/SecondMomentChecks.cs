using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>S2, S3, S4: second moments of signal and noise after one layer, given the layer below.</summary>
/// <remarks>
/// Behind a convolution they are quadratic forms of Gaussian channels, whose variance is known exactly; behind a ReLU the sign of each channel is a fair coin.
/// No tolerance is chosen: the discrepancy to detect and the error rates determine how many layers are looked at.
/// </remarks>
internal static class SecondMomentChecks
{
    /// <summary>A weight variance that is off by 5 % must be seen, by S2.</summary>
    private const double WeightDiscrepancy = 0.05;

    /// <summary>Noise and variance pass through the same weights: what S3 and S4 must see beside S2 is larger.</summary>
    private const double ConvolutionDiscrepancy = 0.1;

    /// <summary>No other activation or mask keeps a share of the variance that is this close to a ReLU's: LeakyReLU aside, they differ by a third and more.</summary>
    private const double ReluDiscrepancy = 0.2;

    /// <summary>The variance behind the ReLU is only bounded, so its test sees less.</summary>
    private const double BoundedDiscrepancy = 0.35;

    /// <summary>S2: ν₂ of the signal is twice its value below behind a convolution (with the boundary's own average), and half of that behind a ReLU.</summary>
    public static IEnumerable<Measurement> Signal(CheckContext context, string architecture)
    {
        var networks = context.Offered(OneStepNetworks.All(architecture));
        var reluFollows = architecture == "vanilla";
        var rates = context.Rates.SharedBy(networks.Length * (reluFollows ? 2 : 1));
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];

            var planned = KnownVarianceTest.SamplesFor(rates, network.RelativeDeviation(), WeightDiscrepancy);
            var (convolution, relu) = (new KnownVarianceTest(rates, planned), new KnownVarianceTest(rates, planned));
            var kernels = new LayerKernels(network);
            foreach (var (trace, depth) in Layers.Of(context, network, study, planned))
            {
                var kernel = kernels.Of(trace.Before(depth, PlaceKind.Convolution).Signal);
                var after = trace.At(depth, PlaceKind.Convolution);
                convolution.Add(new Observed(WrittenOutLayers.MeanSquare(after.Signal)), new Expected(KernelMatrix.Nu2(kernel)), LayerKernels.VarianceOfMeanSquare(kernel) / network.Channels);
                if (reluFollows)
                {
                    var mean = OneStepLaws.ExpectedNu2AfterRelu(kernel);
                    var second = ReluKernel.Squares(kernel).Enumerate().Average();
                    relu.Add(new Observed(WrittenOutLayers.MeanSquare(trace.At(depth, PlaceKind.Relu).Signal)), new Expected(mean), (second - (mean * mean)) / network.Channels);
                }
            }

            yield return convolution.Conclude($"ν₂(y), {network.Describe()}", WeightDiscrepancy);
            if (reluFollows)
            {
                yield return relu.Conclude($"ν₂(x), {network.Describe()}", ReluDiscrepancy);
            }
        }
    }

    /// <summary>S3: the same for the noise, whatever its correlation with the signal.</summary>
    public static IEnumerable<Measurement> Noise(CheckContext context, string architecture)
    {
        var networks = context.Offered(OneStepNetworks.All(architecture));
        var reluFollows = architecture == "vanilla";
        var rates = context.Rates.SharedBy(networks.Length * (reluFollows ? 2 : 1));
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var planned = KnownVarianceTest.SamplesFor(rates, network.RelativeDeviation(), ConvolutionDiscrepancy);
            var convolution = new KnownVarianceTest(rates, planned);

            // A channel passes between none and all of its noise, so d² ≤ ¼; for eight points it is about a tenth of that.
            var relu = new SymmetryTest(rates, planned * network.Channels / 40.0);
            var kernels = new LayerKernels(network);
            foreach (var (trace, depth) in Layers.Of(context, network, study, planned))
            {
                var kernel = kernels.Of(trace.Before(depth, PlaceKind.Convolution).Noise);
                var after = trace.At(depth, PlaceKind.Convolution);
                convolution.Add(new Observed(WrittenOutLayers.MeanSquare(after.Noise)), new Expected(KernelMatrix.Nu2(kernel)), LayerKernels.VarianceOfMeanSquare(kernel) / network.Channels);
                if (reluFollows)
                {
                    AddHalves(relu, after.Noise, trace.At(depth, PlaceKind.Relu).Noise, network.Channels);
                }
            }

            yield return convolution.Conclude($"ν₂(dy), {network.Describe()}", ConvolutionDiscrepancy);
            if (reluFollows)
            {
                yield return relu.Conclude($"ν₂(dx) behind the ReLU, {network.Describe()}", ReluDiscrepancy);
            }
        }
    }

    /// <summary>S4: the variance of the signal behind the ReLU, by the arc-cosine kernel and in the paper's form.</summary>
    public static IEnumerable<Measurement> Variance(CheckContext context, string architecture)
    {
        var networks = context.Offered(OneStepNetworks.All(architecture));
        var rates = context.Rates.SharedBy(3 * networks.Length);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var planned = KnownVarianceTest.SamplesFor(rates, network.RelativeDeviation(), ConvolutionDiscrepancy);
            var (convolution, total) = (new KnownVarianceTest(rates, planned), new KnownVarianceTest(rates, planned));
            var relu = new SymmetryTest(rates, planned * network.Channels / 40.0);
            var kernels = new LayerKernels(network);
            foreach (var (trace, depth) in Layers.Of(context, network, study, planned))
            {
                var (kernel, channels) = (kernels.Of(trace.Before(depth, PlaceKind.Convolution).Signal), network.Channels);
                var centred = KernelMatrix.Centred(kernel);
                var (y, x) = (trace.At(depth, PlaceKind.Convolution).Signal, trace.At(depth, PlaceKind.Relu).Signal);
                var variances = WrittenOutLayers.Variances(x, channels);
                convolution.Add(new Observed(WrittenOutLayers.Variances(y, channels).Average()), new Expected(centred.Diagonal().Average()), LayerKernels.VarianceOfMeanSquare(centred) / channels);

                // A ReLU contracts distances and y has no preferred sign, so E μ₂(x_c)² ≤ ½E μ₂(y_c)²: a bound of the variance.
                var (mean, meanBefore) = (OneStepLaws.ExpectedMu2AfterRelu(kernel), centred.Diagonal().Average());
                var bound = (0.5 * (LayerKernels.VarianceOfMeanSquare(centred) + (meanBefore * meanBefore))) - (mean * mean);
                total.Add(new Observed(variances.Average()), new Expected(mean), bound / channels);
                AddPaperForm(relu, y, variances, channels);
            }

            yield return convolution.Conclude($"μ₂(y), {network.Describe()}", ConvolutionDiscrepancy);
            yield return total.Conclude($"μ₂(x) by arc-cosine kernels, {network.Describe()}", BoundedDiscrepancy);
            yield return relu.Conclude($"μ₂(x) by ν₁(y⁺)ν₁(y⁻), {network.Describe()}", ReluDiscrepancy);
        }
    }

    /// <summary>Flipping a channel's sign turns its share of passed noise into the rest: symmetric about one half.</summary>
    public static void AddHalves(SymmetryTest test, double[] before, double[] after, int channels)
    {
        var (all, passed) = (WrittenOutLayers.MeanSquares(before, channels), WrittenOutLayers.MeanSquares(after, channels));
        for (var channel = 0; channel < channels; channel++)
        {
            if (all[channel] > 0)
            {
                test.Add(new Observed(passed[channel] / all[channel]), new Expected(0.5), 0.5);
            }
        }
    }

    /// <summary>Flipping a channel's sign exchanges its halves: μ₂(y⁺) is symmetric about ½μ₂(y) - ν₁(y⁺)ν₁(y⁻).</summary>
    /// <param name="test">Collects.</param>
    /// <param name="before">Signal before the ReLU (points × channels).</param>
    /// <param name="variancesAfter">Variance of each channel behind it, as the subject showed it.</param>
    /// <param name="channels">Number of channels.</param>
    public static void AddPaperForm(SymmetryTest test, double[] before, double[] variancesAfter, int channels)
    {
        var variances = WrittenOutLayers.Variances(before, channels);
        var positive = WrittenOutLayers.OverPoints(before, channels, (value, _) => Math.Max(value, 0));
        var negative = WrittenOutLayers.OverPoints(before, channels, (value, _) => Math.Max(-value, 0));
        for (var channel = 0; channel < channels; channel++)
        {
            var centre = (0.5 * variances[channel]) - (positive[channel] * negative[channel]);
            if (centre > 0)
            {
                test.Add(new Observed(variancesAfter[channel] / centre), new Expected(1), 1);
            }
        }
    }

}
