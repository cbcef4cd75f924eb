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
        var expected = MemoryFootprint.Bytes(options, 32, 32, 3, threads: 1).Total;

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

    [Fact]
    public void A_backward_pass_needs_no_vector_of_all_parameters_without_their_gradients()
    {
        // 128 matrices of 4096² are 2^31 weights, one more than a vector can have.
        var network = Recipes.Vanilla(new RecipeSizes(new Shape(1, 1, 8), 128, 4096, 1));
        using var pass = new BackwardPass<float>(network, 1, gradients: Gradients.Input | Gradients.Places);

        var layout = () => pass.Layout;

        layout.Should().Throw<OverflowException>();
    }

    [Fact]
    public void Attention_of_equal_shapes_shares_the_memory_of_its_heads_which_is_counted()
    {
        using var factory = new AdjointFactory<float>(2, NoiseKind.Mapping, Gradients.Input, 3);
        using var first = factory.Make(new Attention(2), new Shape(1, 5, 8));
        using var second = factory.Make(new Attention(2), new Shape(1, 5, 8));
        factory.Heads.Should().ContainSingle().Which.Should().HaveCount(3);

        var (shallow, deep) = (Attend(1), Attend(50));
        const double ofHead = ((2 * 64 * 64) + (5 * 64 * 4)) * sizeof(double);
        (Bytes(shallow, 3) - Bytes(shallow, 1)).Should().BeGreaterThanOrEqualTo(2 * ofHead);
        (Bytes(deep, 3) - Bytes(deep, 1)).Should().Be(Bytes(shallow, 3) - Bytes(shallow, 1));

        static Network Attend(int times) => new("attention", new Shape(1, 64, 8), [new Repeat(times, [new Attention(2)])]);
        static double Bytes(Network network, int threads) => BackwardMemory.Bytes(network, 2, sizeof(float), threads);
    }

    [Fact]
    public void A_backward_pass_is_counted_with_its_weights_transposed_and_packed()
    {
        var network = new Network("wide", new Shape(4, 4, 512), [new Convolution(3)]);

        BackwardMemory.Bytes(network, 1, sizeof(float)).Should().BeGreaterThan(3.0 * 9 * 512 * 512 * sizeof(float));
    }

    [Fact]
    public void Orthogonal_weights_are_counted_in_double_precision()
    {
        static double Bytes(WeightLaw law) =>
            NetworkMemory.Estimate(new Network("dense", new Shape(1, 1, 512), [new Dense { Parameters = new(2, 0, law) }]), 1).Bytes;
        var weights = new float[64 * 64];
        var before = GC.GetAllocatedBytesForCurrentThread();
        OrthogonalMatrix.Fill<float>(new RandomNumbers(1, 1, 0, RandomPurpose.InputNoise), weights, 64, 64, 1);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeGreaterThan(64 * 64 * sizeof(double));

        (Bytes(WeightLaw.Orthogonal) - Bytes(WeightLaw.Normal)).Should().Be(512.0 * 512 * sizeof(double));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3000, 300)]
    [InlineData(3, 70_000)]
    public unsafe void The_statistics_of_channels_take_the_memory_that_is_counted(int points, int channels)
    {
        using var values = new Wellbehaved.Numerics.AlignedBuffer<float>(points * channels);
        var before = GC.GetAllocatedBytesForCurrentThread();
        new ChannelStatistics(channels, 1).Compute(values.Pointer, points, higherPowers: true);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;

        var counted = ChannelStatistics.Numbers(points, channels) * sizeof(double);

        // Objects of the library take some more.
        taken.Should().BeInRange((long)counted / 2, (long)counted + 4096);
        (Bytes(new BatchNorm()) - Bytes(new Activation(Function.Relu))).Should().Be(counted);
        double Bytes(Layer layer) => NetworkMemory.Estimate(new Network("layer", new Shape(1, 1, channels), [layer]), points).Bytes;
    }

    [Theory]
    [InlineData(60)]
    [InlineData(300)]
    public void The_largest_eigenvalue_takes_at_most_the_memory_that_is_counted(int size)
    {
        var values = new double[size * size];
        new RandomNumbers(1, 2, 3, RandomPurpose.InputNoise).FillNormal<double>(values, 1);
        var x = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(size, size, values);
        var gram = x.TransposeThisAndMultiply(x).ToColumnMajorArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Wellbehaved.Numerics.LargestEigenvalue.OfSymmetric(gram, size);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;

        // A factor for the certificate at least; vectors of the size come to it.
        taken.Should().BeGreaterThan((long)size * size * sizeof(double));
        (taken - (64L * size * sizeof(double))).Should().BeLessThan((long)Wellbehaved.Numerics.LargestEigenvalue.Numbers(size) * sizeof(double));
    }
}
