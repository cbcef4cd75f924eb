using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What checks are made of: deep experiments, laws of single mappings, and the network written out.</summary>
public class PartsOfChecksTests
{
    /// <summary>A few roundings of numbers near 1.</summary>
    private const double Rounding = 1e-12;

    [Fact]
    public void An_outlier_multiplies_the_first_image_by_1000_and_divides_the_others_by_1000()
    {
        var network = new NetworkSettings(Architecture.Named("vanilla"), new TensorShape(2, 1, 1, 2), 1, 4, 1, Boundary.Periodic, 0);
        new GivenCase(network, [], new Batch(network.NetworkInput, [1, 2, 3, 4], [5, 6, 7, 8]))
            .WithOutlier()
            .Input.Should()
            .BeEquivalentTo(new Batch(network.NetworkInput, [1001, 1002, 0.003, 0.004], [5, 6, 7, 8]));
    }

    [Fact]
    public void The_pre_activations_of_every_given_case_keep_their_distance_from_zero()
    {
        // The least distance is that of GivenCase. Up to half of the first draws come nearer, by the kind of network: of sixty some must be drawn again.
        using var reference = new ReferenceSubject();
        for (var seed = 0ul; seed < 10; seed++)
        {
            Suite
                .Execute(new Check("D1", "vanilla", Nearness), reference, Scale.Quick, seed)
                .Measurements.Should()
                .HaveCount(6)
                .And.OnlyContain(measurement => measurement.Measured.Value > 1e-4);
        }

        static IEnumerable<Measurement> Nearness(CheckContext context)
        {
            foreach (var given in GivenCase.All(context, Architecture.Named("vanilla"), 0))
            {
                var written = new WrittenOutNetwork(given.Network, given.Kernels);
                written.Propagate(given.Input);
                yield return new Measurement(given.Description, new Expected(0), new Observed(written.SmallestGate), Verdict.Holds) { Samples = 1 };
            }
        }
    }

    [Theory]
    [InlineData("vanilla", Scale.Quick, 80, 128, 32, 48)]
    [InlineData("bn_res", Scale.Quick, 80, 128, 32, 48)]
    [InlineData("vanilla", Scale.Full, 200, 512, 64, 200)]
    [InlineData("bn_res", Scale.Full, 500, 512, 64, 200)]
    public void Deep_experiments_have_the_stated_sizes(string architecture, Scale scale, int depth, int channels, int batch, int simulations)
    {
        var options = DeepExperiments.OptionsOf(architecture, scale, 3);

        (
            options.Architecture,
            options.TotalDepth,
            options.NumChannels,
            options.BatchSize,
            options.NumSims,
            options.KernelSize,
            options.NumComputations,
            options.ReffNoise
        )
            .Should()
            .Be((architecture, depth, channels, batch, simulations, 1, 20, false));
        options
            .Seed.Should()
            .NotBe(3, "the seed of verify is not that of its deep experiments")
            .And.NotBe(DeepExperiments.OptionsOf(architecture, scale, 4).Seed);
    }

    [Fact]
    public void Laws_of_single_mappings_change_at_the_stated_thresholds()
    {
        // In a first stretch of 4 layers ln χ gains 2, so half as much in each of 6 layers were 1.5.
        PostLaws.Slows(2, 4, 1.49, 6).Should().BeTrue();
        PostLaws.Slows(2, 4, 1.5, 6).Should().BeFalse();
        PostLaws.Multiplies(new MappingBehaviour(1, 1, 1, 1.81)).Should().BeTrue();
        PostLaws.Multiplies(new MappingBehaviour(1, 1, 1, 1.79)).Should().BeFalse();
        PostLaws.Multiplies(new MappingBehaviour(1, 1, 1, 2.19)).Should().BeTrue();
        PostLaws.Multiplies(new MappingBehaviour(1, 1, 1, 2.21)).Should().BeFalse();
        PostLaws.Doubles(9.1 * Math.Log(2), 10).Should().BeTrue();
        PostLaws.Doubles(8.9 * Math.Log(2), 10).Should().BeFalse();
        PostLaws.Dilutes(12.4, 10).Should().BeTrue();
        PostLaws.Dilutes(12.6, 10).Should().BeFalse();
    }

