using System.Text;
using FluentAssertions;
using Wellbehaved.Tests.Onnx;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A file of tokens is looked at once, before any mapping: its shape, the kind of its elements, and all of its numbers.</summary>
public sealed class OnnxTokenTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("<i8", "(0, 5)", 0, "*with at least one token, got*")]
    [InlineData("<i8", "(5, 0)", 0, "*with at least one token, got*")]
    [InlineData("<i8", "(0,)", 0, "*with at least one token, got*")]
    [InlineData("<i8", "(0, 0)", 0, "*with at least one token, got*")]
    [InlineData("<i8", "()", 8, "*with at least one token, got*")]
    [InlineData("<i8", "(1, 2, 5)", 80, "*(sequences, length), or one sequence*")]
    [InlineData("<i8", "(2, 3)", 48, "*at least 5 tokens in each sequence*")]
    [InlineData("<i8", "(4,)", 32, "*at least 5 tokens in each sequence*")]
    [InlineData("<U1", "(2, 5)", 40, "*expected an array of whole numbers, got*")]
    [InlineData("|S1", "(2, 5)", 10, "*expected*")]
    [InlineData("<c8", "(2, 5)", 80, "*expected*")]
    public void Arrays_that_are_no_sequences_of_numbers_are_refused(string type, string shape, int bytes, string message) =>
        Run(type, shape, new byte[bytes]).Should().Match($"wellbehaved: *tokens*: {message}").And.NotContain("\n");

    [Theory]
    [InlineData(-1.0, "*expected whole numbers of at least 0, got -1")]
    [InlineData(11.0, "*expected whole numbers from 0 to 10, which 'ids' takes, got 11")]
    [InlineData(1e18, "*expected whole numbers from 0 to 10, which 'ids' takes, got 1E+18")]
    [InlineData(1e30, "*expected whole numbers of at least 0, got 1E+30")]
    [InlineData(2.5, "*expected whole numbers of at least 0, got 2.5")]
    [InlineData(double.NaN, "*expected whole numbers of at least 0, got NaN")]
    [InlineData(double.PositiveInfinity, "*expected whole numbers of at least 0, got *")]
    public void A_number_that_is_no_token_is_found_wherever_it_is(double wrong, string message)
    {
        var values = new double[1000];
        values[^1] = wrong;
        Run("<f8", "(200, 5)", [.. values.SelectMany(BitConverter.GetBytes)]).Should().Match($"wellbehaved: --tokens: {message}").And.NotContain("\n");
    }

    private string Run(string type, string shape, byte[] content)
    {
        var model = Build
            .Model(
                13,
                [Build.Input("ids", DataType.Int64, -1, 5)],
                [Build.Tensor("table", 1, 11, 6), Build.Tensor("w", 0.4, 6, 5)],
                Build.Node("Gather", ["table", "ids"], "h"),
                Build.Node("MatMul", ["h", "w"], "y")
            )
            .Save(Path.Combine(_folder, "net.onnx"));
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}\n";
        var tokens = Path.Combine(_folder, "tokens.npy");
        File.WriteAllBytes(tokens, [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. Encoding.ASCII.GetBytes(header), .. content]);
        var outcome = CommandLine.Run("diagnose", model, "--num-sims", "1", "--tokens", tokens);
        outcome.ExitStatus.Should().Be(2, outcome.Error);
        return outcome.Error.TrimEnd();
    }
}
