namespace Wellbehaved.Onnx;

/// <summary>Rules of elementwise operators with several inputs, which are broadcast.</summary>
internal static class ArithmeticRules
{
    public static Dictionary<string, Rule> All { get; } =
        new()
        {
            ["Add"] = Add,
            ["Sub"] = Sub,
            ["Mul"] = Mul,
            ["Div"] = Div,
            ["Pow"] = Pow,
            ["Mod"] = Mod,
            ["Sum"] = context => context.SetTangent(SumOfTangents(context)),
            ["Mean"] = context => context.SetTangent(SumOfTangents(context) / context.Node.Input.Count),
            ["Max"] = context => Extreme(context, "Max"),
            ["Min"] = context => Extreme(context, "Min"),
            ["Where"] = Where,
            ["PRelu"] = PRelu,
        };

    private static void Add(RuleContext context) =>
        context.SetTangent(
            (context.Tangent(0), context.Tangent(1)) switch
            {
                ({ } da, { } db) => da + db,
                ({ } da, null) => context.Fit(da, 0),
                (null, { } db) => context.Fit(db, 1),
                _ => throw context.NotKnown(""),
            }
        );

    private static void Sub(RuleContext context) =>
        context.SetTangent(
            (context.Tangent(0), context.Tangent(1)) switch
            {
                ({ } da, { } db) => da - db,
                ({ } da, null) => context.Fit(da, 0),
                (null, { } db) => -context.Fit(db, 1),
                _ => throw context.NotKnown(""),
            }
        );

    private static void Mul(RuleContext context) =>
        context.SetTangent(
            (context.Tangent(0), context.Tangent(1)) switch
            {
                ({ } da, { } db) => (da * context.Input(1)) + (context.Input(0) * db),
                ({ } da, null) => da * context.Input(1),
                (null, { } db) => context.Input(0) * db,
                _ => throw context.NotKnown(""),
            }
        );

    private static void Div(RuleContext context) =>
        context.SetTangent(
            (context.Tangent(0), context.Tangent(1)) switch
            {
                ({ } da, { } db) => (da - (context.Output() * db)) / context.Input(1),
                ({ } da, null) => da / context.Input(1),
                (null, { } db) => -(context.Output() * db / context.Input(1)),
                _ => throw context.NotKnown(""),
            }
        );

    private static void Pow(RuleContext context)
    {
        var (x, y) = (context.Input(0), context.Output());
        var exponent =
            context.Input(1).Type == x.Type
                ? context.Input(1)
                : context.Input(1) with
                {
                    Name = context.Emitter.Cast(context.Input(1).Name, x.Type),
                    Type = x.Type,
                };
        var fromBase = context.Tangent(0) is { } dx ? exponent * x.Apply("Pow", exponent - 1) * dx : (Expression?)null;
        var fromExponent = context.Tangent(1) is { } de ? y * x.Apply("Log") * de : (Expression?)null;
        context.SetTangent(
            (fromBase, fromExponent) switch
            {
                ({ } a, { } b) => a + b,
                ({ } a, null) => a,
                (null, { } b) => b,
                _ => throw context.NotKnown(""),
            }
        );
    }

    /// <summary>The tangent of a remainder is that of the dividend; for a divisor with noise no rule is known.</summary>
    private static void Mod(RuleContext context) =>
        context.SetTangent(
            context.Tangent(0) is { } da && context.Tangent(1) is null ? context.Fit(da, 0) : throw context.NotKnown("without noise in a divisor")
        );

    private static Expression SumOfTangents(RuleContext context)
    {
        int[] moving = [.. Enumerable.Range(0, context.Node.Input.Count).Where(i => context.Tangent(i) is not null)];
        return context.Fit(moving.Select(i => context.Tangent(i)!.Value).Aggregate((a, b) => a + b), moving);
    }

    /// <summary>The tangent of the largest input; among equal inputs, that of the first.</summary>
    private static void Extreme(RuleContext context, string operation)
    {
        var (extreme, tangent) = (context.Input(0), context.TangentOrZeros(0));
        for (var i = 1; i < context.Node.Input.Count; i++)
        {
            var isReplaced = operation == "Max" ? context.Input(i) > extreme : context.Input(i) < extreme;
            tangent = isReplaced.Choose(context.TangentOrZeros(i), tangent);
            extreme = extreme.Apply(operation, context.Input(i));
        }

        // The truth values have been broadcast with every input, and so has the chosen tangent.
        context.SetTangent(tangent);
    }

    private static void Where(RuleContext context)
    {
        var (dx, dy) = (context.Tangent(1), context.Tangent(2));
        var chosen = context.Input(0).Choose(dx ?? context.Input(1).Number(0), dy ?? context.Input(2).Number(0));
        context.SetTangent(context.Fit(chosen, [0, .. dx is null ? Array.Empty<int>() : [1], .. dy is null ? Array.Empty<int>() : [2]]));
    }

    private static void PRelu(RuleContext context)
    {
        var (x, slope) = (context.Input(0), context.Input(1));
        var dx = context.TangentOrZeros(0);
        var below = context.Tangent(1) is { } ds ? (slope * dx) + (x * ds) : slope * dx;
        context.SetTangent((x > 0).Choose(dx, below));
    }
}
