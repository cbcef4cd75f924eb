using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>ln(1 + exp(u)) = max(u, 0) + ln(1 + exp(-|u|)).</summary>
internal readonly struct SoftplusFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate(Vector512<double> u, out Vector512<double> value, out Vector512<double> derivative)
    {
        var small = Elementary.Exp(-Vector512.Abs(u));
        value = Elementary.AtLeast(u, 0) + Elementary.LogOfOnePlus(small);
        (derivative, _, _) = Logistic.OfSmaller(u, small);
    }
}
