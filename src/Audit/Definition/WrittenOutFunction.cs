using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The functions of activations and their derivatives by their definitions, in forms that lose no digits.</summary>
internal static class WrittenOutFunction
{
    /// <summary>The factor of u³ in the usual approximation of GELU.</summary>
    private const double CubicOfGelu = 0.044715;

    private static readonly double RootOfTwoOverPi = Math.Sqrt(2 / Math.PI);

    /// <summary>The function.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The function has not been written out.</exception>
    public static double Value(Function function, double u) =>
        function.Kind switch
        {
            FunctionKind.Linear => u,
            FunctionKind.Relu => u > 0 ? u : 0,
            FunctionKind.LeakyRelu => u > 0 ? u : function.Slope * u,
            FunctionKind.Abs => u > 0 ? u : -u,
            FunctionKind.Tanh => WrittenOutElementary.HyperbolicTangent(u),
            FunctionKind.Erf => WrittenOutErrorFunction.Value(u),
            FunctionKind.Sine => Math.Sin(u),
            FunctionKind.Gelu => u * NormalDistribution(u),
            // ½(1 + tanh v) is the logistic function of 2v, which is accurate in its tail.
            FunctionKind.GeluTanh => u * WrittenOutElementary.Logistic(2 * InnerOfGelu(u)),
            FunctionKind.Silu => u * WrittenOutElementary.Logistic(u),
            FunctionKind.Elu => u > 0 ? u : WrittenOutElementary.ExponentialLessOne(u),
            FunctionKind.Sigmoid => WrittenOutElementary.Logistic(u),
            FunctionKind.Softplus => Math.Max(u, 0) + WrittenOutElementary.LogarithmOfOnePlus(Math.Exp(-Math.Abs(u))),
            FunctionKind.HardSwish => u switch
            {
                >= 3 => u,
                <= -3 => 0,
                _ => u * (u + 3) / 6,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(function), function.Kind, "expected a function that has been written out"),
        };

    /// <summary>Its derivative; at a kink as <see cref="FunctionKind"/> states it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The function has not been written out.</exception>
    public static double Derivative(Function function, double u) =>
        function.Kind switch
        {
            FunctionKind.Linear => 1,
            FunctionKind.Relu => u > 0 ? 1 : 0,
            FunctionKind.LeakyRelu => u > 0 ? 1 : function.Slope,
            FunctionKind.Abs => u > 0 ? 1 : -1,
            // 1 - tanh²u = 4 s(2u) s(-2u) with s the logistic function.
            FunctionKind.Tanh => 4 * WrittenOutElementary.Logistic(2 * u) * WrittenOutElementary.Logistic(-2 * u),
            FunctionKind.Erf => 2 / Math.Sqrt(Math.PI) * WrittenOutErrorFunction.Gaussian(u),
            FunctionKind.Sine => Math.Cos(u),
            FunctionKind.Gelu => NormalDistribution(u) + (u * WrittenOutErrorFunction.Gaussian(u / Math.Sqrt(2)) / Math.Sqrt(2 * Math.PI)),
            FunctionKind.GeluTanh => Gated(u, 2 * InnerOfGelu(u), 2 * RootOfTwoOverPi * (1 + (3 * CubicOfGelu * u * u))),
            FunctionKind.Silu => Gated(u, u, 1),
            FunctionKind.Elu => u > 0 ? 1 : Math.Exp(u),
            FunctionKind.Sigmoid => WrittenOutElementary.Logistic(u) * WrittenOutElementary.Logistic(-u),
            FunctionKind.Softplus => WrittenOutElementary.Logistic(u),
            FunctionKind.HardSwish => u switch
            {
                >= 3 => 1,
                <= -3 => 0,
                _ => ((2 * u) + 3) / 6,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(function), function.Kind, "expected a function that has been written out"),
        };

    /// <summary>Φ(u), the distribution function of the standard normal law.</summary>
    private static double NormalDistribution(double u) => WrittenOutErrorFunction.Complement(-u / Math.Sqrt(2)) / 2;

    private static double InnerOfGelu(double u) => RootOfTwoOverPi * (u + (CubicOfGelu * u * u * u));

    /// <summary>The derivative of u·s(v(u)) with s the logistic function, whose own derivative is s(v)·s(-v).</summary>
    private static double Gated(double u, double v, double slope)
    {
        var gate = WrittenOutElementary.Logistic(v);
        var change = u * gate * WrittenOutElementary.Logistic(-v);

        // Where the gate no longer changes, the slope of what is in it may have overflowed.
        return change == 0 ? gate : gate + (change * slope);
    }
}
