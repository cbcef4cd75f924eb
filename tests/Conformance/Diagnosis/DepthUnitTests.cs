using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A diagnosis says layers where depth counts layers, and units where it counts units.</summary>
public sealed class DepthUnitTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wellbehaved-units-");

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Growths of all words that name a stretch of depth.</summary>
    public static TheoryData<string> Growths => ["exponential", "rising", "uneven", "between", "step", "falling directions", "point", "too few"];

    [Theory]
    [MemberData(nameof(Growths))]
    public void A_stretch_of_units_is_nowhere_called_layers(string growth)
    {
        var table = TablesOf(growth).Draw(5);
        var (layers, units) = (
            DiagnosisLines.Write(Diagnosis.Diagnose(table)).ToArray(),
            DiagnosisLines.Write(Diagnosis.Diagnose(table with { DepthUnit = MomentTable.Unit })).ToArray()
        );

        layers[0].Should().ContainAny("layers ", "each layer");
        units.Should().OnlyContain(line => !line.Contains("layer"));
        Unpadded(units)
            .Should()
            .Equal(Unpadded(layers.Select(line => line.Replace("layer", "unit", StringComparison.Ordinal))), "all else is said as of layers");
    }

    [Theory]
    [InlineData("bn_ff", "layers")]
    [InlineData("vanilla", "layers")]
    [InlineData("bn_res", "units")]
    [InlineData("vanilla_res", "units")]
    public void A_run_of_an_architecture_is_told_in_what_its_depth_counts(string architecture, string words)
    {
        var path = Path.Combine(_folder.FullName, "run.npz");
        string[] options = ["--total-depth", "4", "--kernel-size", "1", "--num-channels", "8", "--batch-size", "4", "--num-sims", "4"];
        CommandLine.Run(["run", "--architecture", architecture, .. options, "--out", path]).ExitStatus.Should().Be(0);

        DiagnosisLines.Write(Diagnosis.Diagnose(MomentTable.Read(ResultFile.Read(path)))).Should().Contain(line => line.StartsWith($"  {words} 0 to "));
    }

    [Theory]
    [InlineData("units", true, "units")]
    [InlineData("layers", true, "layers")]
    [InlineData(null, true, "units")]
    [InlineData(null, false, "layers")]
    public void A_recorder_says_what_its_depth_counts(string? told, bool marksEnds, string words)
    {
        var path = Recorded(told, marksEnds);

        DiagnosisLines.Write(Diagnosis.Diagnose(MomentTable.Read(ResultFile.Read(path)))).Should().Contain(line => line.StartsWith($"  {words} 0 to "));
    }

    [Fact]
    public void What_depth_counts_is_units_or_layers()
    {
        var outcome = CommandLine.Run("diagnose", Recorded("blocks", marksEnds: false));

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().EndWith("expected units or layers in 'depth_counts', found 'blocks'");
    }

    private static MadeUpTables TablesOf(string growth)
    {
        Func<double, double> keeping = _ => 9;
        return growth switch
        {
            "exponential" => new(keeping, depth => 0.1 * depth),
            "rising" => new(keeping, depth => 10 * Math.Pow(depth / 200, 2)),
            "uneven" => new(keeping, depth => 0.05 * Math.Min(depth, 160)),
            "between" => new(keeping, depth => 3 * Math.Log(1 + (depth / 200))) { Scatter = 0.002 },
            "step" => new(keeping, depth => (0.05 * depth) + (depth > 130 ? 1 : 0)),
            "falling directions" => new(depth => 1 + Math.Pow(depth / 200, -0.4), depth => 0.6 * Math.Log(depth)),
            "point" => new(keeping, depth => 0.6 * Math.Log(depth)) { Share = depth => 1 / depth },
            "too few" => new(keeping, depth => 0.001 * depth),
            _ => throw new ArgumentOutOfRangeException(nameof(growth), growth, "expected a growth"),
        };
    }

    private static IEnumerable<string> Unpadded(IEnumerable<string> lines) =>
        lines.Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private string Recorded(string? told, bool marksEnds)
    {
        var path = Path.Combine(_folder.FullName, "theirs.npz");
        var table = new MadeUpTables(_ => 9, depth => 0.1 * depth) { Depth = 8, Step = 1 }.Draw(5);
        Dictionary<string, NpyArray> arrays = new()
        {
            ["depth"] = NpyArray.From([.. table.Depths.Select(depth => (long)depth)], table.Depths.Count),
            ["log_chi"] = NpyArray.From([.. table.LogChi!.SelectMany(row => row)], table.Simulations, table.Depths.Count),
        };
        if (told is not null)
        {
            arrays["depth_counts"] = NpyArray.From(told);
        }

        if (marksEnds)
        {
            arrays["end_of_unit"] = NpyArray.From([.. table.Depths.Select(_ => 1L)], table.Depths.Count);
        }

        NpzArchive.Write(path, arrays);
        return path;
    }
}
