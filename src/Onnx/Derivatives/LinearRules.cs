namespace Wellbehaved.Onnx;

/// <summary>Rules of operators that are linear in their first input, whatever the other inputs are: the same operator is applied to the tangent.</summary>
internal static class LinearRules
{
    private static readonly string[] Names =
    [
        "Identity",
        "Cast",
        "CastLike",
        "Neg",
        "Reshape",
        "Transpose",
        "Squeeze",
        "Unsqueeze",
        "Flatten",
        "Expand",
        "Tile",
        "Slice",
        "Gather",
        "GatherElements",
        "GatherND",
        "Compress",
        "DepthToSpace",
        "SpaceToDepth",
        "CumSum",
        "Trilu",
        "ReverseSequence",
        "AveragePool",
        "GlobalAveragePool",
        "ReduceSum",
        "ReduceMean",
        "Split",
        "Resize",
    ];

    public static Dictionary<string, Rule> All { get; } =
        new(Names.Select(name => KeyValuePair.Create<string, Rule>(name, SameOfTangent)))
        {
            ["Dropout"] = context => context.SetTangent(context.Tangent(0)!.Value),
        };

    private static void SameOfTangent(RuleContext context)
    {
        if (context.Tangent(0) is not { } tangent)
        {
            throw context.NotKnown("with noise only in its first input");
        }

        var node = context.Node.Clone();
        if (node.OpType == "Resize")
        {
            // Values outside of the image are constants.
            node.With("extrapolation_value", 0.0);
        }

        node.Name = "";
        node.Input[0] = tangent.Name;
        var outputs = node.Output.ToArray();
        for (var i = 0; i < outputs.Length; i++)
        {
            if (outputs[i].Length > 0)
            {
                node.Output[i] = context.Emitter.Fresh();
            }
        }

        context.Emitter.Append(node);
        for (var i = 0; i < outputs.Length; i++)
        {
            if (outputs[i].Length > 0)
            {
                context.SetTangent(tangent with { Name = node.Output[i] }, i);
            }
        }
    }
}
