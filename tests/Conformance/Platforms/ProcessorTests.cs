using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>"A seed gives the same bits whatever the processor", as far as one machine can tell: the runtime's switches take wide instructions away.</summary>
public class ProcessorTests
{
    /// <summary>A processor with fewer instructions: its registers, whether this machine can be one, and the switch.</summary>
    private static readonly (int Bits, bool Possible, string Switch, string Value)[] Processors =
    [
        (64, true, "DOTNET_EnableHWIntrinsic", "0"),
        (128, true, "DOTNET_EnableAVX", "0"),
        (128, Avx2.IsSupported, "DOTNET_EnableAVX2", "0"),
        (256, Avx2.IsSupported, "DOTNET_EnableAVX512", "0"),
        (512, Avx512F.IsSupported, "DOTNET_PreferredVectorBitWidth", "512"),
    ];

    [Fact]
    public void A_seed_gives_the_same_bits_whatever_the_width_of_the_registers()
    {
        var all = Processors
            .Where(processor => processor.Possible)
            .Select(processor => (processor.Bits, Printed: Print(processor.Switch, processor.Value)))
            .ToArray();
        foreach (var (bits, printed) in all)
        {
            printed[0].Should().EndWith($"registers of {bits} bits", "the runtime obeys the switch");
            printed.Skip(1).Should().Equal(all[0].Printed.Skip(1), "{0} bits compute what scalars do", bits);
        }

        all[0].Printed.Skip(1).Should().HaveCount(10).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void The_checksums_cover_direct_and_spectral_convolutions()
    {
        var images = ImageSources.Open("natural", null);
        Checksums
            .Experiments.Where(experiment => experiment.Options.Network is null)
            .Select(experiment => experiment.Options.Settings(images))
            .Select(network => ConvolutionMethods.Cheaper<float>(network.FeatureShape, network.Kernels.Last(), new(1, network.Boundary)))
            .Should()
            .Contain(ConvolutionMethod.Direct)
            .And.Contain(ConvolutionMethod.Spectral);
    }

    private static string[] Print(string name, string value)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ProcessorTests).Assembly.Location, "checksums"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (_, _, other, _) in Processors)
        {
            start.Environment.Remove(other);
        }

        start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, error.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
