namespace Wellbehaved.Onnx;

/// <summary>
/// Rules of operators that are linear in each of two or more inputs: the sum over the inputs with noise, each in turn replaced by its tangent.
/// </summary>
internal static class ProductRules
{
    public static Dictionary<string, Rule> All { get; } =
        new()
        {
            ["MatMul"] = context => context.SetTangent(OneAtATime(context, context.Node.Input.Count)),
            ["Einsum"] = context => context.SetTangent(OneAtATime(context, context.Node.Input.Count)),
            ["Conv"] = Convolution,
            ["ConvTranspose"] = Convolution,
            ["Gemm"] = Gemm,
        };

    private static Expression OneAtATime(RuleContext context, int factors)
    {
        Expression? sum = null;
        for (var i = 0; i < factors; i++)
        {
            if (context.Tangent(i) is { } tangent)
            {
                var term = tangent with
                {
                    Name = context.Emitter.Node(context.Node, context.Node.Input.Take(factors).Select((name, k) => k == i ? tangent.Name : name)),
                };
                sum = sum is { } before ? before + term : term;
            }
        }

        return sum ?? throw context.NotKnown("");
    }

    private static void Convolution(RuleContext context)
    {
        if (context.Tangent(2) is not null)
        {
            throw context.NotKnown("without noise in biases");
        }

        context.SetTangent(OneAtATime(context, 2));
    }

    /// <summary>αA'B' + βC, where each matrix may be transposed.</summary>
    private static void Gemm(RuleContext context)
    {
        var product = context.Tangent(0) is null && context.Tangent(1) is null ? (Expression?)null : OneAtATime(context, 2);
        if (context.Tangent(2) is not { } bias)
        {
            context.SetTangent(product!.Value);
            return;
        }

        var scaled = context.Node.Real("beta", 1) * bias;
        context.SetTangent(product is { } moving ? moving + scaled : context.Fit(scaled, 2));
    }
}
