using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Tests.Onnx.Derivatives;

/// <summary>
/// Over the examples of each operator that ONNX's own tests have (Debian's package libonnx-testdata): adding tangents changes no output, and tangents are what
/// finite differences say.
/// </summary>
public class OperatorDataTests
{
    private const string Folder = "/usr/share/libonnx-testdata/data/node";

    /// <summary>Operators whose first inputs select, or give a shape, and may be real numbers nevertheless.</summary>
    private static readonly Dictionary<string, int> FixedInputs = new() { ["OneHot"] = 2 };

    /// <summary>Operators of whose inputs only the first ones can carry noise.</summary>
    private static readonly Dictionary<string, int> MovingInputs = new()
    {
        ["Resize"] = 1,
        ["Upsample"] = 1,
        ["Clip"] = 1,
        ["Pad"] = 1,
        ["BatchNormalization"] = 1,
        ["LayerNormalization"] = 1,
        ["InstanceNormalization"] = 1,
        ["Dropout"] = 1,
        ["CastLike"] = 1,
        ["Mod"] = 1,
        ["Conv"] = 2,
        ["ConvTranspose"] = 2,
        ["ReduceProd"] = 1,
        ["Pow"] = 1,
    };

    public static TheoryData<string> Examples()
    {
        var names = new TheoryData<string>();
        var folders = Directory.Exists(Folder) ? Directory.GetDirectories(Folder) : [];
        foreach (var name in folders.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
        {
            // ONNX Runtime has no power with unsigned exponents.
            if (
                !name.StartsWith("test_pow_types_float32_uint", StringComparison.Ordinal)
                && IsMeant(ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(Folder, name, "model.onnx"))))
            )
            {
                names.Add(name);
            }
        }

        if (!Directory.Exists(Folder))
        {
            names.Add("");
        }

        return names;
    }

    [SkippableTheory]
    [MemberData(nameof(Examples))]
    public void Operator_with_tangents_keeps_its_outputs_and_its_tangents_equal_finite_differences(string example)
    {
        Skip.If(example.Length == 0, "Debian's package libonnx-testdata is not installed");
        var path = Path.Combine(Folder, example, "model.onnx");
        Graph Make() => GraphReader.Read(ModelFile.Read(path).Model, path);
        var graph = Make();
        var given = graph
            .Inputs.Select(
                (input, i) =>
                    (input, Tensor: TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(Folder, example, "test_data_set_0", $"input_{i}.pb"))))
            )
            .ToDictionary(pair => pair.input.Name, pair => pair.Tensor);
        var operation = graph.Nodes[^1].OpType;
        var moving = graph
            .Inputs.Where(
                (input, i) =>
                    Tensors.IsReal(given[input.Name].DataType)
                    && i >= FixedInputs.GetValueOrDefault(operation)
                    && i < MovingInputs.GetValueOrDefault(operation, int.MaxValue)
            )
            .Select(input => input.Name)
            .ToList();
        DerivativeCheck.Holds(Make, given, moving, new DerivativeOptions(OnnxBatchNorm.Stored, NoiseKind.Mapping)).Compared.Should().BePositive();
    }

    /// <summary>Models of operators with a rule, that take and give tensors of real numbers.</summary>
    private static bool IsMeant(ModelProto model) =>
        model.Graph.Node.All(node =>
            (Rules.All.ContainsKey(node.OpType) || node.OpType is "Constant" or "Dropout")
            && node.Domain is "" or "ai.onnx"
            && node.Integer("training_mode", 0) == 0
            && node.Text("reduction", "none") is "none" or "add"
        )
        && model.Graph.Input.All(input =>
            input.Type?.TensorType is { ElemType: not ((int)TensorProto.Types.DataType.String or (int)TensorProto.Types.DataType.Bfloat16) }
        )
        && model.Graph.Input.Any(input => Tensors.IsReal(input.Type.TensorType.ElemType))
        && model.Graph.Output.Any(output =>
            output.Type?.TensorType is { } type && Tensors.IsReal(type.ElemType) && type.ElemType != (int)TensorProto.Types.DataType.Bfloat16
        )
        && model.OpsetImport.All(import => import.Version >= GraphReader.OldestOpset);
}
