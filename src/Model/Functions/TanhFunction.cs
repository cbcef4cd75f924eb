using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>tanh u.</summary>
internal readonly struct TanhFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => true;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate(Vector512<double> u, out Vector512<double> value, out Vector512<double> derivative)
    {
        // With t = exp(-2|u|), tanh is (1 - t)/(1 + t), and its derivative is 4t/(1 + t)².
        var (minusOne, power) = Elementary.ExpMinus1(Vector512.Create(-2.0) * Vector512.Abs(u));
        var inverse = Vector512<double>.One / (Vector512.Create(2.0) + minusOne);
        value = Vector512.CopySign(minusOne * inverse, u);
        derivative = Vector512.Create(4.0) * power * inverse * inverse;
    }
}
