using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>u above 0 and exp(u) - 1 elsewhere.</summary>
internal readonly struct EluFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate(Vector512<double> u, out Vector512<double> value, out Vector512<double> derivative)
    {
        var isPositive = Vector512.GreaterThan(u, Vector512<double>.Zero);
        var (difference, power) = Elementary.ExpMinus1(Elementary.AtMost(u, 0));
        value = Vector512.CopySign(Vector512.ConditionalSelect(isPositive, u, difference), u);
        derivative = Vector512.ConditionalSelect(isPositive, Vector512<double>.One, power);
    }
}
