using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The depths that are recorded by default.</summary>
public sealed class DefaultDepthTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(20, 20, 1)]
    [InlineData(97, 97, 1)]
    [InlineData(120, 60, 2)]
    [InlineData(103, 100, 1)]
    [InlineData(206, 100, 2)]
    public void A_depth_of_few_divisors_is_recorded_at_a_hundred_depths(int depth, int recorded, int first)
    {
        var file = Path.Combine(_folder.FullName, "run.npz");
        CommandLine
            .Run(
                "run",
                "--architecture",
                "vanilla",
                "--total-depth",
                $"{depth}",
                "--kernel-size",
                "1",
                "--num-channels",
                "4",
                "--batch-size",
                "4",
                "--num-sims",
                "1",
                "--dataset",
                "gaussian",
                "--out",
                file
            )
            .ExitStatus.Should()
            .Be(0);

        var depths = ResultFile.Read(file).Depth;
        (depths.Count, depths[0], depths[^1]).Should().Be((recorded, first, depth));
        depths.Zip(depths.Skip(1), (before, after) => after - before).Should().OnlyContain(step => step <= (depth / recorded) + 1);
    }

    [Fact]
    public void A_network_with_few_divisors_of_its_depth_is_recorded_at_100_repetitions()
    {
        var file = Path.Combine(_folder.FullName, "run.npz");
        CommandLine
            .Run(
                "run",
                "--network",
                "tanh_edge",
                "--total-depth",
                "103",
                "--num-channels",
                "4",
                "--batch-size",
                "4",
                "--num-sims",
                "1",
                "--dataset",
                "gaussian",
                "--input-shape",
                "1x1x4",
                "--out",
                file
            )
            .ExitStatus.Should()
            .Be(0);

        int[] depths = [.. ResultFile.Read(file).Depth.Distinct().Where(depth => depth > 0)];
        depths.Should().HaveCountGreaterThanOrEqualTo(100);
        depths[^1].Should().BeInRange(103, 104, "the output after the last repetition may be a depth of its own");
        depths.Zip(depths.Skip(1), (before, after) => after - before).Should().OnlyContain(step => step <= 2);
    }
}
