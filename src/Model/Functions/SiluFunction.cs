using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>u/(1 + exp(-u)).</summary>
internal readonly struct SiluFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate(Vector512<double> u, out Vector512<double> value, out Vector512<double> derivative)
    {
        // Below -1000 the function is 0 to all digits of a double; above 1000 it is u.
        var notBelow = Elementary.AtLeast(u, -1000);
        var (gate, complement, _) = Logistic.At(u);
        value = notBelow * gate;
        derivative = gate * Vector512.FusedMultiplyAdd(Elementary.AtMost(notBelow, 1000), complement, Vector512<double>.One);
    }
}
