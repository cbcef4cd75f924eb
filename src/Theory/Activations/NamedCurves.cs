using MathNet.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>The activation functions of networks as curves.</summary>
internal static class NamedCurves
{
    private const double RootOfPi = 1.7724538509055160273;

    /// <summary>1/√(2π).</summary>
    private const double Density = 0.39894228040143267794;

    /// <summary>√(2/π), as in the usual approximation of GELU.</summary>
    private const double TanhScale = 0.79788456080286535588;

    private const double TanhCube = 0.044715;

    /// <summary>The curve of a function.</summary>
    /// <param name="function">The function.</param>
    /// <returns>Its value, slope, curvature and kinks.</returns>
    /// <exception cref="InvalidOperationException">There is no such function.</exception>
    public static ActivationCurve Find(Function function) =>
        function.Kind switch
        {
            FunctionKind.Linear => new("linear", u => u, _ => 1, _ => 0),
            FunctionKind.Relu => Leaky("relu", 0),
            FunctionKind.LeakyRelu => Leaky(function.ToString(), function.Slope),
            FunctionKind.Abs => Leaky("abs", -1),
            FunctionKind.Tanh => new("tanh", Math.Tanh, u => TanhSlope(u), u => -2 * Math.Tanh(u) * TanhSlope(u)),
            FunctionKind.Erf => new("erf", SpecialFunctions.Erf, u => 2 / RootOfPi * Math.Exp(-u * u), u => -4 * u / RootOfPi * Math.Exp(-u * u)),
            FunctionKind.Sine => new("sine", Math.Sin, Math.Cos, u => -Math.Sin(u)),
            FunctionKind.Gelu => new("gelu", u => u * Normal(u), u => Normal(u) + (u * Bell(u)), u => (2 - (u * u)) * Bell(u)),
            FunctionKind.GeluTanh => new("gelu_tanh", u => u * Logistic(Inner(u)), GeluTanhSlope, GeluTanhCurvature),
            FunctionKind.Silu => new(
                "silu",
                u => u * Logistic(u),
                u => Logistic(u) + (u * LogisticSlope(u)),
                u => LogisticSlope(u) * (2 + (u * (1 - (2 * Logistic(u)))))
            ),
            FunctionKind.Elu => new("elu", u => u > 0 ? u : Math.Exp(u) - 1, u => u > 0 ? 1 : Math.Exp(u), u => u > 0 ? 0 : Math.Exp(u), 0),
            FunctionKind.Sigmoid => new("sigmoid", Logistic, LogisticSlope, u => LogisticSlope(u) * (1 - (2 * Logistic(u)))),
            FunctionKind.Softplus => new("softplus", u => Math.Max(u, 0) + SmallNumbers.LogOnePlus(Math.Exp(-Math.Abs(u))), Logistic, LogisticSlope),
            FunctionKind.HardSwish => new("hard_swish", u => u * Math.Clamp(u + 3, 0, 6) / 6, HardSwishSlope, u => u is > -3 and < 3 ? 1.0 / 3 : 0, -3, 3),
            _ => throw new InvalidOperationException($"no theory of the function {function.Kind}"),
        };

    private static ActivationCurve Leaky(string name, double slope) => new(name, u => u > 0 ? u : slope * u, u => u > 0 ? 1 : slope, _ => 0, 0);

    private static double TanhSlope(double u)
    {
        var cosine = Math.Cosh(Math.Min(Math.Abs(u), 350));
        return 1 / (cosine * cosine);
    }

    private static double Normal(double u) => 0.5 * SpecialFunctions.Erfc(-u / Constants.Sqrt2);

    private static double Bell(double u) => Density * Math.Exp(-0.5 * u * u);

    private static double Logistic(double u) => u >= 0 ? 1 / (1 + Math.Exp(-u)) : Math.Exp(u) / (1 + Math.Exp(u));

    private static double LogisticSlope(double u)
    {
        var decay = Math.Exp(-Math.Abs(u));
        return decay / ((1 + decay) * (1 + decay));
    }

    /// <summary>Twice the argument w of the tanh, since ½(1 + tanh(w/2)) is the logistic function of w.</summary>
    private static double Inner(double u) => 2 * TanhScale * (u + (TanhCube * u * u * u));

    private static double InnerSlope(double u) => 2 * TanhScale * (1 + (3 * TanhCube * u * u));

    private static double GeluTanhSlope(double u) => Logistic(Inner(u)) + (u * LogisticSlope(Inner(u)) * InnerSlope(u));

    private static double GeluTanhCurvature(double u)
    {
        var (inner, first, second) = (Inner(u), InnerSlope(u), 12 * TanhScale * TanhCube * u);
        return LogisticSlope(inner) * ((2 * first) + (u * second) + (u * first * first * (1 - (2 * Logistic(inner)))));
    }

    private static double HardSwishSlope(double u) =>
        u <= -3 ? 0
        : u >= 3 ? 1
        : ((2 * u) + 3) / 6;
}
