using System.Collections.Concurrent;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>
/// LN1, LN2, LN3 and V6: layer norm and RMS norm after a fresh Gaussian layer give a direction that is uniform on a sphere and independent of everything
/// below.
/// </summary>
/// <remarks>
/// <para>With n = N - 1 for layer norm and N for RMS norm: N σ²/q ~ χ²_n, so 1/σ² has the mean N/((n - 2)q) and the relative variance 2/(n - 4).</para>
/// <para>Let f be a mean over channels of a function of z, which is a point of a sphere of radius √N in n dimensions. Its variance is at most
/// N/(n - 1) E|∇f|² (Poincaré's inequality), which is 4/(n - 1) E s²s'² for f = ν₂(s(z)).</para>
/// <para>Given y at a point, the norm removes the part of the noise along y, and in layer norm also the part along 1: Σdz²σ²/D' ~ χ²_{n-1}, with
/// D' = D - C²/q.</para>
/// </remarks>
internal static class InputNormLaws
{
    internal const double InverseDiscrepancy = 0.1;
    internal const double PowerDiscrepancy = 0.05;
    internal const double NoiseDiscrepancy = 0.1;

    /// <summary>The scale of a norm from which on no law is computed of a sine after it, the same in theory.</summary>
    private const double MostScaleOfSine = 10;

    /// <summary>The largest effect of ε. The laws are those of ε = 0, so networks whose ε changes them by more are left out.</summary>
    private const double MostEpsilon = 1e-4;

    /// <summary>Averages over a sphere that have been computed; they are the same at every layer.</summary>
    private static readonly ConcurrentDictionary<(int Channels, bool Centred, Function Function, double Scale), (double Mean, double Variance)> Known = new();

    /// <summary>Whether a network has the site.</summary>
    public static bool HasSite(Network network) => SitesOf(network).Count > 0;

    /// <summary>Whether a network has a site with an activation after it.</summary>
    public static bool HasActivation(Network network) => SitesOf(network).Any(IsResolved);

    /// <summary>
    /// Whether an activation follows whose mean square a quadrature resolves: a sine of large arguments has too many turns (6 % off at a scale of 40).
    /// </summary>
    internal static bool IsResolved(FreshLayer fresh) =>
        fresh.Activation is not null && (fresh.Function.Kind != FunctionKind.Sine || Math.Abs(((Norm)fresh.Norm!.Layer).Scale) < MostScaleOfSine);

    /// <summary>LN1: E 1/σ².</summary>
    public static IEnumerable<Measurement> InverseVariance(CheckContext context, IReadOnlyList<SiteCase> cases) =>
        Measure(
            context,
            cases,
            InverseDiscrepancy,
            2,
            needsActivation: false,
            "1/σ² before norms of inputs",
            (fresh, trace, test) =>
            {
                var (q, _, _) = fresh.Moments(fresh.Linear.InputOf(trace));
                var (before, n) = (fresh.Linear.OutputOf(trace), Dimension(fresh, trace));
                if (n <= 5 || !IsExact(fresh, q))
                {
                    return;
                }

                var ratios = q.Select((variance, point) => variance / SigmaSquared(fresh, before, point) * (n - 2) / before.Channels);
                test.Add(new Observed(ratios.Average()), new Expected(1), 2.0 / (n - 4));
            }
        );

    /// <summary>V6: E ν₂ after norm and activation is the same number at every depth, for every input (LN2).</summary>
    public static IEnumerable<Measurement> Constancy(CheckContext context, IReadOnlyList<SiteCase> cases) =>
        Measure(
            context,
            cases,
            PowerDiscrepancy,
            2,
            needsActivation: true,
            "ν₂ after norm and activation",
            (fresh, trace, test) =>
            {
                var (q, _, _) = fresh.Moments(fresh.Linear.InputOf(trace));
                if (IsExact(fresh, q) && Dimension(fresh, trace) >= 3)
                {
                    var (mean, variance) = PowerOf(fresh, trace);
                    test.Add(new Observed(WrittenOutLayers.MeanSquare(fresh.Activation!.OutputOf(trace).Signal)), new Expected(mean), variance);
                }
            }
        );

