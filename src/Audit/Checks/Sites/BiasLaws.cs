using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>I15: biases are independent of weights and of other biases, solved for.</summary>
/// <remarks>
/// The biases of a layer over some mappings are one vector of normal numbers; as another serve the weights from one input of a layer with as many outputs, the
/// biases of such a layer, and those of the same layer in mappings that are asked for next. The cosine of the two is a coordinate of a uniform point on a
/// sphere if they are independent, whatever the other is (<see cref="CosineTest"/>).
/// </remarks>
internal static class BiasLaws
{
    /// <summary>The correlation that must be seen: biases that are other parameters, in part.</summary>
    internal const double Discrepancy = 0.75;

    /// <summary>Biases of a layer over all mappings: half of them are compared with the other half.</summary>
    private const int LeastBiases = 800;

    private const int MostMappings = 400;

    /// <summary>Whether a network has a layer whose biases can be solved for.</summary>
    public static bool HasSite(Network network) => OwnParameterLaws.SitesOf(network).Any(HasBiases);

    /// <summary>I15: no bias vector is correlated with weights or with other biases.</summary>
    public static IEnumerable<Measurement> Independence(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] sized = [.. OwnParameterLaws.Sized(context, [.. cases.Where(site => HasSite(site.Network))])];
        var rates = context.Rates.SharedBy(Math.Max(1, sized.Length));
        return sized.Select((site, study) => Compare(context, site, study, rates));
    }

    private static Measurement Compare(CheckContext context, SiteCase site, int study, ErrorRates rates)
    {
        var layers = OwnParameterLaws.SitesOf(site.Network);
        int[] biased = [.. Enumerable.Range(0, layers.Count).Where(i => HasBiases(layers[i]))];
        var mappings = Solve(context, site, study, layers, biased.Min(i => OutputsOf(site.Network, layers[i])));
        var pairs = new List<(string Words, Func<Cosine> Cosine)>();
        foreach (var one in biased)
        {
            var (place, outputs) = (site.Network.Places[layers[one].After], OutputsOf(site.Network, layers[one]));
            pairs.Add(
                (
                    $"biases of {place} and those of the next mapping",
                    () =>
                        Sum(
                            mappings
                                .Chunk(2)
                                .Where(two => two is [{ } first, { } second] && first[one] is not null && second[one] is not null)
                                .Select(two => (BiasesOf(two[0][one]!), BiasesOf(two[1][one]!)))
                        )
                )
            );
            foreach (var other in Enumerable.Range(0, layers.Count).Where(i => OutputsOf(site.Network, layers[i]) == outputs))
            {
                var otherPlace = site.Network.Places[layers[other].After];
                if (other > one && HasBiases(layers[other]))
                {
                    pairs.Add(($"biases of {place} and of {otherPlace}", () => Sum(Both(one, other).Select(two => (BiasesOf(two.One), BiasesOf(two.Other))))));
                }

                for (var input = 0; input < SolvedLayer.FanInOf(layers[other], site.Network); input++)
                {
                    var row = input;
                    pairs.Add(
                        (
                            $"biases of {place} and weights from input {row} of {otherPlace}",
                            () => Sum(Both(one, other).Select(two => (BiasesOf(two.One), RowOf(two.Other, row))))
                        )
                    );
                }
            }
        }

        var test = new CosineTest(rates, pairs.Count);
        foreach (var (words, cosine) in pairs)
        {
            test.Add(cosine(), () => words);
        }

        return test.Conclude($"correlation of biases with weights and other biases, {site.Description}", Discrepancy);

        IEnumerable<(SolvedLayer One, SolvedLayer Other)> Both(int one, int other) =>
            mappings.Where(mapping => mapping[one] is not null && mapping[other] is not null).Select(mapping => (mapping[one]!, mapping[other]!));
    }

    /// <summary>The layers' weights and biases in mappings of the subject's own; null where what a layer reads does not determine them.</summary>
    private static List<SolvedLayer?[]> Solve(CheckContext context, SiteCase site, int study, IReadOnlyList<ShownLayer> layers, int outputs)
    {
        var count = (uint)Math.Clamp(Math.Ceiling(context.SampleShare * LeastBiases / outputs), 2, MostMappings);
        var atOnce = (uint)Math.Max(1, context.Subject.SimulationsAtOnce(site.Network, site.Images));
        var mappings = new List<SolvedLayer?[]>();
        for (var first = 0u; first < count; first += atOnce)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            Propagation[] propagations =
            [
                .. Enumerable
                    .Range((int)first, (int)Math.Min(atOnce, count - first))
                    .Select(simulation => new Propagation(
                        new Weights.Own(context.SeedOf(study), (uint)simulation),
                        Batch.Gaussian(site.Network, site.Images, context.SeedOf(~study), (uint)simulation)
                    )),
            ];
            mappings.AddRange(
                NetworkTrace
                    .All(context.Subject, site.Network, Model.NoiseKind.Mapping, propagations)
                    .Select(trace => layers.Select(layer => OwnParameterLaws.Sharp(layer, trace, context.UnitRoundoff)).ToArray())
            );
        }

        return mappings;
    }

    /// <summary>The cosine of two vectors that come in parts.</summary>
    private static Cosine Sum(IEnumerable<(Part One, Part Other)> parts)
    {
        var (product, one, other, oneError, otherError, count) = (0.0, 0.0, 0.0, 0.0, 0.0, 0L);
        foreach (var (a, b) in parts)
        {
            for (var i = 0; i < a.Count; i++)
            {
                product += a.Values[i] * b.Values[b.First + i];
                one += a.Values[i] * a.Values[i];
                other += b.Values[b.First + i] * b.Values[b.First + i];
                oneError += a.Errors[i] * a.Errors[i];
                otherError += b.Errors[b.First + i] * b.Errors[b.First + i];
            }

            count += a.Count;
        }

        return Cosine.FromSums(product, (one, other), (oneError, otherError), count);
    }

    private static Part BiasesOf(SolvedLayer layer) => new(layer.Biases, layer.BiasErrors, 0, layer.Outputs);

    private static Part RowOf(SolvedLayer layer, int input) => new(layer.Weights, layer.Errors, input * layer.Outputs, layer.Outputs);

    private static bool HasBiases(ShownLayer layer) => OwnParameterLaws.Parameters(layer).BiasVariance > 0;

    private static int OutputsOf(Network network, ShownLayer layer) => network.Places[layer.After].Shape.Channels;

    /// <summary>Some of a layer's numbers.</summary>
    private readonly record struct Part(double[] Values, double[] Errors, int First, int Count);
}
