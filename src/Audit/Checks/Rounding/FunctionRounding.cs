using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Bounds how far an activation may be from its function, with any of the usual formulas.</summary>
/// <remarks>
/// <para>
/// Libraries are accurate to a few units in the last place of the value that they return. Formulas such as ½u(1 + erf), (e²ᵘ - 1)/(e²ᵘ + 1), eᵘ - 1 or
/// u(1 - s)s lose digits when they add a constant. So the error of a value is γ_16 of the largest number in its formula (<see cref="OfValue"/>), and that of
/// the derivative is γ_16 of the largest number in the derivative's formula (<see cref="OfDerivative"/>); where only a slope is multiplied, the error is γ_3
/// of the result. The tanh in GELU's approximation has an inner number v that is accurate to six roundings, and |v|(1 - tanh²v) ≤ 0.45.
/// </para>
/// <para>An error of the input is enlarged by the largest slope, and changes the derivative by at most the largest curvature times the error. If a kink is
/// nearer than the error, the derivatives on both sides are right.</para>
/// <para>A number below the smallest normal one may be lost, before a formula or within it (<see cref="Underflow"/>), for instance e⁻ᵘ and 1 - tanh²u. What
/// follows multiplies the loss by no more than the largest numbers of the formulas.</para>
/// </remarks>
internal static class FunctionRounding
{
    /// <summary>The largest slope of the functions that are smooth, and of hard swish, which has kinks and this slope.</summary>
    private const double LargestSlope = 1.5;

    /// <summary>The largest second derivative of any function: that of the sine, and of e^u below 0.</summary>
    private const double LargestCurvature = 1;

    /// <summary>Bounds an activation.</summary>
    public static SiteState Apply(Activation layer, SiteState input, double unitRoundoff)
    {
        var (function, values) = (layer.Function, WrittenOutActivation.Propagate(layer, input.Values));
        var (signal, noise) = (new double[values.Signal.Length], new double[values.Noise.Length]);
        var flushed = Underflow.Threshold(unitRoundoff, input.Values, values);
        for (var i = 0; i < signal.Length; i++)
        {
            (signal[i], noise[i]) = Bounds(
                function,
                input.Values.Signal[i],
                input.Bounds.Signal[i],
                input.Values.Noise[i],
                input.Bounds.Noise[i],
                unitRoundoff,
                flushed
            );
        }

        return new(values, values.With(signal, noise));
    }

    private static (double Signal, double Noise) Bounds(Function function, double u, double ofU, double du, double ofNoise, double unitRoundoff, double flushed)
    {
        // An exact zero stays zero: it loses nothing, and which of a function's sides it belongs to is a convention.
        ofU += u == 0 && ofU == 0 ? 0 : flushed;
        ofNoise += du == 0 && ofNoise == 0 ? 0 : flushed;
        var (largest, noise) = (Math.Abs(u) + ofU, Math.Abs(du) + ofNoise);
        if (HomogeneousSlope.Find(function) is { } below)
        {
            const double above = 1;
            var steepest = Math.Max(Math.Abs(below), Math.Abs(above));
            var rounding = Roundings.Gamma(3, unitRoundoff);
            var own = (Signal: rounding * steepest * largest, Noise: rounding * steepest * noise);

            // Where the error may change the side of a kink, the noise may pass with either slope. The derivative of |u| at 0 is a convention.
            var isOpen = below != above && Math.Abs(u) <= ofU && (ofU > 0 || function.Kind == FunctionKind.Abs);
            return ((steepest * ofU) + own.Signal, (steepest * ofNoise) + own.Noise + (isOpen ? Math.Abs(above - below) * noise : 0));
        }

        var jump = function.Kind == FunctionKind.HardSwish && Math.Abs(Math.Abs(u) - 3) <= ofU ? 0.5 * noise : 0;
        return (
            (LargestSlope * ofU) + (Roundings.Gamma(16, unitRoundoff) * OfValue(function, u, largest)) + (largest == 0 ? 0 : 16 * flushed * (1 + largest)),
            (LargestSlope * ofNoise)
                + (LargestCurvature * ofU * noise)
                + jump
                + (Roundings.Gamma(16, unitRoundoff) * OfDerivative(function, largest) * noise)
                + (noise == 0 ? 0 : 16 * flushed * OfDerivative(function, largest) * (1 + noise))
        );
    }

    /// <summary>The largest number in the formula of the value.</summary>
    private static double OfValue(Function function, double u, double largest) =>
        function.Kind switch
        {
            FunctionKind.Tanh or FunctionKind.Sigmoid => 1,
            FunctionKind.Erf or FunctionKind.Sine => Math.Min(1, 2 * largest),
            FunctionKind.Gelu or FunctionKind.GeluTanh or FunctionKind.Silu => largest,
            FunctionKind.Elu => u > 0 ? largest : 1,
            FunctionKind.Softplus => 1 + largest,
            FunctionKind.HardSwish => largest * Math.Max(1, (largest + 3) / 6),
            _ => throw new ArgumentOutOfRangeException(nameof(function), function.Kind, "expected a function whose rounding is bounded"),
        };

    /// <summary>The largest number in the formula of the derivative.</summary>
    private static double OfDerivative(Function function, double largest) =>
        function.Kind switch
        {
            FunctionKind.Tanh or FunctionKind.Sine or FunctionKind.Sigmoid or FunctionKind.Elu or FunctionKind.Softplus => 1,
            FunctionKind.Erf or FunctionKind.Gelu => 2,
            FunctionKind.Silu => 1 + largest,
            FunctionKind.GeluTanh => 1 + (largest * (1 + (0.134145 * largest * largest))),
            FunctionKind.HardSwish => 2 + (largest / 3),
            _ => throw new ArgumentOutOfRangeException(nameof(function), function.Kind, "expected a function whose rounding is bounded"),
        };
}
