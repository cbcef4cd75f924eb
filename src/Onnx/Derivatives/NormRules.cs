namespace Wellbehaved.Onnx;

/// <summary>Rules of normalisations: the statistics that they compute from the input itself are differentiated.</summary>
internal static class NormRules
{
    public static Dictionary<string, Rule> All { get; } =
        new()
        {
            ["BatchNormalization"] = BatchNormRule.Apply,
            ["LayerNormalization"] = LayerNorm,
            ["RMSNormalization"] = RmsNorm,
            ["InstanceNormalization"] = InstanceNorm,
            ["GroupNormalization"] = GroupNorm,
            ["MeanVarianceNormalization"] = MeanVariance,
            ["LpNormalization"] = LpNorm,
            ["LRN"] = LocalResponse,
        };

    /// <summary>The tangent of (x - m)/s with s² = E[(x - m)²] + ε over some axes.</summary>
    private static (Expression Normed, Expression Tangent) Normalise(
        Expression x,
        Expression dx,
        long[] axes,
        double count,
        double epsilon,
        bool centred = true
    )
    {
        Expression Mean(Expression value) => value.Sum(axes) / count;
        var (deviation, moved) = centred ? (x - Mean(x), dx - Mean(dx)) : (x, dx);
        var deviationSize = (Mean(deviation.Square()) + epsilon).Sqrt();
        var (normed, scaled) = (deviation / deviationSize, moved / deviationSize);
        return (normed, scaled - (normed * Mean(normed * scaled)));
    }

    private static double Count(long[] shape, long[] axes) => axes.Aggregate(1.0, (count, axis) => count * shape[axis]);

    private static long[] AxesFrom(int first, int rank) => [.. Enumerable.Range(first, rank - first).Select(axis => (long)axis)];

    private static void LayerNorm(RuleContext context) => OverLastAxes(context, centred: true);

    private static void RmsNorm(RuleContext context) => OverLastAxes(context, centred: false);

    private static void OverLastAxes(RuleContext context, bool centred)
    {
        Refuse(context);
        var (x, dx, axes) = (context.Input(0), context.Tangent(0)!.Value, AxesFrom(context.Axis("axis", -1), context.Rank(0)));
        var (count, epsilon) = (Count(context.Shape(0), axes), context.Node.Real("epsilon", 1e-5f));
        var (_, tangent) = Normalise(x, dx, axes, count, epsilon, centred);
        context.SetTangent(tangent * context.Input(1));
        if (context.Node.Output.Count > 1)
        {
            // Layer normalisation also gives the mean m and the inverse deviation r = (E[(x - m)²] + ε)^(-1/2): dr = -r³E[(x - m)dx].
            var deviation = x - (x.Sum(axes) / count);
            var inverse = 1 / ((deviation.Square().Sum(axes) / count) + epsilon).Sqrt();
            context.SetTangent(OfType(context, 1, dx.Sum(axes) / count), 1);
            context.SetTangent(OfType(context, 2, -(inverse * inverse.Square() * ((deviation * dx).Sum(axes) / count))), 2);
        }
    }

    /// <summary>Converts a tangent to the type of an output, since statistics may have another precision.</summary>
    private static Expression OfType(RuleContext context, int output, Expression tangent) =>
        context.OutputType(output) is var type && (type == tangent.Type || type == 0)
            ? tangent
            : tangent with
            {
                Name = context.Emitter.Cast(tangent.Name, type),
                Type = type,
            };

    private static void InstanceNorm(RuleContext context)
    {
        Refuse(context);
        var axes = AxesFrom(2, context.Rank(0));
        var (_, tangent) = Normalise(context.Input(0), context.Tangent(0)!.Value, axes, Count(context.Shape(0), axes), context.Node.Real("epsilon", 1e-5f));
        context.SetTangent(tangent * context.Input(1).Unsqueeze(AxesFrom(1, context.Rank(0) - 1)));
    }

    /// <summary>Groups of channels of an image. Until version 21 there was a scale for each group, since then for each channel.</summary>
    private static void GroupNorm(RuleContext context)
    {
        Refuse(context);
        var (shape, groups) = (context.Shape(0), context.Node.Integer("num_groups", 1));
        var count = Count(shape, AxesFrom(1, shape.Length)) / groups;
        Expression Grouped(Expression value) => value.Reshape(0, groups, -1);
        var (_, tangent) = Normalise(Grouped(context.Input(0)), Grouped(context.Tangent(0)!.Value), [2], count, context.Node.Real("epsilon", 1e-5f));
        var scale = context.Input(1);
        if (context.Shape(1)[0] == groups)
        {
            context.SetTangent((tangent * scale.Unsqueeze(1)).ReshapeAs(context.Output()));
            return;
        }

        context.SetTangent(tangent.ReshapeAs(context.Output()) * scale.Unsqueeze(AxesFrom(1, shape.Length - 1)));
    }

    private static void MeanVariance(RuleContext context)
    {
        var axes = context.Node.Integers("axes") ?? [0, 2, 3];
        axes = [.. axes.Select(axis => axis < 0 ? axis + context.Rank(0) : axis)];
        context.SetTangent(Normalise(context.Input(0), context.Tangent(0)!.Value, axes, Count(context.Shape(0), axes), 0).Tangent);
    }

    private static void LpNorm(RuleContext context)
    {
        var (x, y, dx, axis) = (context.Input(0), context.Output(), context.Tangent(0)!.Value, context.Node.Integer("axis", -1));
        context.SetTangent(
            context.Node.Integer("p", 2) == 1
                ? (dx - (y * (x.Sign() * dx).Sum(axis))) / x.Abs().Sum(axis)
                : (dx - (y * (y * dx).Sum(axis))) / x.Square().Sum(axis).Sqrt()
        );
    }

    /// <summary>y = x·S^(-β) with S = k + α/n·Σx² over n neighbouring channels: dy = dx·S^(-β) - 2αβ/n·x·S^(-β-1)·Σx dx.</summary>
    private static void LocalResponse(RuleContext context)
    {
        var node = context.Node;
        var (size, alpha, beta, bias) = (node.Integer("size", 1), node.Real("alpha", 1e-4f), node.Real("beta", 0.75f), node.Real("bias", 1));
        var (x, dx, channels) = (context.Input(0), context.Tangent(0)!.Value, context.Shape(0)[1]);
        var (before, after) = ((size - 1) / 2, size / 2);
        var pool = new Format.NodeProto { OpType = "AveragePool" }
            .With("kernel_shape", [size, 1])
            .With("pads", [before, 0, after, 0])
            .With("count_include_pad", 1L);

        // n times the mean over a window of channels, padded with zeros, is the sum.
        Expression Window(Expression value) => value.Reshape(0, 1, channels, -1).Apply(pool).ReshapeAs(context.Output());
        var sum = (alpha * Window(x.Square())) + bias;
        var power = sum.Apply("Pow", sum.Number(-beta));
        context.SetTangent((dx * power) - (2 * alpha * beta * x * (power / sum) * Window(x * dx)));
    }

    private static void Refuse(RuleContext context)
    {
        if (context.Tangent(1) is not null || context.Tangent(2) is not null)
        {
            throw context.NotKnown("with constant scales and shifts");
        }
    }
}
