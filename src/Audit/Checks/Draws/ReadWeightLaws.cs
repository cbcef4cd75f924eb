using MathNet.Numerics.Distributions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>I18: weights and biases have the law that their layer names, in layers of any width, kernel and groups; each weight is read by itself.</summary>
/// <remarks>
/// I13 solves for the weights of layers that lie in a network, which limits their fan-in. Here each layer is alone, and only some columns of a wide one are
/// read. Some simulations are asked for with weights of sixteen times the variance first: they must leave no trace.
/// </remarks>
internal static class ReadWeightLaws
{
    /// <summary>δ of the variance of the normal weights of a layer.</summary>
    internal const double VarianceDiscrepancy = 0.05;

    /// <summary>δ of the distribution function of the weights of a layer.</summary>
    internal const double ShapeDiscrepancy = 0.03;

    /// <summary>δ of the variance of biases, of which a mapping has few.</summary>
    internal const double BiasDiscrepancy = 0.2;

    /// <summary>δ of the distribution function of biases.</summary>
    internal const double BiasShapeDiscrepancy = 0.06;

    /// <summary>δ of the correlation of the biases of a layer with a weight of their outputs, or with the sum of these.</summary>
    internal const double BiasCorrelation = 0.2;

    /// <summary>δ of the share of normal weights beyond three deviations.</summary>
    internal const double TailDiscrepancy = 0.5;

    /// <summary>The probability that a normal number is beyond three deviations.</summary>
    private const double BeyondThree = 0.0026997960632601866;

    /// <summary>
    /// Planned numbers times this: the numbers of samples are fixed in advance, and at the plan itself a true claim would be inconclusive with the rate β.
    /// </summary>
    private const double Margin = 1.3;

    /// <summary>
    /// The largest variance of biases, as a multiple of that of weights: a weight is read beside a bias, whose rounding then takes less of it than half of the
    /// digits.
    /// </summary>
    private const double LargestBias = 1e4;

    /// <summary>Simulations that are asked for with wider weights first.</summary>
    private const uint AskedBefore = 6;

    private const int MostInputs = 48;
    private const int MostLayers = 8;
    private const long MostWeights = 1 << 20;

    /// <summary>Whether a network has a layer whose weights can be read.</summary>
    public static bool HasSite(Network network) => LayersOf(network).Any();

    /// <summary>I18 for each layer by itself.</summary>
    public static IEnumerable<Measurement> Law(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        Network[] layers =
        [
            .. cases
                .SelectMany(site => LayersOf(site.Network))
                .Distinct()
                .Where(network => context.Offers(network, ImagesOf(network), NoiseKind.Mapping, given: false)),
        ];
        Network[] normal = [.. layers.Where(network => ParametersOf(network) is { Law: WeightLaw.Normal, WeightVariance: > 0 })];
        var others = layers.Count(network => ParametersOf(network) is { Law: WeightLaw.Uniform or WeightLaw.TruncatedNormal, WeightVariance: > 0 });
        var rates = context.Rates.SharedBy((2 * normal.Length) + others + 4);
        var biases = new Biases(rates, layers.Count(network => ParametersOf(network).BiasVariance > 0));
        var (bounds, orthogonality) = (new ExactComparison(), new ExactComparison());
        var planned = new Planned(rates);
        var hasTail =
            normal.Sum(planned.WeightsOf) >= Margin * KnownVarianceTest.SamplesFor(rates, Math.Sqrt((1 - BeyondThree) / BeyondThree), TailDiscrepancy);
        var tail = new KnownVarianceTest(rates, TailDiscrepancy, Math.Max(1, normal.Sum(network => (long)planned.MappingsOf(network, context.SampleShare))));
        foreach (var (study, network) in layers.Index())
        {
            var parameters = ParametersOf(network);
            var (variance, shape) = (new VarianceTest(rates), new BlurredDistributionTest(rates));
            foreach (var read in Readings(context, network, study, planned.MappingsOf(network, context.SampleShare)))
            {
                var deviation = Math.Sqrt(parameters.WeightVariance / FanInOf(network));
                if (deviation > 0)
                {
                    AddWeights(read, parameters.Law, deviation, variance, shape, tail);
                    AddExact(read, network, deviation, bounds, orthogonality);
                }

                if (parameters.BiasVariance > 0)
                {
                    biases.Add(network.Name, read, Math.Sqrt(parameters.BiasVariance));
                }
            }

            if (variance.Samples > 0)
            {
                yield return variance.Conclude($"variance of the weights of {network.Name}", VarianceDiscrepancy);
            }

            if (shape.Samples > 0)
            {
                yield return shape.Conclude($"distribution of the weights of {network.Name}", ShapeDiscrepancy);
            }
        }

        foreach (var measurement in biases.Conclude())
        {
            yield return measurement;
        }

        if (hasTail && tail.Samples > 0)
        {
            yield return tail.Conclude("share of normal weights beyond three deviations");
        }

        foreach (var (comparison, quantity) in new[] { (bounds, "bounds of uniform and cut weights"), (orthogonality, "products of orthogonal weights") })
        {
            if (comparison.Comparisons > 0)
            {
                yield return comparison.Conclude(quantity);
            }
        }
    }

