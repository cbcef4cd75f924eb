using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>T7: attention with weights that a subject draws has the law of attention with independent projections.</summary>
/// <remarks>
/// Queries and keys are seen only through the softmax of their products, so they cannot be solved for. As in R3, a function of the subject's attention minus
/// the same function of a twin, the definition with weights that the auditor draws, is symmetric about 0 if both have one law. The noise is the signal itself,
/// so that what it says of values, queries and keys can be told from their own.
/// </remarks>
internal static class AttentionDraws
{
    /// <summary>δ of shares and cosines, all between 0 and 1.</summary>
    internal const double Discrepancy = 0.05;

    /// <summary>Root mean square of a difference of two such numbers, for planning.</summary>
    private const double PlannedDeviation = 0.3;

    private const int Images = 3;
    private const int MostFeatures = 1024;
    private const int MostLayers = 4;

    /// <summary>Whether a network has attention whose weights are drawn independently.</summary>
    public static bool HasSite(Network network) => LayersOf(network).Any();

    /// <summary>T7: six functions of each attention, by itself.</summary>
    public static IEnumerable<Measurement> Law(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] offered = [.. context.Offered(cases.SelectMany(site => LayersOf(site.Network)).Distinct().Select(network => new SiteCase(network, Images)))];
        var rates = context.Rates.SharedBy(6 * Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var typical = Pilot(context, site, study);
            (TwinTest Test, Func<Seen, double> Of, string Quantity)[] tests =
            [
                (Twin(), seen => seen.Power, "ν₂(y)/(ν₂(y) + ν₂(x))"),
                (Twin(), seen => seen.Apart, "share of ν₂(y) that differs between positions"),
                (Twin(), seen => Math.Abs(seen.Apart - typical), "scatter of that share"),
                (Twin(), seen => seen.Along, "cosine of dy and y"),
                (Twin(), seen => seen.OfScores, "share of dy that the scores' noise makes"),
                (Twin(), seen => seen.Parallel, "squared cosine of two outputs for inputs along one line"),
            ];
            var simulation = 0u;
            foreach (
                var trace in context.UntilDecided(
                    site,
                    NoiseKind.Mapping,
                    study,
                    tests.Max(test => test.Test.Planned),
                    [.. tests.Select(test => test.Test)],
                    number => Input(context, site, study, number)
                )
            )
            {
                var (subject, twin) = (
                    Look(trace.Input, trace.Snapshots[0].Signal, trace.Snapshots[0].Noise),
                    Sample(context, site, study, simulation++, trace.Input)
                );
                foreach (var (test, of, _) in tests)
                {
                    test.Add(of(subject), of(twin));
                }
            }

            foreach (var (test, _, quantity) in tests)
            {
                yield return test.Conclude($"{quantity} against drawn attention, {site.Description}");
            }
        }

