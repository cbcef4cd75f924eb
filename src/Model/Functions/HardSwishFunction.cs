using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>u·min(max(u + 3, 0), 6)/6; the derivative at ±3 is that of the side away from 0.</summary>
internal readonly struct HardSwishFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate(Vector512<double> u, out Vector512<double> value, out Vector512<double> derivative)
    {
        var (three, six) = (Vector512.Create(3.0), Vector512.Create(6.0));
        var (isBelow, isAbove) = (Vector512.LessThanOrEqual(u, -three), Vector512.GreaterThanOrEqual(u, three));
        value = Vector512.ConditionalSelect(isBelow, Vector512<double>.Zero, Vector512.ConditionalSelect(isAbove, u, u * (u + three) / six));
        derivative = Vector512.ConditionalSelect(
            isBelow,
            Vector512<double>.Zero,
            Vector512.ConditionalSelect(isAbove, Vector512<double>.One, ((u + u) + three) / six)
        );
    }
}
