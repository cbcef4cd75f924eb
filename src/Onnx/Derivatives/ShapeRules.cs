namespace Wellbehaved.Onnx;

/// <summary>Rules of operators that move values to other positions.</summary>
internal static class ShapeRules
{
    public static Dictionary<string, Rule> All { get; } =
        new()
        {
            ["Concat"] = context =>
                context.SetTangent(
                    context.TangentOrZeros(0) with
                    {
                        Name = context.Emitter.Node(
                            context.Node,
                            Enumerable.Range(0, context.Node.Input.Count).Select(i => context.TangentOrZeros(i).Name).ToList()
                        ),
                    }
                ),
            ["OneHot"] = context =>
                context.SetTangent(
                    context.Tangent(2)!.Value with
                    {
                        Name = context.Emitter.Node(context.Node, context.Node.Input[0], context.Node.Input[1], context.Tangent(2)!.Value.Name),
                    }
                ),
            ["Pad"] = Pad,
            ["ScatterElements"] = Scatter,
            ["ScatterND"] = Scatter,
            ["TopK"] = TopK,
        };

    /// <summary>The tangent of padding is zero, since the padding is constant.</summary>
    private static void Pad(RuleContext context)
    {
        if (context.Tangent(0) is not { } tangent || context.Tangent(2) is not null)
        {
            throw context.NotKnown("without noise in the padding");
        }

        context.SetTangent(
            tangent with
            {
                Name = context.Emitter.Node(context.Node, tangent.Name, context.Node.Input[1], "", context.Has(3) ? context.Node.Input[3] : ""),
            }
        );
    }

    private static void Scatter(RuleContext context)
    {
        if (context.Node.Text("reduction", "none") is not ("none" or "add"))
        {
            throw context.NotKnown("with the reduction none or add");
        }

        var (data, updates) = (context.TangentOrZeros(0), context.TangentOrZeros(2));
        context.SetTangent(data with { Name = context.Emitter.Node(context.Node, data.Name, context.Node.Input[1], updates.Name) });
    }

    private static void TopK(RuleContext context)
    {
        if (context.Node.Output.Count < 2 || context.Node.Output[1].Length == 0)
        {
            throw context.NotKnown("with an output for the indices");
        }

        var tangent = context.Tangent(0)!.Value;
        var gather = new Format.NodeProto { OpType = "GatherElements" }.With("axis", context.Node.Integer("axis", -1));
        context.SetTangent(tangent with { Name = context.Emitter.Node(gather, tangent.Name, context.Node.Output[1]) });
    }
}
