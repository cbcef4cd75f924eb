using System.Collections.Concurrent;
using MathNet.Numerics;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>V1, V2 and V3: leaky activations after fresh weights of any symmetric law, and the walk of one point.</summary>
/// <remarks>
/// The sign of each channel is random, ±1 with equal probability, whatever else is given: so in the mean, s keeps (1 + a²)/2 of signal and noise. For normal
/// weights, the variance of the mean square over N independent channels is at most (5 - 2a² + 5a⁴)/(1 + a²)² /N of its squared mean. It is less for lighter
/// tails, and for orthogonal weights with N inputs.
/// </remarks>
internal static class LeakyLaws
{
    internal const double ConservationDiscrepancy = 0.1;
    internal const double StepDistance = 0.06;

    /// <summary>The error of tabulated distribution functions, which are interpolated between steps of a two-hundredth of their range.</summary>
    private const double TableError = 1e-4;

    /// <summary>Whether a network has the site of V1.</summary>
    public static bool HasSite(Network network) => SitesOf(network).Count > 0;

    /// <summary>Whether a network has the site of V2 or V3: a site of V1 that is fully connected and without biases.</summary>
    public static bool HasWalk(Network network, WeightLaw law) => WalksOf(network, law).Count > 0;

    /// <summary>V1: ν₂ of signal and noise after a leaky activation is that of the layer below times σ_w²(1 + a²)/2.</summary>
    public static IEnumerable<Measurement> Conservation(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] offered = [.. context.Offered(cases)];
        var rates = context.Rates.SharedBy(2 * Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var sites = SitesOf(site.Network);
            var channels = sites.Average(fresh => site.Network.Places[fresh.Linear.After].Shape.Channels);
            var delta = context.Discrepancy(ConservationDiscrepancy);
            var planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(5 / channels), delta);
            var (signal, noise) = (
                new KnownVarianceTest(rates, delta, context.Planned(planned)),
                new KnownVarianceTest(rates, delta, context.Planned(planned))
            );
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, (planned + sites.Count - 1) / sites.Count, [signal, noise]))
            {
                foreach (var fresh in sites)
                {
                    var (q, d, _) = fresh.Moments(fresh.Linear.InputOf(trace));
                    var after = fresh.Activation!.OutputOf(trace);
                    var squared = Math.Pow(HomogeneousSlope.Find(fresh.Function)!.Value, 2);
                    var kept = (1 + squared) / 2;
                    Add(signal, after.Signal, q);
                    Add(noise, after.Noise, d);

                    void Add(KnownVarianceTest test, double[] values, double[] variances)
                    {
                        // Jensen's inequality: the square of a mean over points is at most the mean of the squares.
                        var (mean, second) = (variances.Average(), variances.Average(variance => variance * variance));
                        if (mean > 0)
                        {
                            var variance = ((1.5 * (1 + (squared * squared)) * second) - (kept * kept * mean * mean)) / after.Channels;
                            test.Add(new Observed(WrittenOutLayers.MeanSquare(values)), new Expected(kept * mean), variance);
                        }
                    }
                }
            }

            yield return signal.Conclude($"ν₂(x) after leaky activations, {site.Description}");
            yield return noise.Conclude($"ν₂(dx) after leaky activations, {site.Description}");
        }
    }

    /// <summary>V2 (normal weights) and V3 (orthogonal ones): the factor by which a layer multiplies ν₂ of one point has a known law.</summary>
    public static IEnumerable<Measurement> Walk(CheckContext context, IReadOnlyList<SiteCase> cases, WeightLaw law)
    {
        SiteCase[] offered = [.. context.Offered(cases.Select(site => site with { Images = 1 }))];
        var rates = context.Rates.SharedBy(2 * Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var sites = WalksOf(site.Network, law);
            var delta = context.Discrepancy(StepDistance);
            var planned = DistributionTest.SamplesFor(rates, delta);
            var (signal, noise) = (
                new DistributionTest(rates, delta, context.Planned(planned), TableError),
                new DistributionTest(rates, delta, context.Planned(planned), TableError)
            );
            Table[] tables =
            [
                .. sites.Select(fresh => Table.For(site.Network.Places[fresh.Linear.After].Shape.Channels, HomogeneousSlope.Find(fresh.Function)!.Value, law)),
            ];
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, (planned + sites.Count - 1) / sites.Count, [signal, noise]))
            {
                foreach (var (index, fresh) in sites.Index())
                {
                    var (q, d, _) = fresh.Moments(fresh.Linear.InputOf(trace));
                    var after = fresh.Activation!.OutputOf(trace);
                    Add(signal, tables[index], WrittenOutLayers.MeanSquare(after.Signal) / q[0]);
                    Add(noise, tables[index], WrittenOutLayers.MeanSquare(after.Noise) / d[0]);
                }
            }

            yield return signal.Conclude($"distribution of the steps of ν₂, {site.Description}");
            yield return noise.Conclude($"distribution of the steps of μ₂(dx), {site.Description}");
        }

        static void Add(DistributionTest test, Table table, double step) =>
            test.Add(new Observed(step), new Expected(double.IsFinite(step) ? table.Interpolate(step) : double.NaN));
    }

    private static IReadOnlyList<FreshLayer> SitesOf(Network network) =>
        [
            .. FreshLayer
                .Collect(network)
                .Where(fresh =>
                    fresh is { Norm: null, Activation: not null }
                    && HomogeneousSlope.Find(fresh.Function) is not null
                    && (fresh.Parameters.Law != WeightLaw.Orthogonal || IsSquare(network, fresh))
                ),
        ];

    private static IReadOnlyList<FreshLayer> WalksOf(Network network, WeightLaw law) =>
        network.Input.Positions != 1
            ? []
            :
            [
                .. SitesOf(network)
                    .Where(fresh =>
                        fresh.Linear.Layer is Dense
                        && fresh.Parameters is { BiasVariance: 0, WeightVariance: > 0 }
                        && fresh.Parameters.Law == law
                        && HomogeneousSlope.Find(fresh.Function) is > -1 and < 1
                        && network.Places[fresh.Linear.After].Shape is { Positions: 1, Channels: >= 16 and <= 256 }
                        && (law != WeightLaw.Orthogonal || IsSquare(network, fresh))
                    ),
            ];

    private static bool IsSquare(Network network, FreshLayer fresh) =>
        fresh.Linear is { Layer: Dense, Flattened: false }
        && (fresh.Linear.Before < 0 ? network.Input : network.Places[fresh.Linear.Before].Shape).Channels == network.Places[fresh.Linear.After].Shape.Channels;

    /// <summary>The distribution function of ν₂ after a layer divided by its mean before the activation.</summary>
    /// <remarks>
    /// Let K ~ Binomial(N, ½) channels be above 0. Their squares make up a share β ~ Beta(K/2, (N - K)/2) of the total, and a² + (1 - a²)β of the total
    /// remains. Orthogonal weights keep the total; for normal weights it is χ²_N/N, independent of the share.
    /// </remarks>
    private sealed class Table
    {
        private static readonly ConcurrentDictionary<(int Channels, double Slope, WeightLaw Law), Table> Known = new();
        private const int Steps = 400;
        private readonly double[] _values = new double[Steps + 1];
        private readonly double _from;
        private readonly double _spacing;

        private Table(int channels, double slope, WeightLaw law)
        {
            var squared = slope * slope;
            var mean = (1 + squared) / 2;
            var deviation = Math.Sqrt(
                ((law == WeightLaw.Orthogonal ? 3 - (6 * squared) + (3 * squared * squared) : 5 - (2 * squared) + (5 * squared * squared)) / 4) / channels
            );
            _from = Math.Max(0, mean - (8 * deviation));
            _spacing = (mean + (10 * deviation) - _from) / Steps;
            double[] binomial =
            [
                .. Enumerable.Range(0, channels + 1).Select(k => Math.Exp(SpecialFunctions.BinomialLn(channels, k) - (channels * Math.Log(2)))),
            ];
            for (var i = 0; i <= Steps; i++)
            {
                var value = _from + (i * _spacing);
                _values[i] = law == WeightLaw.Orthogonal ? Share(value) : OfNormal(value);
            }

            double Share(double kept)
            {
                // The law of the remaining part of a total of 1.
                var (least, sum) = ((kept - squared) / (1 - squared), 0.0);
                for (var k = 0; k <= channels; k++)
                {
                    sum +=
                        binomial[k]
                        * (
                            k == 0 ? (least >= 0 ? 1 : 0)
                            : k == channels ? (least >= 1 ? 1 : 0)
                            : SpecialFunctions.BetaRegularized(k / 2.0, (channels - k) / 2.0, Math.Clamp(least, 0, 1))
                        );
                }

                return sum;
            }

            double OfNormal(double value)
            {
                // The total t is χ²_N/N: an integral over its density, which is negligible beyond nine standard deviations.
                var (shape, reach, sum) = (channels / 2.0, 9 * Math.Sqrt(2.0 / channels), 0.0);
                var rule = new MathNet.Numerics.Integration.GaussLegendreRule(Math.Max(1e-9, 1 - reach), 1 + (1.3 * reach), 32);
                for (var node = 0; node < 32; node++)
                {
                    var whole = rule.GetAbscissa(node);
                    sum += rule.GetWeight(node) * MathNet.Numerics.Distributions.Gamma.PDF(shape, shape, whole) * Share(value / whole);
                }

                return sum;
            }
        }

        /// <summary>The table of a layer, computed once.</summary>
        public static Table For(int channels, double slope, WeightLaw law) =>
            Known.GetOrAdd((channels, slope, law), key => new Table(key.Channels, key.Slope, key.Law));

        public double Interpolate(double value)
        {
            var position = (value - _from) / _spacing;
            var node = (int)Math.Clamp(position, 0, Steps - 1);
            return Math.Clamp(_values[node] + ((position - node) * (_values[node + 1] - _values[node])), 0, 1);
        }
    }
}
