using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Rules of sums and extremes over axes that are not linear.</summary>
internal static class ReductionRules
{
    public static Dictionary<string, Rule> All { get; } =
        new()
        {
            ["ReduceL1"] = context => context.SetTangent(Sum(context, context.Input(0).Sign() * Dx(context))),
            ["ReduceL2"] = context => context.SetTangent(Sum(context, context.Input(0) * Dx(context)) / context.Output()),
            ["ReduceSumSquare"] = context => context.SetTangent(2 * Sum(context, context.Input(0) * Dx(context))),
            ["ReduceLogSum"] = context => context.SetTangent(Sum(context, Dx(context)) / Sum(context, context.Input(0))),
            ["ReduceLogSumExp"] = context => context.SetTangent(Sum(context, (context.Input(0) - Kept(context)).Exp() * Dx(context))),
            ["ReduceProd"] = Product,
            ["ReduceMax"] = Extreme,
            ["ReduceMin"] = Extreme,
        };

    private static Expression Dx(RuleContext context) => context.Tangent(0)!.Value;

    /// <summary>
    /// The product times the sum of dx/x, where no factor is zero. Where one is, the product of the others times its own tangent; where several are, zero.
    /// </summary>
    private static void Product(RuleContext context)
    {
        var (x, dx) = (context.Input(0), Dx(context));
        var (one, zero) = (dx.Number(1), dx.Number(0));
        var isZero = x.Apply("Equal", zero);
        var others = isZero.Choose(one, x);
        var product = x with { Name = context.Emitter.Node(context.Node, [others.Name, .. context.Node.Input.Skip(1)]) };
        var zeros = Sum(context, isZero.Choose(one, zero));
        var ofOne = zeros.Apply("Equal", one).Choose(Sum(context, isZero.Choose(dx, zero)), zero);
        context.SetTangent(product * zeros.Apply("Equal", zero).Choose(Sum(context, dx / others), ofOne));
    }

    /// <summary>The mean of the tangents of the extreme values: if several are equal, only rounding would decide between them.</summary>
    private static void Extreme(RuleContext context)
    {
        var dx = Dx(context);
        var isExtreme = context.Input(0).Apply("Equal", Kept(context));
        var count = Sum(context, isExtreme.Choose(dx.Number(1), dx.Number(0)));
        context.SetTangent(Sum(context, isExtreme.Choose(dx, dx.Number(0))) / count);
    }

    /// <summary>The output, with the reduced axes as axes of length 1.</summary>
    private static Expression Kept(RuleContext context)
    {
        var node = context.Node.Clone().With("keepdims", 1L);
        return context.Output() with { Name = context.Emitter.Node(node, context.Node.Input) };
    }

    /// <summary>The sum over the axes of the node.</summary>
    private static Expression Sum(RuleContext context, Expression terms)
    {
        var node = new NodeProto { OpType = "ReduceSum" }.With("keepdims", context.Node.Integer("keepdims", 1));
        if (context.Node.Attribute("noop_with_empty_axes") is { } attribute)
        {
            node.Attribute.Add(attribute);
        }

        var axes =
            context.Has(1) ? context.Node.Input[1]
            : context.Node.Integers("axes") is { } listed ? context.Emitter.Integers(listed)
            : "";
        return terms with { Name = context.Emitter.Node(node, terms.Name, axes) };
    }
}
