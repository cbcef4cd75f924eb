using FluentAssertions;
using Wellbehaved.Cli;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx;

namespace Wellbehaved.Tests.Conformance;

/// <summary>An output replaces what is of its own kind, never data or a model of somebody else.</summary>
public sealed class ReplacedFileTests : IDisposable
{
    private const string Net = "network bn_ff --total-depth 2 --num-channels 8 --input-shape 2x2x3";

    private readonly Campaign _campaign = new();

    public static TheoryData<string, string> Texts =>
        new()
        {
            { $"{Net} --json {{file}}", "--json" },
            { $"{Net} --out {{file}}.svg", "--out" },
            { "predict --architecture bn_ff --total-depth 2 --kernel-size 1 --num-channels 8 --batch-size 8 --json {file}", "--json" },
            { "verify --claim A2 --json {file}", "--json" },
            { "verify --claim A2 --junit {file}", "--junit" },
            { "verify --claim A2 --badge {file}", "--badge" },
            { "diagnose {result} --json {file}", "--json" },
            { "export {result} --csv {file}", "--csv" },
            { "plot {result} --out {file}.svg", "--out" },
        };

    public void Dispose() => _campaign.Dispose();

    [Theory]
    [MemberData(nameof(Texts))]
    public void Data_whose_name_does_not_tell_is_not_replaced_by_a_text_or_a_figure(string line, string option)
    {
        CommandLine.Run(_campaign.Arguments("r.npz", simulations: 1)).ExitStatus.Should().Be(0);
        byte[] data = [.. "PK"u8, 3, 4, 20, 0, 0, 0, .. "weights"u8];
        foreach (var name in new[] { "file", "file.svg" })
        {
            File.WriteAllBytes(_campaign[name], data);
        }

        var outcome = CommandLine.Run([
            .. line.Split(' ')
                .Select(word =>
                    word.Replace("{file}", _campaign["file"], StringComparison.Ordinal).Replace("{result}", _campaign["r.npz"], StringComparison.Ordinal)
                ),
        ]);

        outcome.ExitStatus.Should().Be(ExitStatus.Usage, outcome.Error);
        outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {option}: expected no file at ").And.EndWith("remove it, or give another name");
        File.ReadAllBytes(_campaign["file"]).Should().Equal(data);
        File.ReadAllBytes(_campaign["file.svg"]).Should().Equal(data);
    }

    [Theory]
    [InlineData("an old text, in UTF-8: χ\n", true)]
    [InlineData("%PDF-1.7\n\0\u0001", true)]
    [InlineData("", true)]
    [InlineData("\u0008\u0008\u0012\u0007pytorch", false)]
    [InlineData("WBJRNL1\n\u0001\0\0\0", false)]
    public void What_counts_as_a_text_or_a_figure(string content, bool isReplaced)
    {
        File.WriteAllText(_campaign["n.txt"], content);

        CommandLine.Run([.. Net.Split(' '), "--json", _campaign["n.txt"]]).ExitStatus.Should().Be(isReplaced ? ExitStatus.Success : ExitStatus.Usage);

        (File.ReadAllText(_campaign["n.txt"]) != content).Should().Be(isReplaced);
    }

    [Theory]
    [InlineData("pytorch", false)]
    [InlineData("wellbehaved", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_model_is_replaced_only_if_this_program_wrote_it(string? producer, bool isReplaced)
    {
        var model = Build.Model(17, [Build.Input("x", -1, 6)], [Build.Tensor("w", 1, 6, 6)], Build.Node("MatMul", ["x", "w"], "y"));
        model.ProducerName = producer ?? "";
        model.Save(_campaign["m.onnx"]);
        if (producer is null)
        {
            File.WriteAllText(_campaign["m.onnx"], "somebody's notes");
        }

        var before = File.ReadAllBytes(_campaign["m.onnx"]);
        File.CreateSymbolicLink(_campaign["link.onnx"], "m.onnx");
        foreach (var name in new[] { "link.onnx", "m.onnx" })
        {
            var outcome = CommandLine.Run([.. Net.Split(' '), "--onnx", _campaign[name]]);

            outcome.ExitStatus.Should().Be(isReplaced ? ExitStatus.Success : ExitStatus.Usage, outcome.Error);
            (isReplaced ? string.Empty : outcome.Error.TrimEnd())
                .Should()
                .Be(
                    isReplaced
                        ? string.Empty
                        : $"wellbehaved: --onnx: expected no file at '{_campaign[name]}', or a model that wellbehaved wrote, found another one, which stays as "
                            + "it is; remove it, or give another name"
                );
            File.ReadAllBytes(_campaign["m.onnx"]).SequenceEqual(before).Should().Be(!isReplaced);
        }
    }

    /// <summary>The model names its data itself, within the graph and in graphs within nodes; another file of such a name belongs to nobody.</summary>
    [Theory]
    [InlineData("weights.bin", true)]
    [InlineData("inner.txt", true)]
    [InlineData("other.onnx_data", false)]
    public void The_files_that_a_model_names_as_its_data_are_not_written(string name, bool isData)
    {
        var model = Build.Model(
            17,
            [Build.Input("x", -1, 6)],
            [Outside("w", "weights.bin")],
            Build.Node("MatMul", ["x", "w"], "h"),
            Within(Outside("v", "inner.txt"))
        );
        model.Save(_campaign["m.onnx"]);
        File.WriteAllText(_campaign[name], "a text, so that its content protects nothing");

        var outcome = CommandLine.Run("diagnose", _campaign["m.onnx"], "--num-sims", "2", "--json", _campaign[name]);

        outcome.ExitStatus.Should().Be(ExitStatus.Usage);
        outcome.Error.Contains($"--json: expected another file than {_campaign[name]}, which is read", StringComparison.Ordinal).Should().Be(isData);
        File.ReadAllText(_campaign[name]).Should().Be("a text, so that its content protects nothing");
    }

    [Fact]
    public void Every_beginning_of_a_model_is_walked_through_without_an_error()
    {
        var model = Build.Model(17, [Build.Input("x", -1, 6)], [Outside("w", "weights.bin")], Within(Outside("v", "inner.txt")));
        model.Save(_campaign["m.onnx"]);
        var bytes = File.ReadAllBytes(_campaign["m.onnx"]);
        ExternalFiles.Find(_campaign["m.onnx"]).Should().BeEquivalentTo(_campaign["weights.bin"], _campaign["inner.txt"]);
        var random = new Random(20261127);
        for (var length = 0; length < bytes.Length; length++)
        {
            var spoilt = bytes.ToArray();
            spoilt[length] = (byte)random.Next(256);
            foreach (var content in new[] { bytes[..length], spoilt })
            {
                File.WriteAllBytes(_campaign["s.onnx"], content);
                ExternalFiles.Find(_campaign["s.onnx"]).Count.Should().BeLessThanOrEqualTo(2);
            }
        }
    }

    private static TensorProto Outside(string name, string location)
    {
        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)TensorProto.Types.DataType.Float,
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        tensor.Dims.AddRange([6, 6]);
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        return tensor;
    }

    private static NodeProto Within(TensorProto tensor)
    {
        var body = new GraphProto { Name = "body" };
        body.Initializer.Add(tensor);
        var node = Build.Node("If", ["h"], "y");
        node.Attribute.Add(
            new AttributeProto
            {
                Name = "then_branch",
                Type = AttributeProto.Types.AttributeType.Graph,
                G = body,
            }
        );
        return node;
    }
}
