using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>I19: no set of weights or biases occurs twice: not in one layer, not in branch and skip, not in another simulation or under another seed.</summary>
/// <remarks>
/// Copies are found by equality, so that thousands of draws can be compared with each other. Two independent normal numbers are equal to half of the digits
/// with a probability below √u, so two vectors of n weights with one below u^{n/2}; uniform and cut numbers are no nearer by more than a factor of 2. Fewer
/// than 10⁷ pairs are compared, and n is such that the probability for all of them together is below 10⁻⁹.
/// </remarks>
internal static class CopyLaws
{
    /// <summary>The number of pairs by the probability that any of them is wrongly called a copy: 10⁷/10⁻⁹.</summary>
    private const double Odds = 1e16;

    /// <summary>The least length of a vector in single precision; what a network must show to be asked about.</summary>
    private const int LeastLength = 8;

    /// <summary>Simulations in a row: weights that repeat after fewer are seen.</summary>
    private const uint InARow = 2048;

    /// <summary>Mappings of each layer that is read.</summary>
    private const uint Mappings = 3;

    private const int MostNetworks = 8;

    /// <summary>Simulations far apart: powers of two and their neighbours, which single precision confuses with each other.</summary>
    private static readonly uint[] FarApart = [.. Enumerable.Range(12, 20).SelectMany(bit => new[] { 1u << bit, (1u << bit) + 1 })];

    /// <summary>By how much other seeds are larger, and the single bits by which they differ.</summary>
    private static readonly ulong[] NextSeeds = [1, 2, 3, 1000];
    private static readonly int[] Bits = [3, 8, 15, 16, 24, 30, 31, 32, 33, 40, 48, 52];

    /// <summary>Whether a network has a layer with weights that can be read, or can be asked about as a whole.</summary>
    public static bool HasSite(Network network) => ReadWeightLaws.HasSite(network) || Whole(new SiteCase(network, 2)) is not null;

    /// <summary>I19: the number of copies is 0.</summary>
    public static IEnumerable<Measurement> Copies(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        var (within, between) = (new ExactComparison(), new ExactComparison());
        var study = 0;
        foreach (var layer in cases.SelectMany(site => ReadWeightLaws.LayersOf(site.Network)).Distinct())
        {
            if (context.Offers(layer, ReadWeightLaws.ImagesOf(layer), NoiseKind.Mapping, given: false))
            {
                AddLayer(context, layer, study++, within);
            }
        }

        foreach (var site in cases.Where(site => IsBranchBesideSkip(site.Network)))
        {
            if (context.Offers(site.Network, site.Images, NoiseKind.Mapping, given: false))
            {
                AddBranch(context, site, study++, within);
            }
        }

        foreach (var site in cases.Select(Whole).OfType<SiteCase>().Distinct().OrderBy(site => site.Network.Input.Features).Take(MostNetworks))
        {
            if (context.Offers(site.Network, site.Images, NoiseKind.Mapping, given: false))
            {
                AddDraws(context, site, study++, between);
            }
        }

        if (within.Comparisons > 0)
        {
            yield return within.Conclude("weights and biases that occur twice in a mapping or in the next ones");
        }

        if (between.Comparisons > 0)
        {
            yield return between.Conclude("mappings that occur twice among simulations and seeds");
        }
    }

    /// <summary>A layer that stands alone and is small, whose mappings can be told from each other by its output for one input; null otherwise.</summary>
    private static SiteCase? Whole(SiteCase site)
    {
        var layers = site.Network.Layers;
        return layers is [Dense or Convolution or Attention] && site.Network.Places[^1].Shape.Features >= LeastLength && site.Network.Input.Features <= 256
            ? site with
            {
                Images = 2,
            }
            : null;
    }

    /// <summary>Columns of weights to each output, rows of weights from each input, and biases in pieces, of a few mappings.</summary>
    private static void AddLayer(CheckContext context, Network layer, int study, ExactComparison comparison)
    {
        var vectors = new List<(double[] Values, string Name)>();
        foreach (var (mapping, read) in ReadWeightLaws.Readings(context, layer, study, Mappings).Index())
        {
            var where = $"simulation {mapping}, {layer.Name}";
            foreach (var (output, weights) in read.Outputs.Index())
            {
                vectors.Add((weights, $"output {output} of {where}"));
            }

            foreach (var (group, outputs) in read.Outputs.Chunk(read.Outputs.Length / read.Groups).Index())
            {
                for (var i = 0; i < outputs[0].Length; i++)
                {
                    var at = i;
                    vectors.Add((Array.ConvertAll(outputs, weights => weights[at]), $"weight {i} of the outputs of group {group}, {where}"));
                }
            }

            if (OwnParameterLaws.ParametersOf(layer.Layers[0]).BiasVariance > 0)
            {
                foreach (var (piece, biases) in read.Biases.Chunk(Math.Max(LeastLength, read.Biases.Length / read.Groups)).Index())
                {
                    vectors.Add((biases, $"biases of piece {piece}, {where}"));
                }
            }
        }

        Compare(vectors, context.UnitRoundoff, comparison);
    }

