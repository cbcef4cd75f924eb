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
                new DistributionTest(rates, delta, context.Planned(planned), LeakyStepLaw.Error),
                new DistributionTest(rates, delta, context.Planned(planned), LeakyStepLaw.Error)
            );
            LeakyStepLaw[] laws =
            [
                .. sites.Select(fresh =>
                    LeakyStepLaw.Of(site.Network.Places[fresh.Linear.After].Shape.Channels, HomogeneousSlope.Find(fresh.Function)!.Value, law)
                ),
            ];
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, (planned + sites.Count - 1) / sites.Count, [signal, noise]))
            {
                foreach (var (index, fresh) in sites.Index())
                {
                    var (q, d, _) = fresh.Moments(fresh.Linear.InputOf(trace));
                    var after = fresh.Activation!.OutputOf(trace);
                    Add(signal, laws[index], WrittenOutLayers.MeanSquare(after.Signal), q[0]);
                    Add(noise, laws[index], WrittenOutLayers.MeanSquare(after.Noise), d[0]);
                }
            }

            yield return signal.Conclude($"distribution of the steps of ν₂, {site.Description}");
            yield return noise.Conclude($"distribution of the steps of μ₂(dx), {site.Description}");
        }

        static void Add(DistributionTest test, LeakyStepLaw law, double after, double before)
        {
            // Behind a layer that a chance has switched off altogether there is no step. NaN is judged, and so is what comes out of nothing.
            if (before != 0 || after != 0)
            {
                var step = after / before;
                test.Add(new Observed(step), new Expected(double.IsFinite(step) ? law.ProbabilityUpTo(step) : double.NaN));
            }
        }
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
}
