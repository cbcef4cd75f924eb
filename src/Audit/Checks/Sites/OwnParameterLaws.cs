using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>I12, I13 and I14: the weights and biases that a subject draws for any network, solved for.</summary>
internal static class OwnParameterLaws
{
    /// <summary>δ of the variance of normal weights.</summary>
    internal const double VarianceDiscrepancy = 0.05;

    /// <summary>
    /// δ of the variance of weights of one kind of layer: dense, or convolutions of one kernel size, separately if strided, dilated or grouped. Weights that
    /// are 3 % too large have a variance that is 6 % too large. The estimate from n weights scatters by √(2/n), so 65,000 weights of each kind are used.
    /// </summary>
    internal const double KindDiscrepancy = 0.05;

    /// <summary>δ of the distribution function of weights.</summary>
    internal const double ShapeDiscrepancy = 0.03;

    /// <summary>δ of the variance of biases, which are fewer.</summary>
    internal const double BiasDiscrepancy = 0.25;

    /// <summary>δ of the correlation of two sets of weights, one of which repeats a part of the other.</summary>
    internal const double FreshDiscrepancy = 0.75;

    /// <summary>The least number of weights of a layer: from here on, the interval of an independent pair lies inside that correlation.</summary>
    private const int LeastWeights = 400;

    private const int Seeds = 3;
    private const int MostImages = 256;
    private const int MostUnknowns = 200;

    /// <summary>The simulations of the first seed that are compared; of other seeds only the first two are.</summary>
    private static readonly uint[] Simulations = [0, 1, 2, 3, 64, 128, 256, 1024, 65536];

    /// <summary>The bits by which other seeds differ from the first: neighbours, and single bits from low to high.</summary>
    private static readonly ulong[] OtherSeeds = [1, 2, 1ul << 8, 1ul << 16, 1ul << 32, 1ul << 52];

    /// <summary>Whether a network has a layer whose weights can be solved for.</summary>
    public static bool HasSite(Network network) => SitesOf(network).Count > 0;

    /// <summary>Whether such a layer has normal weights, and enough of them to be compared with others.</summary>
    public static bool HasComparableSite(Network network) =>
        SitesOf(network).Any(layer => Parameters(layer).Law == WeightLaw.Normal && WeightsOf(layer, network) >= LeastWeights);

