using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>
/// N2 and LN4: what layers make of pairs of points. Moments of single points do not test this: every single point may be right while pairs of points have
/// the wrong correlation.
/// </summary>
/// <remarks>
/// <para>N2: the channels of a fresh layer are independent, so the variance of a mean over them is that of one channel divided by their number. That of one
/// channel is at most E (s'(u) du)² (s'(v) dv)², and by Cauchy and Schwarz at most the root of the product of both fourth moments.</para>
/// <para>LN4: Σz² = N for each point, so by Cauchy and Schwarz the mean over channels of s(z_i)s(z_j) is at most max(1, a²)γ² in magnitude; it is at least 0
/// if s is.</para>
/// </remarks>
internal static class PairLaws
{
    /// <summary>δ of the correlation of the noise at two points.</summary>
    internal const double NoiseDiscrepancy = 0.1;

    /// <summary>δ of the mean product of the signal at two points.</summary>
    internal const double SignalDiscrepancy = 0.1;

    /// <summary>The variance of du dv s'(u)s'(v) divided by the powers of both, for planning.</summary>
    private const double PlannedVariance = 6;

    /// <summary>Number of points in the batch of LN4; the integral is computed once for each pair of them.</summary>
    private const int Inputs = 3;

    /// <summary>The amplitude of a part that is common to all points, so that their noise is correlated.</summary>
    private const double InNoise = 0.8;

    /// <summary>The same amplitude for LN4, where products of the signal are compared with their largest possible value.</summary>
    private const double InNorms = 0.95;

    /// <summary>
    /// The standard deviation of a mean product over 32 channels, relative to its mean. It is for planning, with a margin for batches whose common part is
    /// smaller than most.
    /// </summary>
    private const double PlannedDeviation = 0.4;

    /// <summary>Whether a network has the site of N2.</summary>
    public static bool HasNoiseSite(Network network) => NoiseSitesOf(network).Count > 0;

    /// <summary>Whether a network has the site of LN4.</summary>
    public static bool HasNormSite(Network network) => NormSitesOf(network).Any();

    /// <summary>N2: E s'(u)s'(v) du dv.</summary>
    public static IEnumerable<Measurement> Noise(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] offered = [.. context.Offered(cases.Select(site => site with { Images = Math.Max(2, site.Images) }))];
        var rates = context.Rates.SharedBy(Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var sites = NoiseSitesOf(site.Network);
            var channels = sites.Average(fresh => site.Network.Places[fresh.Linear.After].Shape.Channels);
            var planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(PlannedVariance / channels), context.Discrepancy(NoiseDiscrepancy));
            var test = new KnownVarianceTest(rates, context.Discrepancy(NoiseDiscrepancy), context.Planned(planned), EffectKind.Correlation);
            var first = 0;
            foreach (
                var trace in context.UntilDecided(
                    site,
                    NoiseKind.Mapping,
                    study,
                    (planned + sites.Count - 1) / sites.Count,
                    [test],
                    simulation => Alike(context, site, study, simulation, InNoise)
                )
            )
            {
                foreach (var fresh in sites)
                {
                    AddNoise(fresh, trace, first, test);
                }

                // Each simulation uses another pair of images.
                first = (first + 1) % (site.Images - 1);
            }