    /// <summary>The weights of simulations 0, 1, 2 …, some of them after the same network with wider weights was asked about.</summary>
    internal static IEnumerable<ReadWeights> Readings(CheckContext context, Network network, int study, uint mappings)
    {
        var inputs = ReadWeights.InputsOf(network, MostInputs);
        var wider = new Network(network.Name, network.Input, AskedBeforeLaws.Wider(network.Layers));
        var asksBefore =
            ParametersOf(network).Law != WeightLaw.Orthogonal
            && context.Subject.Description.WhyNot(wider, ImagesOf(network), NoiseKind.Mapping, given: false) is null;
        var atOnce = (uint)Math.Max(1, context.Subject.SimulationsAtOnce(network, ImagesOf(network)));
        for (var first = 0u; first < mappings; )
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var before = asksBefore && first < AskedBefore;
            var count = before ? 1 : Math.Min(atOnce, mappings - first);
            Propagation[] propagations =
            [
                .. Enumerable
                    .Range((int)first, (int)count)
                    .Select(simulation => new Propagation(
                        new Weights.Own(context.SeedOf(study), (uint)simulation),
                        ReadWeights.Input(network, inputs, simulation * inputs)
                    )),
            ];
            if (before)
            {
                _ = NetworkTrace.All(context.Subject, wider, NoiseKind.Mapping, propagations);
            }

            foreach (var trace in NetworkTrace.All(context.Subject, network, NoiseKind.Mapping, propagations))
            {
                yield return ReadWeights.Read(trace, context.UnitRoundoff);
            }

            first += count;
        }
    }

    /// <summary>The layers of a network whose weights can be read, each as a network of its own.</summary>
    internal static IEnumerable<Network> LayersOf(Network network) =>
        ShownLayer
            .Collect(network)
            .Where(layer =>
                layer.Layer is Dense or Convolution { Stride: 1, Dilation: 1, Kernel: <= 7 } && OwnParameterLaws.Parameters(layer).WeightVariance > 0
            )
            .Select(layer => (layer.Layer, Channels: ChannelsBefore(layer, network)))
            .Distinct()
            .Select(pair => ReadWeights.Alone(Words(pair.Layer, pair.Channels), pair.Layer, pair.Channels))
            .Where(alone => ParametersOf(alone) is var parameters && parameters.BiasVariance <= LargestBias * parameters.WeightVariance / FanInOf(alone))
            .Where(alone => FanInOf(alone) * alone.Places[0].Shape.Channels <= MostWeights && alone.Input.Features * MostInputs <= MostWeights)
            .Take(MostLayers);

    /// <summary>Images that show the weights of a layer that stands alone: one for each input that is read, and one of zeros.</summary>
    internal static int ImagesOf(Network network) => ReadWeights.InputsOf(network, MostInputs) + 1;

    private static int ChannelsBefore(ShownLayer layer, Network network)
    {
        var shape = layer.Before < 0 ? network.Input : network.Places[layer.Before].Shape;
        return layer.Flattened ? checked((int)shape.Features) : shape.Channels;
    }

    private static string Words(Layer layer, int channels)
    {
        var size = layer is Convolution { Kernel: var kernel } ? FormattableString.Invariant($" {kernel}×{kernel}") : "";
        var groups = layer is Convolution { Groups: not 1 } ? " in groups" : "";
        return FormattableString.Invariant($"{layer.Word}{size} of {channels} channels{groups}, {LawOf(layer)}");
    }

    private static string LawOf(Layer layer) =>
        OwnParameterLaws.ParametersOf(layer).Law switch
        {
            WeightLaw.Normal => "normal",
            WeightLaw.Uniform => "uniform",
            WeightLaw.TruncatedNormal => "cut",
            WeightLaw.Orthogonal => "orthogonal",
            var law => throw new InvalidOperationException($"expected a law of weights, got {law}"),
        };

    private static Initialisation ParametersOf(Network network) => OwnParameterLaws.ParametersOf(network.Layers[0]);

    private static long FanInOf(Network network) =>
        network.Layers[0] is Convolution convolution ? convolution.FanInOf(network.Input.Channels) : network.Input.Channels;

    private static void AddWeights(
        ReadWeights read,
        WeightLaw law,
        double deviation,
        VarianceTest variance,
        BlurredDistributionTest shape,
        KnownVarianceTest tail
    )
    {
        var (count, beyond) = (0, 0);
        foreach (var weights in read.Outputs)
        {
            var error = read.Error * NormFromOneInput(weights, read) / deviation;
            switch (law)
            {
                case WeightLaw.Normal:
                    variance.Add(weights.Length, weights.Sum(weight => weight * weight) / (deviation * deviation), weights.Length * error * error);
                    foreach (var weight in weights)
                    {
                        shape.Add(new Observed(weight / deviation), error);
                    }

                    (count, beyond) = (count + weights.Length, beyond + weights.Count(weight => Math.Abs(weight) > 3 * deviation));
                    break;
                case WeightLaw.Uniform or WeightLaw.TruncatedNormal:
                    foreach (var weight in weights)
                    {
                        // The normal number at the same quantile: it has the same rank, and both densities are below the normal one's peak, which the
                        // blur of the test is for.
                        var probability = Math.Clamp(ProbabilityOf(law, weight / deviation), 1e-12, 1 - 1e-12);
                        shape.Add(new Observed(Normal.InvCDF(0, 1, probability)), error);
                    }

                    break;
                case WeightLaw.Orthogonal:
                    break;
                default:
                    throw new InvalidOperationException($"expected a law of weights, got {law}");
            }
        }

        if (count > 0)
        {
            tail.Add(new Observed((double)beyond / count), new Expected(BeyondThree), BeyondThree * (1 - BeyondThree) / count);
        }
    }

    /// <summary>F(w/σ) of uniform and cut weights.</summary>
    private static double ProbabilityOf(WeightLaw law, double weight)
    {
        if (law == WeightLaw.Uniform)
        {
            return 0.5 + (weight / (2 * Math.Sqrt(3)));
        }

        // A normal law that is cut at two deviations keeps 0.8796 of its deviation.
        var (below, within) = (Normal.CDF(0, 1, -2), 1 - (2 * Normal.CDF(0, 1, -2)));
        return (Normal.CDF(0, 1, weight * 0.87962566103423978) - below) / within;
    }

    /// <summary>The largest norm of the weights from one input channel: what the errors of a convolution are relative to.</summary>
    private static double NormFromOneInput(double[] weights, ReadWeights read) =>
        weights.Chunk(read.Taps).Max(taps => Math.Sqrt(taps.Sum(weight => weight * weight)));

    private static void AddExact(ReadWeights read, Network network, double deviation, ExactComparison bounds, ExactComparison orthogonality)
    {
        switch (ParametersOf(network).Law)
        {
            case WeightLaw.Uniform:
                AddBounds(Math.Sqrt(3) * deviation);
                break;
            case WeightLaw.TruncatedNormal:
                AddBounds(2 / 0.87962566103423978 * deviation);
                break;
            case WeightLaw.Orthogonal when read.Outputs[0].Length == FanInOf(network):
                // Each group may have a matrix of its own, or all groups one, as PyTorch draws them.
                var apart = Products(read.Groups);
                AddAll(apart.Conclude("").Verdict == Verdict.Holds ? read.Groups : 1, orthogonality);
                break;
            case WeightLaw.Normal or WeightLaw.Orthogonal:
                break;
            case var law:
                throw new InvalidOperationException($"expected a law of weights, got {law}");
        }

        ExactComparison Products(int matrices)
        {
            var products = new ExactComparison();
            AddAll(matrices, products);
            return products;
        }

        void AddAll(int matrices, ExactComparison products)
        {
            foreach (var outputs in read.Outputs.Chunk(read.Outputs.Length / matrices))
            {
                AddOrthogonality(read, outputs, deviation * deviation, network.Name, products);
            }
        }

        void AddBounds(double most)
        {
            foreach (var (output, weights) in read.Outputs.Index())
            {
                var sum = read.Biases[output] == 0 ? 0 : most + Math.Abs(read.Biases[output]);
                var error = (read.Error * NormFromOneInput(weights, read)) + (read.UnitRoundoff * sum) + (1e-6 * most);
                foreach (var weight in weights)
                {
                    bounds.AddBetween(new Observed(weight), new Expected(-most), new Expected(most), error, network.Name);
                }
            }
        }
    }

    /// <summary>
    /// Of fewer outputs than weights the outputs are orthogonal, otherwise the weights from each tap; all of the norm that the variance asks for.
    /// </summary>
    private static void AddOrthogonality(ReadWeights read, double[][] outputs, double variance, string where, ExactComparison comparison)
    {
        var fanIn = outputs[0].Length;
        var vectors = outputs.Length <= fanIn ? outputs : [.. Enumerable.Range(0, fanIn).Select(i => Array.ConvertAll(outputs, weights => weights[i]))];
        var square = vectors[0].Length * variance;

        // A weight errs by ε times the norm of its vector at most, and is rounded to single precision, so a product of n pairs errs by 2√n ε of it, and a
        // little.
        var tolerance = square * ((4 * Math.Sqrt(vectors[0].Length) * read.Error) + 1e-4);
        for (var one = 0; one < vectors.Length; one++)
        {
            for (var other = 0; other <= one; other++)
            {
                var product = vectors[one].Zip(vectors[other], (a, b) => a * b).Sum();
                comparison.Add(
                    new Observed(product),
                    new Expected(one == other ? square : 0),
                    tolerance,
                    (one, other, where),
                    static pair => $"vectors {pair.one} and {pair.other}, {pair.where}"
                );
            }
        }
    }

    /// <summary>How many weights tests need.</summary>
    private sealed class Planned(ErrorRates rates)
    {
        public double Variance { get; } = Margin * VarianceTest.SamplesFor(rates, VarianceDiscrepancy);

        private readonly double _shape = Margin * BlurredDistributionTest.SamplesFor(rates, ShapeDiscrepancy);

        private readonly double _biases =
            Margin * Math.Max(VarianceTest.SamplesFor(rates, BiasDiscrepancy), BlurredDistributionTest.SamplesFor(rates, BiasShapeDiscrepancy));

        /// <summary>Weights of a layer that all its mappings show.</summary>
        public double WeightsOf(Network network) => MappingsOf(network, 1) * WeightsPerMapping(network);

        private static double WeightsPerMapping(Network network)
        {
            var kernel = network.Layers[0] is Convolution convolution ? convolution.Kernel : 1;
            return (double)ReadWeights.InputsOf(network, MostInputs) * kernel * kernel * network.Places[0].Shape.Channels;
        }

        /// <summary>Mappings of a layer; of orthogonal weights a few, since each of them must be so.</summary>
        public uint MappingsOf(Network network, double share)
        {
            var (parameters, outputs) = (ParametersOf(network), network.Places[0].Shape.Channels);
            var weights = WeightsPerMapping(network);
            var needed = parameters.Law switch
            {
                WeightLaw.Normal => Math.Max(Variance, _shape) / weights,
                WeightLaw.Uniform or WeightLaw.TruncatedNormal => _shape / weights,
                WeightLaw.Orthogonal => 3,
                var law => throw new InvalidOperationException($"expected a law of weights, got {law}"),
            };
            return (uint)Math.Clamp(Math.Ceiling(share * Math.Max(needed, parameters.BiasVariance > 0 ? _biases / outputs : 0)), 3, 4000);
        }
    }

    /// <summary>The biases of all layers together.</summary>
    private sealed class Biases(ErrorRates rates, int layers)
    {
        private readonly VarianceTest _variance = new(rates);
        private readonly BlurredDistributionTest _shape = new(rates);
        private readonly Dictionary<string, (double[] Products, double[] Weights, double Biases, int Count)> _sums = new(StringComparer.Ordinal);

        public void Add(string layer, ReadWeights read, double deviation)
        {
            var length = read.Outputs[0].Length + 1;
            var (products, squares, biases, count) = _sums.GetValueOrDefault(layer, (new double[length], new double[length], 0, 0));
            foreach (var (bias, weights) in read.Biases.Zip(read.Outputs))
            {
                // The last is the sum of all weights.
                for (var i = 0; i < length; i++)
                {
                    var weight = i < weights.Length ? weights[i] : weights.Sum();
                    (products[i], squares[i]) = (products[i] + (bias * weight), squares[i] + (weight * weight));
                }

                (biases, count) = (biases + (bias * bias), count + 1);
            }

            _sums[layer] = (products, squares, biases, count);
            _variance.Add(read.Biases.Length, read.Biases.Sum(bias => bias * bias) / (deviation * deviation), 0);
            foreach (var bias in read.Biases)
            {
                _shape.Add(new Observed(bias / deviation), 0);
            }
        }

        public IEnumerable<Measurement> Conclude()
        {
            if (layers == 0)
            {
                yield break;
            }

            yield return _variance.Conclude("variance of biases", BiasDiscrepancy);
            yield return _shape.Conclude("distribution of biases", BiasShapeDiscrepancy);
            var test = new CosineTest(rates, _sums.Values.Sum(sums => sums.Products.Length));
            foreach (var (layer, (products, squares, biases, count)) in _sums)
            {
                for (var i = 0; i < products.Length; i++)
                {
                    var weight = i;
                    test.Add(
                        Cosine.FromSums(products[i], (biases, squares[i]), (0, 0), count),
                        () => $"biases and {(weight + 1 < products.Length ? $"weights {weight}" : "the sums of weights")} of {layer}"
                    );
                }
            }

            yield return test.Conclude("correlation of biases with weights of their outputs", BiasCorrelation);
        }
    }
}
