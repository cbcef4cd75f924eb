using System.Text.Json.Nodes;
using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

public sealed class VectorTests : IDisposable
{
    private static readonly string Kept = Path.Combine(AppContext.BaseDirectory, "vectors");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Regeneration_is_identical_byte_for_byte()
    {
        var names = VectorFile.WriteAll(_folder.FullName);

        Directory.GetFiles(Kept).Select(Path.GetFileName).Should().BeEquivalentTo(names);
        foreach (var name in names)
        {
            File.ReadAllBytes(Path.Combine(_folder.FullName, name)).Should().Equal(File.ReadAllBytes(Path.Combine(Kept, name)), name);
        }
    }

    [Fact]
    public void Vectors_agree_with_the_written_out_networks_up_to_rounding()
    {
        foreach (var entry in JsonNode.Parse(File.ReadAllText(Path.Combine(Kept, "manifest.json")))!["vectors"]!.AsArray())
        {
            // Some twenty roundings of sums of at most 18 terms, amplified by batch norm of tensors with ε = 0.1.
            entry!["measured_in_double_precision"]!.GetValue<double>().Should().BeInRange(1e-17, 1e-13);
            entry["measured_in_single_precision"]!.GetValue<double>().Should().BeInRange(1e-9, 1e-4);
        }
    }

    [NumPyFact]
    public void Independent_NumPy_code_reproduces_the_vectors()
    {
        var outcome = CommandLine.Run(NumPy.Python, [Path.Combine(AppContext.BaseDirectory, "check_vectors.py"), Kept]);

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Output.Trim().Split('\n').Should().HaveCount(24).And.OnlyContain(line => line.StartsWith("agrees "));
    }
}
