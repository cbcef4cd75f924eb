using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>
/// N1 and N3: what any activation makes of signal and noise after a fresh Gaussian layer, given the layer below and whatever their correlation.
/// </summary>
/// <remarks>
/// The channels of the layer are independent, so the variance of a mean over them is that of one channel divided by their number. And the square of a mean
/// over points is at most the mean of squares, which depends on one variable.
/// </remarks>
internal static class ActivationLaws
{
    /// <summary>
    /// δ of powers. A weight variance that is off by 5 % moves ν₂ after an activation by 5 % or less; another activation moves it by far more.
    /// </summary>
    internal const double PowerDiscrepancy = 0.1;

    /// <summary>δ of the correlation of signal and noise.</summary>
    internal const double CorrelationDiscrepancy = 0.05;

    /// <summary>The variance of s(y)² divided by its squared mean, for planning.</summary>
    private const double PlannedVariance = 6;

    /// <summary>The most points of a layer that are used: a mean over some points has the same expectation as one over all.</summary>
    private const int MostPoints = 16;

    /// <summary>Whether a network has the site.</summary>
    public static bool HasSite(Network network) => SitesOf(network).Count > 0;

    /// <summary>N1: E s(y)² and E s'(y)² dy².</summary>
    public static IEnumerable<Measurement> Powers(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] offered = [.. context.Offered(cases)];
        var rates = context.Rates.SharedBy(2 * Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var sites = SitesOf(site.Network);
            var (delta, planned) = (context.Discrepancy(PowerDiscrepancy), PlannedFor(context, rates, site, sites, PowerDiscrepancy));
            var (signal, noise) = (
                new KnownVarianceTest(rates, delta, context.Planned(planned)),
                new KnownVarianceTest(rates, delta, context.Planned(planned))
            );
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, Simulations(planned, sites), [signal, noise]))
            {
                foreach (var fresh in sites)
                {
                    AddPowers(fresh, trace, signal, noise);
                }
            }

            yield return signal.Conclude($"ν₂(x) after activations, {site.Description}");
            yield return noise.Conclude($"ν₂(dx) after activations, {site.Description}");
        }
    }

    /// <summary>N3: E s(y)s'(y) dy.</summary>
    public static IEnumerable<Measurement> Correlations(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] offered = [.. context.Offered(cases)];
        var rates = context.Rates.SharedBy(Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var sites = SitesOf(site.Network);
            var planned = PlannedFor(context, rates, site, sites, CorrelationDiscrepancy);
            var test = new KnownVarianceTest(rates, context.Discrepancy(CorrelationDiscrepancy), context.Planned(planned), EffectKind.Correlation);
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, Simulations(planned, sites), [test]))
            {
                foreach (var fresh in sites)
                {
                    AddCorrelation(fresh, trace, test);
                }
            }

            yield return test.Conclude($"mean of x·dx after activations, {site.Description}");
        }
    }

    private static IReadOnlyList<FreshLayer> SitesOf(Network network) =>
        [.. FreshLayer.Collect(network).Where(fresh => fresh is { Norm: null, Activation: not null, Parameters.Law: WeightLaw.Normal })];

    private static long PlannedFor(CheckContext context, ErrorRates rates, SiteCase site, IReadOnlyList<FreshLayer> sites, double discrepancy)
    {
        var channels = sites.Average(fresh => site.Network.Places[fresh.Linear.After].Shape.Channels);
        return KnownVarianceTest.SamplesFor(rates, Math.Sqrt(PlannedVariance / channels), context.Discrepancy(discrepancy));
    }

    private static long Simulations(long planned, IReadOnlyList<FreshLayer> sites) => (planned + sites.Count - 1) / sites.Count;

    private static void AddPowers(FreshLayer fresh, NetworkTrace trace, KnownVarianceTest signal, KnownVarianceTest noise)
    {
        var (q, d, c) = fresh.Moments(fresh.Linear.InputOf(trace));
        var after = fresh.Activation!.OutputOf(trace);
        int[] points = [.. Enumerable.Range(0, Math.Min(MostPoints, q.Length)).Select(i => (int)((long)i * q.Length / Math.Min(MostPoints, q.Length)))];
        var (dual, function, channels) = (DualActivation.For(fresh.Function), fresh.Function, after.Channels);
        var (square, fourth, power, powerSquare) = (0.0, 0.0, 0.0, 0.0);
        foreach (var i in points)
        {
            var moments = dual.Moments(q[i]);
            var (slope, rest) = q[i] > 0 ? (c[i] / q[i], Math.Max(0, d[i] - (c[i] * c[i] / q[i]))) : (0, d[i]);
            square += moments.Square / points.Length;
            power += ((d[i] * moments.SquareSlope) + (c[i] == 0 ? 0 : 2 * c[i] * c[i] * moments.SquareSlopeDerivative)) / points.Length;
            fourth += GaussianAverage.Integrate(function, q[i], (value, _, _) => Math.Pow(value, 4)) / points.Length;
            powerSquare +=
                GaussianAverage.Integrate(
                    function,
                    q[i],
                    (_, derivative, u) => Math.Pow(derivative, 4) * (Math.Pow(slope * u, 4) + (6 * Math.Pow(slope * u, 2) * rest) + (3 * rest * rest))
                ) / points.Length;
        }

        if (square > 0)
        {
            signal.Add(
                new Observed(MeanOf(after, points, at => after.Signal[at] * after.Signal[at])),
                new Expected(square),
                Variance(fourth, square, channels)
            );
        }

        if (power > 0)
        {
            noise.Add(
                new Observed(MeanOf(after, points, at => after.Noise[at] * after.Noise[at])),
                new Expected(power),
                Variance(powerSquare, power, channels)
            );
        }
    }

    private static void AddCorrelation(FreshLayer fresh, NetworkTrace trace, KnownVarianceTest test)
    {
        var (q, d, c) = fresh.Moments(fresh.Linear.InputOf(trace));
        var after = fresh.Activation!.OutputOf(trace);
        int[] points = [.. Enumerable.Range(0, Math.Min(MostPoints, q.Length)).Select(i => (int)((long)i * q.Length / Math.Min(MostPoints, q.Length)))];
        var (dual, function) = (DualActivation.For(fresh.Function), fresh.Function);
        var (expected, second, square, power) = (0.0, 0.0, 0.0, 0.0);
        foreach (var i in points)
        {
            var moments = dual.Moments(q[i]);
            var (slope, rest) = q[i] > 0 ? (c[i] / q[i], Math.Max(0, d[i] - (c[i] * c[i] / q[i]))) : (0, d[i]);
            expected += c[i] * moments.SquareDerivative / points.Length;
            second +=
                GaussianAverage.Integrate(function, q[i], (value, derivative, u) => Math.Pow(value * derivative, 2) * ((slope * u * slope * u) + rest))
                / points.Length;
            (square, power) = (square + (moments.Square / points.Length), power + (d[i] * moments.SquareSlope / points.Length));
        }

        if (square > 0 && power > 0)
        {
            test.Add(
                new Observed(MeanOf(after, points, at => after.Signal[at] * after.Noise[at])),
                new Expected(expected),
                GaussianAverage.Margin * second / after.Channels,
                Math.Sqrt(square * power)
            );
        }
    }

    private static double MeanOf(WrittenOutFeatures features, int[] points, Func<int, double> of) =>
        points.Average(point => Enumerable.Range(0, features.Channels).Average(channel => of(features.At(point, channel))));

    private static double Variance(double second, double mean, int channels) =>
        Math.Max(GaussianAverage.Margin * second - (mean * mean), 1e-6 * mean * mean) / channels;
}
