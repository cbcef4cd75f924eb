using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Conformance;

public class SampleSeedTests
{
    [Fact]
    public void Networks_sampled_for_neighbouring_seeds_are_different_networks()
    {
        // Seeds that were added shared all networks but one between a seed and the next: standard errors over batches were too small.
        const int seeds = 300;
        const int samples = 300;
        var all = new HashSet<ulong>();
        for (var seed = 0ul; seed < seeds; seed++)
        {
            for (var sample = 0; sample < samples; sample++)
            {
                all.Add(FiniteWidthPrediction.SeedOf(seed, sample));
            }
        }

        all.Should().HaveCount(seeds * samples, "two of 90,000 random numbers of 64 bits are equal with probability 2e-10");
    }

    [Fact]
    public void Sampled_networks_of_one_prediction_differ_from_those_of_the_next_seed()
    {
        // A network of one layer and the same batch: equal ln χ would mean equal weights. With added seeds the second of seed 7 was the first of seed 8.
        var gram = GivenBatch.Draw(4, 6, 0).SignalGram();
        var values = new HashSet<double>();
        foreach (var (seed, sample) in new[] { (7ul, 0), (7ul, 1), (8ul, 0), (8ul, 1) })
        {
            var network = new SampledNeurons(NetworkKind.Named("vanilla"), gram, 5, 0, FiniteWidthPrediction.SeedOf(seed, sample));
            values.Add(network.Next().LogNu2Signal);
        }

        values.Should().HaveCount(4);
    }
}
