using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public class DeepNetworkTests
{
    [Theory]
    [InlineData("vanilla", 1)]
    [InlineData("vanilla_res", 1)]
    [InlineData("bn_ff", 1)]
    [InlineData("bn_res", 1)]
    [InlineData("vanilla", 3)]
    [InlineData("vanilla_res", 3)]
    [InlineData("bn_ff", 3)]
    [InlineData("bn_res", 3)]
    public void Depth_2000_neither_overflows_nor_underflows(string architecture, int kernelSize)
    {
        var options = new ExperimentOptions
        {
            Architecture = architecture,
            TotalDepth = 2000,
            KernelSize = kernelSize,
            NumChannels = 32,
            BatchSize = kernelSize == 1 ? 16 : 2,
            NumSims = 1,
            NumComputations = 20,
            Dataset = "gaussian",
        };
        var (arrays, warnings) = Experiment.Prepare(options).Run().ToArrays();

        foreach (var (name, array) in arrays.Where(pair => pair.Key.Contains("_loc", StringComparison.Ordinal)).AtLeastOne())
        {
            array.ToDoubles().Should().OnlyContain(value => double.IsFinite(value), "{0} must be finite", name);
        }

        var logNu2 = arrays.Single(pair => pair.Key == $"log_nu2_signal_{LastPlace(architecture)}").Value.ToDoubles();
        if (architecture == "vanilla_res")
        {
            // W4: ν₂ doubles in each unit, up to the drift of its logarithm by at most a few 1/N per layer.
            logNu2[^1].Should().BeInRange(2000 * (Math.Log(2) - 0.2), 2000 * (Math.Log(2) + 0.1));
            warnings.Should().Contain(warning => warning.Contains("nu2_signal_loc4", StringComparison.Ordinal));
            arrays.Should().NotContain(pair => pair.Key == "nu2_signal_loc4");
        }
        else
        {
            warnings.Should().NotContain(warning => warning.Contains("nu2_signal", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_layer_with_all_activations_at_zero_is_recorded_as_an_ending_without_NaN()
    {
        // Width 2, two points: all four activations are off with probability of about 1/9 a layer, so that depth 200 leaves nobody alive.
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 200,
            KernelSize = 1,
            NumChannels = 2,
            BatchSize = 2,
            NumSims = 10,
            NumComputations = 10,
            Dataset = "gaussian",
        };
        var result = Experiment.Prepare(options).Run();
        var (arrays, warnings) = result.ToArrays();

        result.Simulations.Should().OnlyContain(simulation => simulation.DiedAtDepth != null);
        warnings.Should().ContainSingle(warning => warning.Contains("10 of 10 simulations", StringComparison.Ordinal));
        arrays.Where(pair => pair.Key.Contains("_loc", StringComparison.Ordinal)).Should().OnlyContain(pair => pair.Value.ToDoubles().All(double.IsFinite));
        arrays.Single(pair => pair.Key == "died_at_depth").Value.ToDoubles().Should().OnlyContain(depth => depth > 0);
    }

    private static string LastPlace(string architecture) => Architecture.Named(architecture).Places[^1].Suffix;
}