            yield return test.Conclude($"mean of dx_i·dx_j after activations, {site.Description}");
        }
    }

    /// <summary>LN4: E s(z_i)s(z_j), of a layer by itself on a fixed batch. Where ε counts beside the variance, there are no samples.</summary>
    public static IEnumerable<Measurement> Norms(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        var distinct = cases
            .SelectMany(site => NormSitesOf(site.Network))
            .Select(fresh => (fresh.Parameters, Norm: (Norm)fresh.Norm!.Layer, fresh.Function))
            .Distinct();
        SiteCase[] offered =
        [
            .. context.Offered(
                distinct.Select(layer => new SiteCase(
                    new(
                        $"{layer.Norm.Word} and {layer.Function}",
                        new(1, 1, 8),
                        [new Dense { Channels = 32, Parameters = layer.Parameters }, layer.Norm, new Activation(layer.Function)]
                    ),
                    Inputs
                ))
            ),
        ];
        var rates = context.Rates.SharedBy(Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var (fresh, batch) = (FreshLayer.Collect(site.Network)[0], Alike(context, site, study, 0, InNorms));
            var (scale, slope) = (((Norm)fresh.Norm!.Layer).Scale, HomogeneousSlope.Find(fresh.Function)!.Value);
            PairMoments[][] pairs = [.. Pairs().Select(pair => MomentsOf(fresh, batch, pair))];
            var most = scale * scale * Math.Max(1, slope * slope);
            var planned = KnownVarianceTest.SamplesFor(rates, PlannedDeviation, context.Discrepancy(SignalDiscrepancy));
            var test = new BoundedTest(rates, context.Discrepancy(SignalDiscrepancy), context.Planned(planned) * 0.01);
            if (!pairs.All(pair => HasLaw(fresh, pair)))
            {
                yield return test.Conclude($"mean of x_i·x_j after {site.Network.Name}");
                continue;
            }

            var expected = scale * scale * pairs.Average(pair => ExpectedProduct(fresh, slope, pair));
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, planned, [test], _ => batch))
            {
                var after = fresh.Activation!.OutputOf(trace);
                test.Add(new Observed(Pairs().Average(pair => Product(after, after.Signal, pair))), new Expected(expected), slope is 0 or -1 ? 0 : -most, most);
            }

            yield return test.Conclude($"mean of x_i·x_j after {site.Network.Name}");
        }
    }

    private static IReadOnlyList<FreshLayer> NoiseSitesOf(Network network) =>
        [.. FreshLayer.Collect(network).Where(fresh => fresh is { Norm: null, Activation: not null, Parameters.Law: WeightLaw.Normal })];

    private static IEnumerable<FreshLayer> NormSitesOf(Network network) =>
        FreshLayer
            .Collect(network)
            .Where(fresh =>
                fresh
                    is {
                        Activation: not null,
                        Parameters: { Law: WeightLaw.Normal, WeightVariance: > 0 },
                        Norm.Layer: LayerNorm { Over: NormalisedOver.Channels, Epsilon: <= 1e-4, Scale: not 0 }
                            or RmsNorm { Over: NormalisedOver.Channels, Epsilon: <= 1e-4, Scale: not 0 }
                    }
                && fresh.Function.Kind != FunctionKind.Linear
                && HomogeneousSlope.Find(fresh.Function) is not null
            );

    private static void AddNoise(FreshLayer fresh, NetworkTrace trace, int first, KnownVarianceTest test)
    {
        var (input, after) = (fresh.Linear.InputOf(trace), fresh.Activation!.OutputOf(trace));
        var (i, j) = (first * after.Positions, (first + 1) * after.Positions);
        var (one, two) = (fresh.Pair(input, i, i), fresh.Pair(input, j, j));
        var pair = fresh.Pair(input, i, j);
        if (!(one.Signal > 0 && two.Signal > 0))
        {
            return;
        }

        var (dual, function) = (DualActivation.For(fresh.Function), fresh.Function);
        var expected = dual.NoiseCovariance(one.Signal, two.Signal, pair.Signal, new NoiseAtPair(pair.Noise, one.Cross, pair.Cross, pair.CrossBack, two.Cross));
        var (powerOfOne, fourthOfOne) = Powers(one);
        var (powerOfTwo, fourthOfTwo) = Powers(two);
        var size = GeometricMean(powerOfOne, powerOfTwo);
        if (size > 0)
        {
            var second = GaussianAverage.Margin * GeometricMean(fourthOfOne, fourthOfTwo);
            test.Add(
                new Observed(Product(after, after.Noise, (i, j))),
                new Expected(expected),
                Math.Max(second - (expected * expected), 1e-6 * size * size) / after.Channels,
                size
            );
        }

        // Fourth moments of a signal that has shrunk to 10⁻⁶⁰ have no product in double precision.
        static double GeometricMean(double x, double y) => x * y is > 1e-290 and < 1e290 ? Math.Sqrt(x * y) : Math.Sqrt(x) * Math.Sqrt(y);

        // E (s'(y) dy)² and the fourth moment, dy being Gaussian about its regression on y.
        (double Power, double Fourth) Powers(PairMoments point)
        {
            var (slope, rest) = (point.Cross / point.Signal, Math.Max(0, point.Noise - (point.Cross * point.Cross / point.Signal)));
            return (
                GaussianAverage.Integrate(function, point.Signal, (_, derivative, u) => derivative * derivative * ((slope * u * slope * u) + rest)),
                GaussianAverage.Integrate(
                    function,
                    point.Signal,
                    (_, derivative, u) => Math.Pow(derivative, 4) * (Math.Pow(slope * u, 4) + (6 * Math.Pow(slope * u, 2) * rest) + (3 * rest * rest))
                )
            );
        }
    }

    /// <summary>The moments of one input, of the other, and of both together, before the norm.</summary>
    private static PairMoments[] MomentsOf(FreshLayer fresh, Batch batch, (int One, int Two) pair)
    {
        var input = new WrittenOutFeatures(batch.Shape.Images, batch.Shape.Height, batch.Shape.Width, batch.Shape.Channels, batch.Signal, batch.Noise);
        return [fresh.Pair(input, pair.One, pair.One), fresh.Pair(input, pair.Two, pair.Two), fresh.Pair(input, pair.One, pair.Two)];
    }

    /// <summary>The law is that of ε = 0 and of two different directions: small weights make ε count, and large biases make all inputs one.</summary>
    private static bool HasLaw(FreshLayer fresh, PairMoments[] pair) =>
        InputNormLaws.IsExact(fresh, [pair[0].Signal, pair[1].Signal]) && Math.Abs(Correlation(pair)) < 1;

    private static double ExpectedProduct(FreshLayer fresh, double slope, PairMoments[] pair) =>
        new SphereLaws(((Dense)fresh.Linear.Layer).Channels!.Value, fresh.Norm!.Layer is LayerNorm).Pair(slope, Correlation(pair));

    private static double Correlation(PairMoments[] pair) => pair[2].Signal / Math.Sqrt(pair[0].Signal * pair[1].Signal);

    private static IEnumerable<(int One, int Two)> Pairs() => [(0, 1), (1, 2), (2, 0)];

    private static double Product(WrittenOutFeatures features, double[] values, (int One, int Two) points) =>
        Enumerable.Range(0, features.Channels).Average(channel => values[features.At(points.One, channel)] * values[features.At(points.Two, channel)]);

    /// <summary>Images with a large common part, and noise that is correlated with its own image and with the noise of others.</summary>
    private static Batch Alike(CheckContext context, SiteCase site, int study, uint simulation, double amplitude)
    {
        var own = SiteSimulations.Correlated(context, site, study, simulation);
        var common = Batch.Gaussian(site.Network, 1, context.SeedOf(~(study + 1000)), simulation);
        var length = common.Signal.Length;
        var rest = Math.Sqrt(1 - (amplitude * amplitude));
        return own with { Signal = Mixed(own.Signal, common.Signal), Noise = Mixed(own.Noise, common.Noise) };

        double[] Mixed(double[] values, double[] shared) =>
            [.. values.Select((value, i) => (double)(float)((amplitude * shared[i % length]) + (rest * value)))];
    }
}