    /// <summary>LN3: the noise after the norm, without the part along the signal.</summary>
    public static IEnumerable<Measurement> Noise(CheckContext context, IReadOnlyList<SiteCase> cases) =>
        Measure(
            context,
            cases,
            NoiseDiscrepancy,
            2,
            needsActivation: false,
            "ν₂(dz) after norms of inputs",
            (fresh, trace, test) =>
            {
                var (q, d, c) = fresh.Moments(fresh.Linear.InputOf(trace));
                var (before, after, n) = (fresh.Linear.OutputOf(trace), fresh.Norm!.OutputOf(trace), Dimension(fresh, trace));
                var scale = ((Norm)fresh.Norm.Layer).Scale;
                double[] rests = [.. q.Select((variance, i) => d[i] - (c[i] * c[i] / variance))];
                if (n <= 2 || scale == 0 || !IsExact(fresh, q) || rests.Any(rest => !(rest > 1e-6 * d.Max())))
                {
                    return;
                }

                var ratios = rests.Select(
                    (rest, point) =>
                    {
                        var square = Enumerable.Range(0, after.Channels).Sum(channel => Math.Pow(after.Noise[after.At(point, channel)] / scale, 2));
                        return square * SigmaSquared(fresh, before, point) / (rest * (n - 1));
                    }
                );
                test.Add(new Observed(ratios.Average()), new Expected(1), 2.0 / (n - 1));
            }
        );

    /// <summary>The mean of ν₂ after norm and activation, and a bound of its variance.</summary>
    internal static (double Mean, double Variance) PowerOf(FreshLayer fresh, NetworkTrace trace) =>
        Known.GetOrAdd(
            (trace.Snapshots[fresh.Linear.After].Shape.Channels, fresh.Norm!.Layer is LayerNorm, fresh.Function, ((Norm)fresh.Norm.Layer).Scale),
            key => PowerOf(key.Channels, key.Centred, key.Function, key.Scale)
        );

    private static (double Mean, double Variance) PowerOf(int channels, bool centred, Function function, double scale)
    {
        var (sphere, kinks, n) = (
            new SphereLaws(channels, centred),
            DualActivation.For(function).Curve.Kinks.Select(kink => kink / scale),
            channels - (centred ? 1 : 0)
        );
        var mean = sphere.Expectation(z => Math.Pow(WrittenOutFunction.Value(function, scale * z), 2), scale, kinks);
        var gradient = sphere.Expectation(
            z => Math.Pow(WrittenOutFunction.Value(function, scale * z) * scale * WrittenOutFunction.Derivative(function, scale * z), 2),
            scale,
            kinks
        );
        return (mean, 4 * gradient / (n - 1));
    }

    private static IReadOnlyList<FreshLayer> SitesOf(Network network) =>
        [
            .. FreshLayer
                .Collect(network)
                .Where(fresh =>
                    fresh.Parameters.Law == WeightLaw.Normal
                    && fresh.Norm?.Layer
                        is LayerNorm { Over: NormalisedOver.Channels, Epsilon: <= 1e-4, Scale: not 0 }
                            or RmsNorm { Over: NormalisedOver.Channels, Epsilon: <= 1e-4, Scale: not 0 }
                    && network.Places[fresh.Linear.After].Shape.Channels >= 8
                ),
        ];

    private static int Dimension(FreshLayer fresh, NetworkTrace trace) =>
        trace.Snapshots[fresh.Linear.After].Shape.Channels - (fresh.Norm!.Layer is LayerNorm ? 1 : 0);

    /// <summary>Whether ε is small enough to be treated as 0; this depends on the layer below alone.</summary>
    internal static bool IsExact(FreshLayer fresh, double[] variances) =>
        Array.TrueForAll(variances, variance => ((Norm)fresh.Norm!.Layer).Epsilon <= MostEpsilon * variance && variance > 0);

    private static double SigmaSquared(FreshLayer fresh, WrittenOutFeatures before, int point)
    {
        int[] set = [.. Enumerable.Range(0, before.Channels).Select(channel => before.At(point, channel))];
        return Math.Pow(WrittenOutNormalisation.Statistics((Norm)fresh.Norm!.Layer, before, set, fresh.Norm.Layer is LayerNorm).Deviation, 2);
    }

    private static IEnumerable<Measurement> Measure(
        CheckContext context,
        IReadOnlyList<SiteCase> cases,
        double discrepancy,
        double plannedVariance,
        bool needsActivation,
        string quantity,
        Action<FreshLayer, NetworkTrace, KnownVarianceTest> add
    )
    {
        SiteCase[] offered = [.. context.Offered(cases)];
        var rates = context.Rates.SharedBy(Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            FreshLayer[] sites = [.. SitesOf(site.Network).Where(fresh => !needsActivation || IsResolved(fresh))];
            var channels = sites.Average(fresh => site.Network.Places[fresh.Linear.After].Shape.Channels);
            var planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(plannedVariance / channels), context.Discrepancy(discrepancy));
            var test = new KnownVarianceTest(rates, context.Discrepancy(discrepancy), context.Planned(planned));
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, (planned + sites.Length - 1) / sites.Length, [test]))
            {
                foreach (var fresh in sites)
                {
                    add(fresh, trace, test);
                }
            }

            yield return test.Conclude($"{quantity}, {site.Description}");
        }
    }
}
