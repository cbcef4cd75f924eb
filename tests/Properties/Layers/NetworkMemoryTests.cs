using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Memory is counted before it is taken.</summary>
public class NetworkMemoryTests
{
    [Theory]
    [InlineData("vanilla", 1, 512, 64)]
    [InlineData("bn_res", 1, 64, 1024)]
    [InlineData("bn_ff", 3, 512, 64)]
    [InlineData("vanilla_res", 5, 16, 8)]
    public void The_memory_estimate_of_a_recipe_equals_that_of_the_experiment(string name, int kernelSize, int channels, int images)
    {
        var options = new ExperimentOptions
        {
            Architecture = name,
            KernelSize = kernelSize,
            NumChannels = channels,
            BatchSize = images,
            NumSims = 1,
            NumComputations = 1,
            TotalDepth = 100,
        };
        var expected = MemoryFootprint.Bytes(options, 32, 32, 3).Total;

        var counted = NetworkMemory.Estimate(Recipes.Find(name, new RecipeSizes(new Shape(32, 32, 3), 100, channels, kernelSize))!, images).Bytes;

        // The experiment counts the images in double precision, Gram matrices and moments too.
        counted.Should().BeInRange(0.5 * expected, 1.1 * expected);
    }

    [Fact]
    public void The_memory_estimate_grows_with_images_and_not_with_depth()
    {
        var shallow = NetworkMemory.Estimate(Recipes.BnRes(new RecipeSizes(new Shape(32, 32, 3), 1, 64, 3)), 8);
        var deep = NetworkMemory.Estimate(Recipes.BnRes(new RecipeSizes(new Shape(32, 32, 3), 2000, 64, 3)), 8);
        var wide = NetworkMemory.Estimate(Recipes.BnRes(new RecipeSizes(new Shape(32, 32, 3), 2000, 64, 3)), 8000);

        deep.Should().Be(shallow);
        wide.LargestBuffer.Should().BeInRange(500 * deep.LargestBuffer, 1000 * deep.LargestBuffer);
    }

    [Fact]
    public void The_memory_estimate_of_absurd_sizes_does_not_overflow()
    {
        var network = new Network(
            "absurd",
            new Shape(1 << 20, 1 << 20, 1 << 10),
            [new Convolution(3) { Channels = 1 << 20 }, new Attention(1), new Residual([new Dropout(0.5) { Mask = DropoutMask.ByPoint }])]
        );

        NetworkMemory.Estimate(network, int.MaxValue).Bytes.Should().BeGreaterThan(1e25).And.BeLessThan(double.PositiveInfinity);
    }

    [Fact]
    public void Every_example_network_allocates_the_estimated_buffers()
    {
        foreach (var network in DescribedNetworks.Examples.Values)
        {
            using var product = new Wellbehaved.Numerics.MatrixProduct<float>();
            using var factory = new LayerFactory<float>(DescribedNetworks.Images, NoiseKind.Mapping, product);
            var taken = PropagationStepWalk<float>.Collect(network, factory).Memory;

            var counted = NetworkMemory.Estimate(network, DescribedNetworks.Images);

            counted.LargestBuffer.Should().BeGreaterThanOrEqualTo(2 * taken.Capacity, network.Name);
            counted.Bytes.Should().BeGreaterThanOrEqualTo(2 * taken.Capacity * taken.Buffers * sizeof(float), network.Name);
        }
    }
}
