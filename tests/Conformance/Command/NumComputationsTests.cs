using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The default number of recorded depths: the largest divisor of the depth up to 100, or 100 depths spread evenly if the divisors are small.</summary>
public sealed class NumComputationsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wellbehaved");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(20, 20)]
    [InlineData(101, 100)]
    [InlineData(120, 60)]
    [InlineData(200, 100)]
    public void The_default_number_of_depths_is_the_largest_divisor_up_to_100_or_else_100(int depth, int computations)
    {
        var file = Path.Combine(_folder.FullName, "x.npz");
        var run = CommandLine.Run(
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
            "16",
            "--num-sims",
            "1",
            "--no-reff-noise",
            "--out",
            file
        );

        run.ExitStatus.Should().Be(0, run.Error);
        ResultFile.Read(file).Depth.Should().HaveCount(computations).And.EndWith([depth]);
    }
}
