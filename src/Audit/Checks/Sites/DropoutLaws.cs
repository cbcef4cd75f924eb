using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>DR1: dropout with masks that the subject draws keeps the means of signal and noise and multiplies their powers by 1/p.</summary>
/// <remarks>
/// Masks of channels, or of single features, are independent. So the power after them is a sum of independent terms, whose variance is known.
/// </remarks>
internal static class DropoutLaws
{
    internal const double PowerDiscrepancy = 0.1;

    /// <summary>Whether a network has the site.</summary>
    public static bool HasSite(Network network) => SitesOf(network).Any();

    /// <summary>ν₂ of signal and noise after dropout.</summary>
    public static IEnumerable<Measurement> Powers(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] offered = [.. context.Offered(cases)];
        var rates = context.Rates.SharedBy(2 * Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            ShownLayer[] sites = [.. SitesOf(site.Network)];
            var (delta, channels) = (context.Discrepancy(PowerDiscrepancy), sites.Average(layer => site.Network.Places[layer.After].Shape.Channels));
            var planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(2 / channels), delta);
            var (signal, noise) = (
                new KnownVarianceTest(rates, delta, context.Planned(planned)),
                new KnownVarianceTest(rates, delta, context.Planned(planned))
            );
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, (planned + sites.Length - 1) / sites.Length, [signal, noise]))
            {
                foreach (var layer in sites)
                {
                    var (before, after, dropout) = (layer.InputOf(trace), layer.OutputOf(trace), (Dropout)layer.Layer);
                    Add(signal, dropout, before.Signal, after.Signal, before.Channels);
                    Add(noise, dropout, before.Noise, after.Noise, before.Channels);
                }
            }

            yield return signal.Conclude($"ν₂(x) after dropout, {site.Description}");
            yield return noise.Conclude($"ν₂(dx) after dropout, {site.Description}");
        }
    }

    private static void Add(KnownVarianceTest test, Dropout layer, double[] before, double[] after, int channels)
    {
        var squares = layer.Mask == DropoutMask.Shared ? WrittenOutLayers.MeanSquares(before, channels) : Array.ConvertAll(before, value => value * value);
        var mean = squares.Average() / layer.Keep;
        if (mean > 0)
        {
            // The squared factor of a mask is 1/p² with probability p, and otherwise 0: its variance is (1 - p)/p³.
            var variance = (1 - layer.Keep) / Math.Pow(layer.Keep, 3) * squares.Sum(square => square * square) / ((double)squares.Length * squares.Length);
            test.Add(new Observed(WrittenOutLayers.MeanSquare(after)), new Expected(mean), Math.Max(variance, 1e-12 * mean * mean));
        }
    }

    private static IEnumerable<ShownLayer> SitesOf(Network network) => ShownLayer.Collect(network).Where(layer => layer.Layer is Dropout { Keep: < 1 });
}
