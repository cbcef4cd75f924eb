using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>½ u (1 + tanh(√(2/π) (u + 0.044715 u³))), which is u times the logistic function of twice the argument of tanh.</summary>
internal readonly struct GeluTanhFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate(Vector512<double> u, out Vector512<double> value, out Vector512<double> derivative)
    {
        // For |u| ≥ 40 the logistic function is 0 or 1 and its derivative is 0, to all digits of a double.
        var notBelow = Elementary.AtLeast(u, -40);
        var within = Elementary.AtMost(notBelow, 40);
        var (inner, rest, slopeOfInner) = Inner(within);
        var (gate, _, slope) = Logistic.At(inner, rest);
        value = notBelow * gate;
        derivative = Vector512.FusedMultiplyAdd(within * slope, slopeOfInner, gate);
    }

    /// <summary>F u + C u³ in two parts, since an exponent of several hundred needs more digits than a double has; and the derivative of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double> Value, Vector512<double> Remainder, Vector512<double> Derivative) Inner(Vector512<double> u)
    {
        const double factorRest = -9.96930880911092e-17,
            cubicRest = -4.1218577217431825e-18;
        var (factor, cubic) = (Vector512.Create(1.5957691216057308), Vector512.Create(0.07135481627260025));
        var square = u * u;
        var squareRest = Vector512.FusedMultiplyAdd(u, u, -square);
        var term = cubic * square;
        var termRest = Vector512.FusedMultiplyAdd(cubic, square, -term) + (cubic * squareRest) + (Vector512.Create(cubicRest) * square);
        var sum = factor + term;

        // The rounding error of the sum is computed exactly, whichever of the two terms is smaller.
        var second = sum - factor;
        var sumRest = (factor - (sum - second)) + (term - second) + termRest + Vector512.Create(factorRest);
        var value = u * sum;
        return (value, Vector512.FusedMultiplyAdd(u, sum, -value) + (u * sumRest), Vector512.FusedMultiplyAdd(Vector512.Create(3.0) * cubic, square, factor));
    }
}