        TwinTest Twin() => new(rates, context.Discrepancy(Discrepancy), PlannedDeviation, context.SampleShare);
    }

    private static IEnumerable<Network> LayersOf(Network network) =>
        ShownLayer
            .Collect(network)
            .Where(layer =>
                layer.Layer is Attention { Parameters: { Law: WeightLaw.Normal or WeightLaw.Uniform, WeightVariance: > 0 } }
                && network.Places[layer.After].Shape.Features <= MostFeatures
            )
            .Select(layer => ((Attention)layer.Layer, network.Places[layer.After].Shape))
            .Distinct()
            .Select(pair => new Network($"{pair.Item1.Heads} heads{(pair.Item1.Causal ? ", causal" : "")}", pair.Shape, [pair.Item1]))
            .Take(MostLayers);

    /// <summary>
    /// Normal signals of such a size that scores deviate by 2, and noise that is the signal. The positions of the last image lie along one line: if all heads
    /// attend alike, so do its outputs.
    /// </summary>
    private static Batch Input(CheckContext context, SiteCase site, int study, uint simulation)
    {
        var batch = Batch.Gaussian(site.Network, site.Images, context.SeedOf(~study), simulation);
        var scale = Math.Sqrt(2 / ((Attention)site.Network.Layers[0]).Parameters.WeightVariance);
        var (perImage, channels) = (batch.Signal.Length / site.Images, site.Network.Input.Channels);
        var line = (site.Images - 1) * perImage;
        double[] signal =
        [
            .. batch.Signal.Select(
                (value, i) => (double)(float)(scale * (i < line ? value : batch.Signal[line + (i % channels)] * batch.Noise[i / channels * channels]))
            ),
        ];
        return batch with { Signal = signal, Noise = [.. signal] };
    }

    /// <summary>
    /// The share that differs between positions in a first twin, from which its scatter is measured: any number that is no subject's would do.
    /// </summary>
    private static double Pilot(CheckContext context, SiteCase site, int study) =>
        Enumerable
            .Range(0, 16)
            .Average(number => Sample(context, site, study, uint.MaxValue - (uint)number, Input(context, site, study, uint.MaxValue - (uint)number)).Apart);

    private static Seen Sample(CheckContext context, SiteCase site, int study, uint simulation, Batch input)
    {
        var seed = Mixing.Mix(context.SeedOf(study) ^ Mixing.Mix(~(ulong)simulation));
        var attention = (Attention)site.Network.Layers[0];
        var drawn = new List<double[]>();
        foreach (var tensor in ParameterList.Enumerate(site.Network))
        {
            var index = (uint)drawn.Count;
            var values = Batch.Normal(checked((int)tensor.Length), seed, simulation, RandomPurpose.Weights, index);
            var deviation = Math.Sqrt(tensor.Variance);
            drawn.Add([.. values.Select(value => deviation * (tensor is { Kind: ParameterKind.Weights, Law: WeightLaw.Uniform } ? Uniform(value) : value))]);
        }

        var shape = input.Shape;
        var output = WrittenOutAttention.Propagate(
            attention,
            new(shape.Images, shape.Height, shape.Width, shape.Channels, input.Signal, input.Noise),
            new WrittenOutParameters(drawn)
        );
        return Look(input, output.Signal, output.Noise);

        // The uniform number of variance 1 at the same quantile.
        static double Uniform(double normal) => Math.Sqrt(3) * ((2 * MathNet.Numerics.Distributions.Normal.CDF(0, 1, normal)) - 1);
    }

    private static Seen Look(Batch input, double[] signal, double[] noise)
    {
        var (channels, positions) = (input.Shape.Channels, input.Shape.Points / Images);
        var (all, apart) = (0.0, 0.0);
        for (var image = 0; image < Images; image++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                double[] along = [.. Enumerable.Range(0, positions).Select(position => signal[(((image * positions) + position) * channels) + channel])];
                var mean = along.Average();
                (all, apart) = (all + along.Sum(value => value * value), apart + along.Sum(value => (value - mean) * (value - mean)));
            }
        }

        var (product, ofNoise) = (signal.Zip(noise, (y, dy) => y * dy).Sum(), noise.Sum(dy => dy * dy));
        var difference = signal.Zip(noise, (y, dy) => (dy - y) * (dy - y)).Sum();
        return new(
            all / (all + input.Signal.Sum(x => x * x)),
            all > 0 ? apart / all : double.NaN,
            all > 0 && ofNoise > 0 ? product / Math.Sqrt(all * ofNoise) : double.NaN,
            all > 0 ? difference / (difference + all) : double.NaN,
            SquaredCosine(signal.AsSpan((Images - 1) * positions * channels, channels), signal.AsSpan((((Images - 1) * positions) + 1) * channels, channels))
        );

        static double SquaredCosine(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
        {
            var (product, first, second) = (0.0, 0.0, 0.0);
            for (var i = 0; i < one.Length; i++)
            {
                (product, first, second) = (product + (one[i] * other[i]), first + (one[i] * one[i]), second + (other[i] * other[i]));
            }

            return product * product / (first * second);
        }
    }

    /// <summary>What is looked at.</summary>
    /// <param name="Power">ν₂(y) beside ν₂(x).</param>
    /// <param name="Apart">The share of y that is not common to the positions of an image.</param>
    /// <param name="Along">The cosine of noise and signal.</param>
    /// <param name="OfScores">‖dy - y‖² beside ‖y‖²: with noise that is the signal, and no biases, values give dy = y.</param>
    /// <param name="Parallel">The squared cosine of the outputs of two positions whose inputs are parallel.</param>
    private readonly record struct Seen(double Power, double Apart, double Along, double OfScores, double Parallel);
}
