using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Checks that nodes have the inputs and outputs that their operators always have, before any code looks for them.</summary>
/// <remarks>Source: ONNX's operator schemas. What an operator may leave out is looked for where it is used.</remarks>
internal static class NodeArity
{
    private static readonly Dictionary<string, int> Required = new()
    {
        ["BatchNormalization"] = 5,
        ["GroupNormalization"] = 3,
        ["InstanceNormalization"] = 3,
        ["ScatterElements"] = 3,
        ["ScatterND"] = 3,
        ["Where"] = 3,
        ["Add"] = 2,
        ["Conv"] = 2,
        ["ConvTranspose"] = 2,
        ["Div"] = 2,
        ["Expand"] = 2,
        ["Gather"] = 2,
        ["GatherElements"] = 2,
        ["GatherND"] = 2,
        ["Gemm"] = 2,
        ["LayerNormalization"] = 2,
        ["MatMul"] = 2,
        ["Mul"] = 2,
        ["Pow"] = 2,
        ["PRelu"] = 2,
        ["Reshape"] = 2,
        ["RMSNormalization"] = 2,
        ["Sub"] = 2,
        ["Tile"] = 2,
    };

    /// <summary>Operators that make values of nothing, or whose first inputs may be left out; all others of ONNX have a first input.</summary>
    private static readonly HashSet<string> WithoutInputs = ["Constant", "Loop", "Optional", "RandomNormal", "RandomUniform", "SequenceEmpty"];

    /// <summary>Refuses a node that lacks an input which its operator requires, or has no output.</summary>
    /// <param name="node">The node.</param>
    /// <param name="path">The model's file.</param>
    /// <exception cref="InvalidInputException">Something is missing.</exception>
    public static void RequireWhole(NodeProto node, string path)
    {
        var least = Required.GetValueOrDefault(node.OpType, WithoutInputs.Contains(node.OpType) ? 0 : 1);
        var found = node.Input.TakeWhile(input => input.Length > 0).Count();
        if (found < least)
        {
            throw new InvalidInputException(path, $"expected {Counted.Spell(least, "input")} of {node.Called()}, got {found}");
        }

        // Recurrent layers may leave their first output out and give their last state alone.
        if (!node.Output.Any(output => output.Length > 0))
        {
            throw new InvalidInputException(path, $"expected an output of {node.Called()}, got none");
        }
    }
}