    [Fact]
    public void The_written_out_network_reports_its_smallest_gate_distance_and_its_largest_amplification()
    {
        // One channel, weights of one: 4 points through batch norm and ReLU. Mean 10, variance 4; with ε = 0, the largest rms/σ is √104/2.
        var network = new NetworkSettings(Architecture.Named("bn_ff"), new TensorShape(4, 1, 1, 1), 1, 1, 1, Boundary.Periodic, 0);
        var written = new WrittenOutNetwork(
            network,
            [
                [1],
                [1],
            ]
        );
        written.Propagate(new Batch(network.NetworkInput, [8, 12, 8, 12], [1, 1, 1, 1]));
        written.Amplification.Should().BeApproximately(Math.Sqrt(104) / 2, Rounding);
        written.SmallestGate.Should().BeApproximately(1, Rounding, "every z is ±1");

        var plain = new NetworkSettings(Architecture.Named("vanilla"), new TensorShape(4, 1, 1, 1), 2, 1, 1, Boundary.Periodic, 0);
        var two = new WrittenOutNetwork(
            plain,
            [
                [1],
                [1],
                [1],
            ]
        );
        two.Propagate(new Batch(plain.NetworkInput, [3, -4, 5, 0.5], [1, 1, 1, 1]));
        var gates = new[] { new[] { 3, 4, 5, 0.5 }, [3, 0, 5, 0.5] }.Select(z => z.Min() / Math.Sqrt(z.Average(value => value * value)));
        two.SmallestGate.Should().BeApproximately(gates.Min(), Rounding);
        two.Amplification.Should().Be(1);
        two.Propagate(new Batch(plain.NetworkInput, [0, 0, 0, 0], [1, 1, 1, 1]));
        two.SmallestGate.Should().Be(0, "zeros lie on the gate");

        // Statistics of its own: a moved input is normalised as if it had not moved. Held fixed: it passes as it would have, moved.
        Batch moving = new(network.NetworkInput, [9, 13, 9, 13], [1, 1, 1, 1]);
        written.Propagate(moving).Signal.Should().Equal([0, 1, 0, 1], (a, b) => Math.Abs(a - b) < Rounding);
        written.Propagate(new Batch(network.NetworkInput, [8, 12, 8, 12], [1, 1, 1, 1]));
        written.FixStatistics();
        var (moved, _) = written.Propagate(moving);
        moved.Should().Equal([0, 1.5, 0, 1.5], (a, b) => Math.Abs(a - b) < Rounding);
        FluentActions.Invoking(() => written.Propagate(null!)).Should().Throw<ArgumentNullException>().WithParameterName("input");
    }

    [Fact]
    public void Written_out_layers_refuse_null_arguments()
    {
        var shape = new TensorShape(1, 1, 1, 1);
        Refusal.OfNull("values", () => WrittenOutLayers.Convolve(shape, null!, [1], 1, 1, Boundary.Periodic));
        Refusal.OfNull("kernel", () => WrittenOutLayers.Convolve(shape, [1], null!, 1, 1, Boundary.Periodic));
        Refusal.OfNull("values", () => WrittenOutLayers.Means(null!, 1));
        Refusal.OfNull("values", () => WrittenOutLayers.MeanSquares(null!, 1));
        Refusal.OfNull("values", () => WrittenOutLayers.MeanSquare(null!));
        Refusal.OfNull("values", () => WrittenOutLayers.OverPoints(null!, 1, (value, _) => value));
        Refusal.OfNull("function", () => WrittenOutLayers.OverPoints([1], 1, null!));
    }

    [Theory]
    [InlineData(Boundary.Periodic, new[] { 7.0, 7, 7 }, new[] { 13.0, 12, 10 })]
    [InlineData(Boundary.Symmetric, new[] { 4.0, 7, 10 }, new[] { 10.0, 12, 13 })]
    [InlineData(Boundary.ZeroPadding, new[] { 3.0, 7, 6 }, new[] { 7.0, 7, 7 })]
    public void A_convolution_reads_beyond_the_border_what_its_boundary_defines(Boundary boundary, double[] three, double[] five)
    {
        // A column of 1, 2, 4 summed over three and five neighbours.
        Sums(3).Should().Equal(three);
        Sums(5).Should().Equal(five);

        double[] Sums(int size) =>
            WrittenOutLayers.Convolve(
                new TensorShape(1, 3, 1, 1),
                [1, 2, 4],
                [.. Enumerable.Range(0, size * size).Select(i => i % size == size / 2 ? 1.0 : 0)],
                size,
                1,
                boundary
            );
    }
}
