using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Finds what is wrong with the parameters that a subject draws for networks of layers, from those that its signals determine.</summary>
/// <remarks>The layers themselves must be right: only then are the parameters that explain their outputs those that were drawn.</remarks>
internal static class LayerWeightCauses
{
    private const string Part = WeightCauses.Part;

    /// <summary>The seed that is asked for first; its neighbours differ from it in single bits.</summary>
    private const ulong Seed = 34;

    /// <summary>Simulations that are compared with each other: more than the period of 64, which weights have repeated with.</summary>
    private const int Simulations = 72;

    /// <summary>The simulation whose number is that of the first one in 16 bits.</summary>
    private const uint Beyond16Bits = 65536;

    /// <summary>Weights of each layer from which variances and laws are read: a variance is then known to 3 %, five standard errors.</summary>
    private const int Weights = 50_000;

    /// <summary>The most mappings that are solved for: the variances of layers of 24 × 24 weights are then known to 4 %, of 12 × 12 to 8 %.</summary>
    private const int MostMappings = 64;

    /// <summary>Layers of one size after each other, with nothing between them: what their weights have to do with each other shows.</summary>
    private static readonly SiteCase Chain = new(
        new("layers of one size", new Shape(1, 1, 24), [.. Enumerable.Range(0, 6).Select(_ => new Dense { Parameters = Initialisation.LeCun })]),
        60
    );

    /// <summary>Explains copies among the weights: of layers, simulations and seeds.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Nothing where no two sets of weights are equal.</returns>
    public static IEnumerable<Explanation> ExplainCopies(ISubject subject, CancellationToken cancellation)
    {
        if (subject.Description.WhyNot(Chain.Network, Chain.Images, NoiseKind.Mapping, given: false) is not null)
        {
            return [];
        }

        WeightVector[] ofSeed = [.. Enumerable.Range(0, Simulations).SelectMany(simulation => Solve(Seed, (uint)simulation))];
        WeightVector[] ofNeighbours = [.. RecoveredWeights.Neighbours(Seed).SelectMany(seed => Solve(seed, 0).Concat(Solve(seed, 1)))];
        WeightVector[] first = [.. ofSeed.Where(vector => vector.Simulation == 0)];
        var cause =
            Within(first)
            ?? WeightCopies.Between([.. ofSeed, .. ofNeighbours], Seed, Simulations)?.Cause
            ?? (Solve(Seed, Beyond16Bits).Any(beyond => first.Any(one => IsCopy(one, beyond))) ? "the number of a simulation is cut to 16 bits" : null);
        return cause is null ? [] : [Explanation.WithEvidence(Part, cause, "recovered weights agree to rounding")];

        IEnumerable<WeightVector> Solve(ulong seed, uint simulation)
        {
            cancellation.ThrowIfCancellationRequested();
            var trace = NetworkTrace.Record(
                subject,
                Chain.Network,
                NoiseKind.Mapping,
                new Weights.Own(seed, simulation),
                Batch.Gaussian(Chain.Network, Chain.Images, Seed, simulation)
            );
            return SolvedLayer
                .LayersOf(Chain.Network)
                .Select((layer, i) => (Layer: OwnParameterLaws.Sharp(layer, trace, subject.Description.UnitRoundoff), Index: i))
                .Where(solved => solved.Layer is not null)
                .Select(solved => new WeightVector(seed, simulation, solved.Index, solved.Layer!.Weights));
        }
    }

    private static string? Within(WeightVector[] layers)
    {
        (int One, int Other)[] copies =
        [
            .. from one in layers from other in layers where one.Index < other.Index && IsCopy(one, other) select (one.Index, other.Index),
        ];
        return copies.Length == 0 ? null
            : copies.Length == layers.Length * (layers.Length - 1) / 2 ? "all layers of one size share their weights"
            : Array.TrueForAll(copies, pair => pair.Other == pair.One + 1 && pair.One % 2 == 0) ? "each second layer has the weights of the one before"
            : $"layers {copies[0].One + 1} and {copies[0].Other + 1} of one size share their weights";
    }

    private static bool IsCopy(WeightVector one, WeightVector other) => WeightCopies.Cosine(one.Weights, other.Weights) > WeightCopies.LeastCosine;

    /// <summary>Explains variances and laws of weights and biases.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Nothing where they are those that are asked for.</returns>
    public static IEnumerable<Explanation> ExplainLaws(ISubject subject, CancellationToken cancellation)
    {
        var context = new CheckContext(
            subject,
            Suite.RatesOf(Scale.Quick),
            Seed,
            new DeepExperiments(subject, Scale.Quick, Seed, null, cancellation),
            cancellation
        );
        LayerSample[] samples = [.. OwnParameterLaws.Sized(context, LawNetworks.OfEveryLaw).SelectMany((site, study) => SamplesOf(context, site, study))];
        return LayerScale.Explain(samples);
    }

    private static IEnumerable<LayerSample> SamplesOf(CheckContext context, SiteCase site, int study)
    {
        var layers = OwnParameterLaws.SitesOf(site.Network);
        var solved = new List<SolvedLayer>();
        for (var simulation = 0u; simulation < MostMappings; simulation++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            solved.AddRange(OwnParameterLaws.Solutions(context, site, layers, study, (simulation, simulation + 1)));
            if (solved.GroupBy(layer => layer.Layer).All(same => same.Sum(layer => layer.Weights.Length) >= Weights))
            {
                break;
            }
        }

        return solved.GroupBy(layer => layer.Layer).Select(same => new LayerSample(OwnParameterLaws.KindOf(same.Key), [.. same]));
    }
}
