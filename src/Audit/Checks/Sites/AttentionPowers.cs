using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// T1: given its attention shares, self-attention is linear in values and output, with fresh weights: it multiplies the power of what it attends to by σ_w⁴,
/// apart from biases.
/// </summary>
/// <remarks>
/// If all positions of an input are equal, so are their scores, whatever queries and keys are drawn: every position attends to the mean of what it sees,
/// which is one vector v = W_V x. Then y = W_O v, and ν₂ of each layer is q χ²_N/N of the one below. So E ν₂(y) = σ_w²(σ_w² ν₂(x) + σ_b²) + σ_b², and the
/// variance relative to the square of that is at most (1 + 2/N)² - 1. Noise that differs between positions is averaged over the positions that each one sees,
/// and the noise of the scores cancels.
/// </remarks>
internal static class AttentionPowers
{
    internal const double PowerDiscrepancy = 0.1;

    /// <summary>Larger weights make scores of 10⁴ and more: their rounding makes shares unequal at equal positions.</summary>
    private const double MostVariance = 100;

    /// <summary>Whether a network has the site.</summary>
    public static bool HasSite(Network network) => LayersOf(network).Count > 0;

    /// <summary>ν₂ of signal and noise after each attention of the networks, each attention by itself.</summary>
    public static IEnumerable<Measurement> Powers(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] alone =
        [
            .. cases
                .SelectMany(site => LayersOf(site.Network))
                .Distinct()
                .Select(pair => new SiteCase(new($"{pair.Layer.Heads} heads", pair.Shape, [pair.Layer]), 2)),
        ];
        SiteCase[] offered = [.. context.Offered(alone)];
        var rates = context.Rates.SharedBy(2 * Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var (layer, shape, delta) = ((Attention)site.Network.Layers[0], site.Network.Input, context.Discrepancy(PowerDiscrepancy));
            var variance = Math.Pow(1 + (2.0 / shape.Channels), 2) - 1;
            var planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(variance), delta);
            var (signal, noise) = (
                new KnownVarianceTest(rates, delta, context.Planned(planned)),
                new KnownVarianceTest(rates, delta, context.Planned(planned))
            );
            foreach (
                var trace in context.UntilDecided(
                    site,
                    NoiseKind.Mapping,
                    study,
                    planned,
                    [signal, noise],
                    simulation => Equal(context, site, study, simulation)
                )
            )
            {
                var (x, y) = (trace.Input, trace.Snapshots[0]);
                var (gain, bias) = (layer.Parameters.WeightVariance, layer.Parameters.BiasVariance);
                var expected = (gain * ((gain * WrittenOutLayers.MeanSquare(x.Signal)) + bias)) + bias;
                var seen = gain * gain * WrittenOutLayers.MeanSquare(Seen(layer, x));
                signal.Add(
                    new Observed(WrittenOutLayers.MeanSquare(y.Signal)),
                    new Expected(expected),
                    variance * SecondOverSquare(x, x.Signal) * expected * expected
                );
                noise.Add(new Observed(WrittenOutLayers.MeanSquare(y.Noise)), new Expected(seen), variance * SecondOverSquare(x, Seen(layer, x)) * seen * seen);
            }

            yield return signal.Conclude($"ν₂(y) after attention to equal positions, {site.Description}");
            yield return noise.Conclude($"ν₂(dy) after attention to equal positions, {site.Description}");
        }
    }

    private static IReadOnlyList<(Attention Layer, Shape Shape)> LayersOf(Network network) =>
        [
            .. ShownLayer
                .Collect(network)
                .Where(layer =>
                    layer.Layer is Attention { Parameters: { Law: WeightLaw.Normal, WeightVariance: > 0 and <= MostVariance, BiasVariance: <= MostVariance } }
                )
                .Select(layer => ((Attention)layer.Layer, network.Places[layer.After].Shape)),
        ];

    private static Batch Equal(CheckContext context, SiteCase site, int study, uint simulation)
    {
        var batch = Batch.Gaussian(site.Network, site.Images, context.SeedOf(~study), simulation);
        var (positions, channels) = ((int)site.Network.Input.Positions, site.Network.Input.Channels);
        return batch with { Signal = [.. batch.Signal.Select((_, i) => batch.Signal[(i / channels / positions * positions * channels) + (i % channels)])] };
    }

    /// <summary>The noise that each position attends to: the mean over the positions that it sees.</summary>
    private static double[] Seen(Attention layer, Batch batch)
    {
        var (positions, channels) = (batch.Shape.Height * batch.Shape.Width, batch.Shape.Channels);
        return
        [
            .. batch.Noise.Select(
                (_, i) =>
                {
                    var (point, channel) = (i / channels, i % channels);
                    var seen = layer.Causal ? (point % positions) + 1 : positions;
                    return Enumerable.Range(0, seen).Average(j => batch.Noise[(((point / positions * positions) + j) * channels) + channel]);
                }
            ),
        ];
    }

    /// <summary>
    /// A factor by Jensen's inequality: the square of a mean over points is at most the mean of the squares, which is this factor times the mean squared.
    /// </summary>
    private static double SecondOverSquare(Batch batch, double[] values)
    {
        var channels = batch.Shape.Channels;
        double[] powers = [.. values.Chunk(channels).Select(point => point.Average(value => value * value))];
        return powers.Average(power => power * power) / Math.Pow(powers.Average(), 2);
    }
}