    /// <summary>
    /// I12: one set of weights and biases explains signal and noise of two inputs, whatever else is asked between them; a layer without bias variance has no
    /// bias; and an image depends on other images only through batch statistics.
    /// </summary>
    public static IEnumerable<Measurement> OneSet(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] solvable = [.. cases.Where(site => HasSite(site.Network))];
        var measurements = solvable.Length > 0 ? Solved(context, solvable).ToList() : [];
        var separate = Separate(context, cases);
        return separate.Comparisons > 0 ? [.. measurements, separate.Conclude("images that change when others do")] : measurements;
    }

    /// <summary>
    /// I20: convolutions with weights of their own have the kernel, stride, dilation, groups and border that they name: with any other, no set of weights
    /// explains what they do.
    /// </summary>
    public static IEnumerable<Measurement> Geometry(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] solvable = [.. cases.Where(site => HasSite(site.Network))];
        return solvable.Length == 0 ? [] : Solved(context, solvable);
    }

    /// <summary>Changes some images of a batch and compares the others.</summary>
    private static ExactComparison Separate(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        var comparison = new ExactComparison();
        foreach (var (study, site) in cases.Index().Where(pair => SeparateImages.HasSite(pair.Item.Network)))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var (network, images, seed) = (site.Network, Math.Max(2, site.Images), context.SeedOf(~study));
            if (context.Offers(network, images, NoiseKind.Mapping, given: false))
            {
                var input = Batch.Gaussian(network, images, seed, 0);
                var (other, changed) = SeparateImages.Change(input, seed);
                SeparateImages.Compare(
                    Ask(input),
                    Ask(other),
                    changed,
                    context.UnitRoundoff,
                    comparison,
                    $"{network.Name}, {images} inputs of {network.Input}"
                );
            }

            NetworkTrace Ask(Batch input) => NetworkTrace.Record(context.Subject, network, NoiseKind.Mapping, new Weights.Own(context.SeedOf(study), 0), input);
        }

        return comparison;
    }

    private static IEnumerable<Measurement> Solved(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        var (residuals, biases) = (new ExactComparison(), new ExactComparison());
        var (solved, all) = (0, 0);
        foreach (var (study, site) in Sized(context, cases).Index())
        {
            for (var repetition = 0u; repetition < Seeds; repetition++)
            {
                var seed = context.SeedOf((study * Seeds) + (int)repetition);
                NetworkTrace[] traces = [Ask(seed, repetition, repetition), Ask(seed ^ 1, repetition + 1, 5), Ask(seed, repetition, repetition + 7)];
                foreach (var layer in SitesOf(site.Network))
                {
                    all++;
                    if (SolvedLayer.Solve(layer, [traces[0], traces[2]], context.UnitRoundoff) is { } solution)
                    {
                        solved++;
                        var where = $"{site.Network.Places[layer.After]}, simulation {repetition}, {site.Description}";
                        residuals.AddZeros(solution.Residuals, solution.ResidualErrors, output => $"output {output} at {where}");
                        if (Parameters(layer).BiasVariance == 0)
                        {
                            biases.AddZeros(solution.Biases, solution.BiasErrors, output => $"output {output} at {where}");
                        }
                    }
                }
            }

            NetworkTrace Ask(ulong seed, uint simulation, uint input) =>
                NetworkTrace.Record(
                    context.Subject,
                    site.Network,
                    NoiseKind.Mapping,
                    new Weights.Own(seed, simulation),
                    Batch.Gaussian(site.Network, site.Images, context.SeedOf(~study), input)
                );
        }

        if (all > 0)
        {
            var measurement = residuals.Conclude("what one set of weights and biases leaves of signal and noise of two inputs");
            yield return measurement.Verdict == Verdict.Holds && 2 * solved < all
                ? measurement with
                {
                    Verdict = Verdict.Inconclusive,
                    Remark = $"only {solved} of {all} layers could be solved",
                }
                : measurement;
            if (biases.Comparisons > 0)
            {
                yield return biases.Conclude("biases of layers without any");
            }
        }
    }

    /// <summary>
    /// I13: normal weights have the variance σ_w²/fan-in and are normal; biases have the variance σ_b²; uniform and cut weights stay within their bounds;
    /// orthogonal weights are orthogonal.
    /// </summary>
    public static IEnumerable<Measurement> Law(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] sized = [.. Sized(context, cases)];
        var rates = context.Rates.SharedBy(3);
        string[] kinds =
        [
            .. sized.SelectMany(site => SitesOf(site.Network)).Where(layer => Parameters(layer).Law == WeightLaw.Normal).Select(KindOf).Distinct(),
        ];
        var ofKinds = rates.SharedBy(1 + kinds.Length);
        var byKind = kinds.ToDictionary(kind => kind, _ => new VarianceTest(ofKinds));
        var (variance, shape, ofBiases) = (new VarianceTest(ofKinds), new BlurredDistributionTest(rates), new VarianceTest(rates));
        var (bounds, orthogonality) = (new ExactComparison(), new ExactComparison());
        var planned = (
            Weights: Math.Max(VarianceTest.SamplesFor(ofKinds, VarianceDiscrepancy), BlurredDistributionTest.SamplesFor(rates, ShapeDiscrepancy)),
            OfKind: VarianceTest.SamplesFor(ofKinds, KindDiscrepancy),
            Biases: VarianceTest.SamplesFor(rates, BiasDiscrepancy)
        );
        foreach (var (study, site) in sized.Index())
        {
            var layers = SitesOf(site.Network);
            var mappings = MappingsFor(context, site, layers, study, planned);
            var atOnce = (uint)Math.Max(1, context.Subject.SimulationsAtOnce(site.Network, site.Images));
            for (var first = 0u; first < mappings; first += SideBySide.Threads * atOnce)
            {
                // While a subject draws weights, others are solved for; they are taken in their order, whoever is done first.
                var begin = first;
                var pieces = (int)Math.Min(SideBySide.Threads, (mappings - first + atOnce - 1) / atOnce);
                var solutions = SideBySide.Compute(
                    pieces,
                    piece =>
                        Solutions(context, site, layers, study, (begin + ((uint)piece * atOnce), Math.Min(mappings, begin + ((uint)(piece + 1) * atOnce)))),
                    context.Cancellation
                );
                foreach (var solution in solutions.SelectMany(solution => solution))
                {
                    AddLaw(solution, site, (variance, byKind), shape, ofBiases, bounds, orthogonality);
                }
            }
        }

        if (variance.Samples > 0)
        {
            yield return variance.Conclude("variance of normal weights", VarianceDiscrepancy);
            yield return shape.Conclude("distribution of normal weights", ShapeDiscrepancy);
        }

        foreach (var (kind, test) in kinds.Select(kind => (kind, byKind[kind])).Where(pair => pair.Item2.Samples > 0))
        {
            yield return test.Conclude($"variance of normal weights, {kind}", KindDiscrepancy);
        }

        if (ofBiases.Samples > 0)
        {
            yield return ofBiases.Conclude("variance of biases", BiasDiscrepancy);
        }

        foreach (
            var (comparison, quantity) in new[]
            {
                (bounds, "bounds of uniform and cut weights"),
                (orthogonality, "products of the columns of orthogonal weights"),
            }
        )
        {
            if (comparison.Comparisons > 0)
            {
                yield return comparison.Conclude(quantity);
            }
        }
    }

    /// <summary>The weights that some mappings show, one after the other.</summary>
    internal static SolvedLayer[] Solutions(CheckContext context, SiteCase site, IReadOnlyList<ShownLayer> layers, int study, (uint First, uint End) mappings)
    {
        Propagation[] propagations =
        [
            .. Enumerable
                .Range((int)mappings.First, (int)(mappings.End - mappings.First))
                .Select(simulation => new Propagation(
                    new Weights.Own(context.SeedOf(study), (uint)simulation),
                    Batch.Gaussian(site.Network, site.Images, context.SeedOf(~study), (uint)simulation)
                )),
        ];
        return
        [
            .. NetworkTrace
                .All(context.Subject, site.Network, NoiseKind.Mapping, propagations)
                .SelectMany(trace => layers.Select(layer => Sharp(layer, trace, context.UnitRoundoff)).OfType<SolvedLayer>()),
        ];
    }

    /// <summary>
    /// The number of mappings that give the planned number of weights and biases, estimated from one mapping of another seed: so it is fixed before the data.
    /// </summary>
    private static uint MappingsFor(
        CheckContext context,
        SiteCase site,
        IReadOnlyList<ShownLayer> layers,
        int study,
        (double Weights, double OfKind, double Biases) planned
    )
    {
        var pilot = NetworkTrace.Record(
            context.Subject,
            site.Network,
            NoiseKind.Mapping,
            new Weights.Own(context.SeedOf(~study), 0),
            Batch.Gaussian(site.Network, site.Images, context.SeedOf(~study), uint.MaxValue)
        );
        SolvedLayer[] solved = [.. layers.Select(layer => Sharp(layer, pilot, context.UnitRoundoff)).OfType<SolvedLayer>()];
        var weights = solved.Where(layer => Parameters(layer.Layer).Law == WeightLaw.Normal).Sum(layer => layer.Weights.Length);
        var fewest = solved
            .Where(layer => Parameters(layer.Layer).Law == WeightLaw.Normal)
            .GroupBy(layer => KindOf(layer.Layer))
            .Select(kind => kind.Sum(layer => layer.Weights.Length))
            .DefaultIfEmpty()
            .Min();
        var biases = solved.Where(layer => Parameters(layer.Layer).BiasVariance > 0).Sum(layer => layer.Outputs);
        var needed = new[]
        {
            weights == 0 ? 0 : planned.Weights / weights,
            fewest == 0 ? 0 : planned.OfKind / fewest,
            biases == 0 ? 0 : planned.Biases / biases,
        }.Max();
        return (uint)Math.Clamp(Math.Ceiling(context.SampleShare * needed), 3, 4000);
    }

    /// <summary>I14: weights of different layers, simulations and seeds are independent: no two sets are equal, and none repeats another.</summary>
    public static IEnumerable<Measurement> Fresh(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] sized = [.. Sized(context, cases)];
        var rates = context.Rates.SharedBy(Math.Max(1, sized.Length));
        foreach (var (study, site) in sized.Index())
        {
            var first = context.SeedOf(study) & ~OtherSeeds.Aggregate((all, bit) => all | bit);
            var asked = Simulations
                .Select(simulation => (Seed: first, Simulation: simulation))
                .Concat(OtherSeeds.SelectMany(other => new[] { (first ^ other, 0u), (first ^ other, 1u) }));
            var vectors = new List<(double[] Weights, double Square, double Error, string Name)>();
            foreach (var (seed, simulation) in asked)
            {
                var trace = NetworkTrace.Record(
                    context.Subject,
                    site.Network,
                    NoiseKind.Mapping,
                    new Weights.Own(seed, simulation),
                    Batch.Gaussian(site.Network, site.Images, context.SeedOf(~study), simulation)
                );
                foreach (var layer in SitesOf(site.Network).Where(layer => Parameters(layer).Law == WeightLaw.Normal))
                {
                    if (Sharp(layer, trace, context.UnitRoundoff) is { } solution)
                    {
                        vectors.Add(
                            (
                                solution.Weights,
                                Square(solution.Weights),
                                Square(solution.Errors),
                                $"{site.Network.Places[layer.After]} of simulation {simulation}, seed + {seed ^ first}"
                            )
                        );
                    }
                }
            }

            var pairs = vectors
                .SelectMany(
                    (one, i) =>
                        vectors
                            .Skip(i + 1)
                            .Where(other => other.Weights.Length == one.Weights.Length && one.Weights.Length >= LeastWeights)
                            .Select(other => (one, other))
                )
                .ToArray();
            if (pairs.Length > 0)
            {
                var test = new CosineTest(rates, pairs.Length);
                foreach (var (one, other) in pairs)
                {
                    var product = one.Weights.Zip(other.Weights, (a, b) => a * b).Sum();
                    test.Add(
                        Cosine.FromSums(product, (one.Square, other.Square), (one.Error, other.Error), one.Weights.Length),
                        () => $"{one.Name} and {other.Name}"
                    );
                }

                yield return test.Conclude($"correlation of any two layers' weights, {site.Description}", FreshDiscrepancy);
            }
        }

        static double Square(double[] values) => values.Sum(value => value * value);
    }

    /// <summary>
    /// The weights of a layer that one mapping determines; null unless they are determined to a hundredth of their standard deviation, which depends only on
    /// the layer's input.
    /// </summary>
    internal static SolvedLayer? Sharp(ShownLayer layer, NetworkTrace trace, double unitRoundoff)
    {
        var parameters = Parameters(layer);
        var solution = SolvedLayer.Solve(layer, [trace], unitRoundoff);
        return
            solution is not null
            && solution.Blur * Math.Sqrt(parameters.WeightVariance + parameters.BiasVariance) <= 0.01 * Math.Sqrt(parameters.WeightVariance / solution.FanIn)
            ? solution
            : null;
    }

    private static void AddLaw(
        SolvedLayer solution,
        SiteCase site,
        (VarianceTest All, Dictionary<string, VarianceTest> ByKind) variances,
        BlurredDistributionTest shape,
        VarianceTest ofBiases,
        ExactComparison bounds,
        ExactComparison orthogonality
    )
    {
        var parameters = Parameters(solution.Layer);
        var deviation = Math.Sqrt(parameters.WeightVariance / solution.FanIn);
        if (parameters.BiasVariance > 0)
        {
            ofBiases.Add(
                solution.Outputs,
                solution.Biases.Sum(bias => bias * bias) / parameters.BiasVariance,
                solution.BiasErrors.Sum(error => error * error) / parameters.BiasVariance
            );
        }

        if (deviation == 0)
        {
            return;
        }

        var where = $"{site.Network.Places[solution.Layer.After]}, {site.Description}";
        switch (parameters.Law)
        {
            case WeightLaw.Normal:
                foreach (var variance in new[] { variances.All, variances.ByKind[KindOf(solution.Layer)] })
                {
                    variance.Add(
                        solution.Weights.Length,
                        solution.Weights.Sum(weight => weight * weight) / (deviation * deviation),
                        solution.Errors.Sum(error => error * error) / (deviation * deviation)
                    );
                }

                foreach (var (weight, error) in solution.Weights.Zip(solution.Errors))
                {
                    shape.Add(new Observed(weight / deviation), error / deviation);
                }

                break;
            case WeightLaw.Uniform or WeightLaw.TruncatedNormal:
                AddBounds(solution, bounds, where);
                break;
            case WeightLaw.Orthogonal when solution.Layer.Layer is Dense && solution.FanIn == solution.Outputs:
                AddOrthogonality(solution, parameters.WeightVariance, orthogonality, where);
                break;
            case WeightLaw.Orthogonal:
                break;
            default:
                throw new InvalidOperationException($"expected a law of weights, got {parameters.Law}");
        }
    }

    /// <summary>Compares uniform or cut weights with the bounds of their law.</summary>
    internal static void AddBounds(SolvedLayer solution, ExactComparison bounds, string where)
    {
        // A normal law that is cut at two deviations keeps 0.8796 of its deviation.
        var parameters = Parameters(solution.Layer);
        var deviation = Math.Sqrt(parameters.WeightVariance / solution.FanIn);
        var most = deviation * (parameters.Law == WeightLaw.Uniform ? Math.Sqrt(3) : 2 / 0.87962566103423978);
        foreach (var (weight, error) in solution.Weights.Zip(solution.Errors))
        {
            bounds.AddBetween(new Observed(weight), new Expected(-most), new Expected(most), error + (1e-6 * most), where);
        }
    }

    private static void AddOrthogonality(SolvedLayer solution, double square, ExactComparison comparison, string where)
    {
        for (var one = 0; one < solution.Outputs; one++)
        {
            for (var other = 0; other <= one; other++)
            {
                var (product, error) = (0.0, 0.0);
                for (var i = 0; i < solution.FanIn; i++)
                {
                    var (a, b) = ((i * solution.Outputs) + one, (i * solution.Outputs) + other);
                    product += solution.Weights[a] * solution.Weights[b];
                    error +=
                        (Math.Abs(solution.Weights[a]) * solution.Errors[b])
                        + (solution.Errors[a] * Math.Abs(solution.Weights[b]))
                        + (solution.Errors[a] * solution.Errors[b]);
                }

                // Each weight is rounded to single precision: this changes their products by at most a thousand times that.
                comparison.Add(
                    new Observed(product),
                    new Expected(one == other ? square : 0),
                    error + (1e-4 * square),
                    (one, other, where),
                    static pair => $"outputs {pair.one} and {pair.other}, {pair.where}"
                );
            }
        }
    }

    /// <summary>The networks with as many inputs as it takes to solve for the weights of their layers.</summary>
    internal static IEnumerable<SiteCase> Sized(CheckContext context, IReadOnlyList<SiteCase> cases) =>
        context.Offered(
            cases.Select(site =>
            {
                var needed = SitesOf(site.Network)
                    .Max(layer => (2.0 * SolvedLayer.FanInOf(layer, site.Network) / site.Network.Places[layer.After].Shape.Positions) + 2);
                return site with { Images = Math.Clamp((int)Math.Ceiling(needed), site.Images, Math.Max(site.Images, MostImages)) };
            })
        );

    internal static IReadOnlyList<ShownLayer> SitesOf(Network network) =>
        [
            .. SolvedLayer
                .LayersOf(network)
                .Where(layer =>
                    SolvedLayer.FanInOf(layer, network) <= MostUnknowns && Parameters(layer).WeightVariance > 0 && !ReadsCentredChannels(layer, network)
                ),
        ];

    /// <summary>Whether the layer's input channels add up to 0 at every point, as after layer norm: then a part of the weights cannot be determined.</summary>
    private static bool ReadsCentredChannels(ShownLayer layer, Network network) =>
        layer.Before >= 0 && network.Places[layer.Before].After is LayerNorm or GroupNorm;

    /// <summary>The kind of a layer: in a correct subject, the weights of all layers of one kind are scaled by the same rule.</summary>
    internal static string KindOf(ShownLayer layer) =>
        layer.Layer switch
        {
            Convolution convolution => FormattableString.Invariant($"kernel {convolution.Kernel}")
                + (convolution.Stride > 1 ? ", strided" : "")
                + (convolution.Dilation > 1 ? ", dilated" : "")
                + (convolution.Groups != 1 ? ", grouped" : ""),
            Dense => "dense",
            _ => throw new UnknownLayerException(layer.Layer),
        };

    private static int WeightsOf(ShownLayer layer, Network network) => SolvedLayer.FanInOf(layer, network) * network.Places[layer.After].Shape.Channels;

    internal static Initialisation Parameters(ShownLayer layer) => ParametersOf(layer.Layer);

    /// <summary>How the weights and biases of a convolution or dense layer are drawn.</summary>
    internal static Initialisation ParametersOf(Layer layer) =>
        layer switch
        {
            Convolution convolution => convolution.Parameters,
            Dense dense => dense.Parameters,
            _ => throw new UnknownLayerException(layer),
        };
}
