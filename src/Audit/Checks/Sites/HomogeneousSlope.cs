using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The slope below 0 of functions that are a line on each side of 0, with slope 1 above it.</summary>
internal static class HomogeneousSlope
{
    /// <summary>Finds the slope.</summary>
    /// <param name="function">The function.</param>
    /// <returns>The slope; null if the function is not such a pair of lines.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The function is unknown here.</exception>
    public static double? Find(Function function) =>
        function.Kind switch
        {
            FunctionKind.Relu => 0,
            FunctionKind.LeakyRelu => function.Slope,
            FunctionKind.Abs => -1,
            FunctionKind.Linear => 1,
            FunctionKind.Tanh
            or FunctionKind.Erf
            or FunctionKind.Sine
            or FunctionKind.Gelu
            or FunctionKind.GeluTanh
            or FunctionKind.Silu
            or FunctionKind.Elu
            or FunctionKind.Sigmoid
            or FunctionKind.Softplus
            or FunctionKind.HardSwish => null,
            _ => throw new ArgumentOutOfRangeException(nameof(function), function.Kind, "expected a function whose slopes are known"),
        };
}
