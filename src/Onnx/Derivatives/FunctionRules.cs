namespace Wellbehaved.Onnx;

/// <summary>Rules of elementary functions.</summary>
internal static class FunctionRules
{
    public static Dictionary<string, Rule> All { get; } =
        new()
        {
            ["Abs"] = Abs,
            ["Exp"] = ActivationRules.Times(context => context.Output()),
            ["Log"] = context => context.SetTangent(context.Tangent(0)!.Value / context.Input(0)),
            ["Sqrt"] = context => context.SetTangent(0.5 * (context.Tangent(0)!.Value / context.Output())),
            ["Reciprocal"] = ActivationRules.Times(context => -context.Output().Square()),
            ["Erf"] = ActivationRules.Times(context => 2 / Math.Sqrt(Math.PI) * (-context.Input(0).Square()).Exp()),
            ["Tanh"] = ActivationRules.Times(context => 1 - context.Output().Square()),
            ["Sin"] = ActivationRules.Times(context => context.Input(0).Apply("Cos")),
            ["Cos"] = ActivationRules.Times(context => -context.Input(0).Apply("Sin")),
            ["Tan"] = ActivationRules.Times(context => context.Output().Square() + 1),
            ["Asin"] = ActivationRules.Times(context => 1 / (1 - context.Input(0).Square()).Sqrt()),
            ["Acos"] = ActivationRules.Times(context => -1 / (1 - context.Input(0).Square()).Sqrt()),
            ["Atan"] = ActivationRules.Times(context => 1 / (context.Input(0).Square() + 1)),
            ["Sinh"] = ActivationRules.Times(context => context.Input(0).Apply("Cosh")),
            ["Cosh"] = ActivationRules.Times(context => context.Input(0).Apply("Sinh")),
            ["Asinh"] = ActivationRules.Times(context => 1 / (context.Input(0).Square() + 1).Sqrt()),
            ["Acosh"] = ActivationRules.Times(context => 1 / (context.Input(0).Square() - 1).Sqrt()),
            ["Atanh"] = ActivationRules.Times(context => 1 / (1 - context.Input(0).Square())),
        };

    /// <summary>At 0 the derivative is the one from the left, -1, as at every kink: after a ReLU many values are 0.</summary>
    private static void Abs(RuleContext context)
    {
        var dx = context.Tangent(0)!.Value;
        context.SetTangent((context.Input(0) > 0).Choose(dx, -dx));
    }
}
