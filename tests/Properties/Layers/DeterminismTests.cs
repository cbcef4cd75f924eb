using FluentAssertions;

namespace Wellbehaved.Tests.Properties;

public class DeterminismTests
{
    [Theory]
    [InlineData("vanilla", 1)]
    [InlineData("bn_res", 3)]
    public void A_simulation_depends_on_seed_and_index_alone(string architecture, int kernelSize)
    {
        var options = new ExperimentOptions
        {
            Architecture = architecture,
            TotalDepth = 4,
            KernelSize = kernelSize,
            NumChannels = 16,
            BatchSize = 4,
            NumSims = 5,
            NumComputations = 4,
            Seed = 9,
        };
        var reference = Arrays(options, threads: 1);

        Arrays(options, threads: 2).Should().BeEquivalentTo(reference, Strictly);
        Arrays(options, threads: 3).Should().BeEquivalentTo(reference, Strictly);
        var fewer = Arrays(options with { NumSims = 2 }, threads: 2);
        foreach (var (name, values) in fewer.Where(pair => pair.Key.Contains("_loc", StringComparison.Ordinal)).AtLeastOne())
        {
            values.Should().Equal(reference[name].Take(values.Length), "the first simulations do not depend on how many follow ({0})", name);
        }

        Arrays(options with { Seed = 10 }, threads: 1)["nu2_signal_loc2"].Should().NotEqual(reference["nu2_signal_loc2"]);
    }

    [Fact]
    public void Moments_at_fewer_depths_are_the_same_at_those_depths()
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 6,
            KernelSize = 1,
            NumChannels = 16,
            BatchSize = 8,
            NumSims = 1,
            NumComputations = 6,
        };
        var all = Arrays(options, 1)["chi_loc4"];
        Arrays(options with { NumComputations = 2 }, 1)["chi_loc4"].Should().Equal(all[2], all[5]);
    }

    private static FluentAssertions.Equivalency.EquivalencyAssertionOptions<Dictionary<string, double[]>> Strictly(
        FluentAssertions.Equivalency.EquivalencyAssertionOptions<Dictionary<string, double[]>> options
    ) => options.WithStrictOrdering();

    private static Dictionary<string, double[]> Arrays(ExperimentOptions options, int threads) =>
        Experiment
            .Prepare(options, threads)
            .Run()
            .ToArrays()
            .Arrays.Where(pair => pair.Value.ElementType.Kind != 'U')
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToDoubles());
}