    private static bool IsBranchBesideSkip(Network network) =>
        network.Layers is [Residual { Branch: [Dense], Skip: [Dense], Survival: 1, BranchScale: { Rule: ScaleRule.Constant, Value: 1 } }]
        && network.Input.Positions == 1;

    /// <summary>The matrices of a branch and of its projection, read by inputs that are 1 in one channel.</summary>
    private static void AddBranch(CheckContext context, SiteCase site, int study, ExactComparison comparison)
    {
        var (channels, vectors) = (site.Network.Input.Channels, new List<(double[] Values, string Name)>());
        var input = Batch.Gaussian(site.Network, channels, context.SeedOf(~study), 0) with
        {
            Signal = [.. Enumerable.Range(0, channels * channels).Select(i => i / channels == i % channels ? 1.0 : 0)],
        };
        var trace = NetworkTrace.Record(context.Subject, site.Network, NoiseKind.Mapping, new Weights.Own(context.SeedOf(study), 0), input);
        var (branch, sum) = (trace.Snapshots[^2].Signal, trace.Snapshots[^1].Signal);
        var outputs = trace.Snapshots[^1].Shape.Channels;
        foreach (var (row, weights) in branch.Chunk(outputs).Index())
        {
            vectors.Add((weights, $"weights from input {row} of the branch, {site.Network.Name}"));
        }

        foreach (var (row, weights) in sum.Zip(branch, (y, b) => y - b).Chunk(outputs).Index())
        {
            vectors.Add((weights, $"weights from input {row} of the skip, {site.Network.Name}"));
        }

        Compare(vectors, context.UnitRoundoff, comparison);
    }

    /// <summary>What mappings make of one input: equal outputs are equal mappings.</summary>
    private static void AddDraws(CheckContext context, SiteCase site, int study, ExactComparison comparison)
    {
        var (network, images, seed) = (site.Network, site.Images, context.SeedOf(study) >> 1);
        var input = Batch.Gaussian(network, images, context.SeedOf(~study), 0);
        var vectors = new List<(double[] Values, string Name)>();
        var atOnce = (uint)Math.Max(1, context.Subject.SimulationsAtOnce(network, images));
        var inARow = (uint)context.Planned(InARow);
        for (var first = 0u; first < inARow; first += atOnce)
        {
            Ask(seed, first, Math.Min(atOnce, inARow - first));
        }

        foreach (var simulation in FarApart)
        {
            Ask(seed, simulation, 1);
        }

        foreach (var other in NextSeeds.Select(more => seed + more).Concat(Bits.Select(bit => seed ^ (1ul << bit))).Distinct())
        {
            Ask(other, 0, Math.Min(atOnce, 4));
        }

        Compare(vectors, context.UnitRoundoff, comparison);

        void Ask(ulong from, uint first, uint count)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            Propagation[] propagations = [.. Enumerable.Range(0, (int)count).Select(i => new Propagation(new Weights.Own(from, first + (uint)i), input))];
            foreach (var (i, trace) in NetworkTrace.All(context.Subject, network, NoiseKind.Mapping, propagations).Index())
            {
                vectors.Add((trace.Snapshots[^1].Signal, $"simulation {first + i}, seed {from}, {network.Name}"));
            }
        }
    }

    /// <summary>Compares all vectors of a length: sorted by their first number, copies lie side by side.</summary>
    private static void Compare(IEnumerable<(double[] Values, string Name)> vectors, double unitRoundoff, ExactComparison comparison)
    {
        // Of coarse numbers more are needed: half of the digits of bfloat16 are four bits.
        var least = Math.Max(LeastLength, Math.Log(Odds) / Math.Log(1 / (2 * Math.Sqrt(unitRoundoff))));
        foreach (var equal in vectors.Where(vector => vector.Values.Length >= least).GroupBy(vector => vector.Values.Length))
        {
            (double[] Values, string Name)[] sorted = [.. equal.OrderBy(vector => vector.Values[0])];
            var copies = new List<string>();
            for (var i = 0; i < sorted.Length; i++)
            {
                // All draws of a claim have one size, so one reach serves all vectors.
                var reach = Math.Sqrt(unitRoundoff) * Enclosure.Norm(sorted[i].Values) / Math.Sqrt(sorted[i].Values.Length);
                for (var j = i + 1; j < sorted.Length && sorted[j].Values[0] - sorted[i].Values[0] <= reach; j++)
                {
                    if (sorted[i].Values.Zip(sorted[j].Values).All(pair => Math.Abs(pair.First - pair.Second) <= reach))
                    {
                        copies.Add($"{sorted[i].Name} and {sorted[j].Name}");
                    }
                }
            }

            var count = copies.Count;
            comparison.Add(
                new Observed(count),
                new Expected(0),
                0,
                count > 0 ? copies.Order(StringComparer.Ordinal).First() : $"{sorted.Length} draws, {sorted[0].Name}"
            );
        }
    }
}
