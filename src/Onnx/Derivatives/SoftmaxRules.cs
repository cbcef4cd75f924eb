namespace Wellbehaved.Onnx;

/// <summary>Rules of the softmax and of its logarithm along an axis.</summary>
internal static class SoftmaxRules
{
    public static Dictionary<string, Rule> All { get; } = new() { ["Softmax"] = Softmax, ["LogSoftmax"] = LogSoftmax };

    private static void Softmax(RuleContext context)
    {
        var (y, dx) = (context.Output(), context.Tangent(0)!.Value);
        var weighted = y * dx;
        context.SetTangent(weighted - (y * weighted.Sum(context.Node.Integer("axis", -1))));
    }

    private static void LogSoftmax(RuleContext context)
    {
        var (y, dx) = (context.Output(), context.Tangent(0)!.Value);
        context.SetTangent(dx - (y.Exp() * dx).Sum(context.Node.Integer("axis", -1)));
    }
}
