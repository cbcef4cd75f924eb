using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Rules of pooling by the largest value: the tangent of the chosen value, which is the first among equal ones.</summary>
internal static class PoolRules
{
    public static Dictionary<string, Rule> All { get; } = new() { ["MaxPool"] = MaxPool, ["GlobalMaxPool"] = GlobalMaxPool };

    private static void MaxPool(RuleContext context)
    {
        var (node, dx) = (context.Node, context.Tangent(0)!.Value);
        if (node.Integer("storage_order", 0) != 0)
        {
            // Indices that count columns first cannot be used here.
            node = node.Clone();
            node.Name = "";
            node.Take("storage_order");
            node.Output.Clear();
            node.Output.Add(context.Emitter.Fresh());
            context.Emitter.Append(node);
        }

        if (node.Output.Count < 2)
        {
            node.Output.Add("");
        }

        if (node.Output[1].Length == 0)
        {
            node.Output[1] = context.Emitter.Fresh();
        }

        // Indices refer to the whole tensor.
        context.SetTangent(dx with { Name = context.Emitter.Node("Gather", dx.Reshape(-1).Name, node.Output[1]) });
    }

    private static void GlobalMaxPool(RuleContext context)
    {
        Expression Flat(Expression value) => value.Reshape(0, 0, -1);

        var dx = context.Tangent(0)!.Value;
        var largest = context.Emitter.Node(new NodeProto { OpType = "ArgMax" }.With("axis", 2), Flat(context.Input(0)).Name);
        var taken = context.Emitter.Node(new NodeProto { OpType = "GatherElements" }.With("axis", 2), Flat(dx).Name, largest);
        context.SetTangent((dx with { Name = taken }).ReshapeAs(context.Output()));
    }
}
