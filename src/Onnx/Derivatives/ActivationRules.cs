namespace Wellbehaved.Onnx;

/// <summary>Rules of activations: the tangent times the derivative at the input x, which may be computed from the output y.</summary>
/// <remarks>At a kink the derivative is the one from the left.</remarks>
internal static class ActivationRules
{
    public static Dictionary<string, Rule> All { get; } =
        new()
        {
            ["Relu"] = Above(_ => 0),
            ["ThresholdedRelu"] = context => Pass(context, context.Input(0) > context.Node.Real("alpha", 1)),
            ["LeakyRelu"] = Above(context => context.Node.Real("alpha", 0.01)),
            ["Elu"] = context => Bent(context, 1, context.Output() + context.Node.Real("alpha", 1)),
            ["Selu"] = Selu,
            ["Celu"] = context => Bent(context, 1, (context.Input(0) / context.Node.Real("alpha", 1)).Exp()),
            ["Sigmoid"] = Times(context => context.Output() * (1 - context.Output())),
            ["HardSigmoid"] = HardSigmoid,
            ["HardSwish"] = HardSwish,
            ["Softplus"] = Times(context => context.Input(0).Sigmoid()),
            ["Softsign"] = Times(context => 1 / (context.Input(0).Abs() + 1).Square()),
            ["Gelu"] = Gelu,
            ["Mish"] = Mish,
            ["Swish"] = Swish,
            ["Clip"] = Clip,
            ["Shrink"] = context => Pass(context, context.Input(0).Abs() > context.Node.Real("lambd", 0.5)),
        };

    /// <summary>The tangent times a factor.</summary>
    public static Rule Times(Func<RuleContext, Expression> derivative) => context => context.SetTangent(derivative(context) * context.Tangent(0)!.Value);

    /// <summary>The tangent where the input is positive, and a slope times the tangent elsewhere.</summary>
    private static Rule Above(Func<RuleContext, double> slope) =>
        context =>
        {
            var dx = context.Tangent(0)!.Value;
            context.SetTangent((context.Input(0) > 0).Choose(dx, slope(context) is 0 ? dx.Number(0) : slope(context) * dx));
        };

    private static void Pass(RuleContext context, Expression passes)
    {
        var dx = context.Tangent(0)!.Value;
        context.SetTangent(passes.Choose(dx, dx.Number(0)));
    }

    private static void Bent(RuleContext context, double above, Expression below)
    {
        var dx = context.Tangent(0)!.Value;
        context.SetTangent((context.Input(0) > 0).Choose(above is 1 ? dx : above * dx, below * dx));
    }

    private static void Selu(RuleContext context)
    {
        var (alpha, gamma) = (context.Node.Real("alpha", 1.67326319217681884765625), context.Node.Real("gamma", 1.05070102214813232421875));
        Bent(context, gamma, context.Output() + (alpha * gamma));
    }

    private static void HardSigmoid(RuleContext context)
    {
        var (y, dx, slope) = (context.Output(), context.Tangent(0)!.Value, context.Node.Real("alpha", (float)0.2));
        context.SetTangent((y > 0).Apply("And", y < 1).Choose(slope * dx, dx.Number(0)));
    }

    private static void HardSwish(RuleContext context)
    {
        var (x, dx) = (context.Input(0), context.Tangent(0)!.Value);
        var inside = (x > -3).Choose(((2 * x) + 3) / 6 * dx, dx.Number(0));
        context.SetTangent((x < 3).Choose(inside, dx));
    }

    /// <summary>xΦ(x), or its approximation ½x(1 + tanh(√(2/π)(x + 0.044715 x³))).</summary>
    private static void Gelu(RuleContext context)
    {
        var x = context.Input(0);
        if (context.Node.Text("approximate", "none") == "tanh")
        {
            var (slope, cubic, square) = (Math.Sqrt(2 / Math.PI), 0.044715, x.Square());
            var tanh = (slope * (x + (cubic * x * square))).Tanh();
            context.SetTangent(((0.5 * (tanh + 1)) + (0.5 * x * (1 - tanh.Square()) * (slope * ((3 * cubic * square) + 1)))) * context.Tangent(0)!.Value);
            return;
        }

        var cumulated = 0.5 * ((x / Math.Sqrt(2)).Apply("Erf") + 1);
        var density = (1 / Math.Sqrt(2 * Math.PI)) * (-0.5 * x.Square()).Exp();
        context.SetTangent((cumulated + (x * density)) * context.Tangent(0)!.Value);
    }

    /// <summary>x tanh(ln(1 + eˣ)).</summary>
    private static void Mish(RuleContext context)
    {
        var x = context.Input(0);
        var tanh = x.Apply("Softplus").Tanh();
        context.SetTangent((tanh + (x * (1 - tanh.Square()) * x.Sigmoid())) * context.Tangent(0)!.Value);
    }

    /// <summary>x σ(αx).</summary>
    private static void Swish(RuleContext context)
    {
        var (x, alpha) = (context.Input(0), context.Node.Real("alpha", 1));
        var gate = (alpha * x).Sigmoid();
        context.SetTangent((gate + (alpha * x * gate * (1 - gate))) * context.Tangent(0)!.Value);
    }

    private static void Clip(RuleContext context)
    {
        if (context.Tangent(1) is not null || context.Tangent(2) is not null)
        {
            throw context.NotKnown("without noise in its bounds");
        }

        var (x, result) = (context.Input(0), context.Tangent(0)!.Value);
        var zero = result.Number(0);
        result = context.Has(1) ? (x > context.Input(1)).Choose(result, zero) : result;
        context.SetTangent(
            context.Has(2) ? (x < context.Input(2)).Choose(result, zero)
            : result.Name == context.Tangent(0)!.Value.Name ? result.Apply("Identity")
            : result
        );
    }
}
