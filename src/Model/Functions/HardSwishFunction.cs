using System.Runtime.CompilerServices;

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
    public static void Evaluate<TRegister>(TRegister u, out TRegister value, out TRegister derivative)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var (three, six) = (TRegister.Create(3.0), TRegister.Create(6.0));
        var (isBelow, isAbove) = (TRegister.LessThanOrEqual(u, -three), TRegister.GreaterThanOrEqual(u, three));
        value = TRegister.Select(isBelow, TRegister.Create(0), TRegister.Select(isAbove, u, u * (u + three) / six));
        derivative = TRegister.Select(isBelow, TRegister.Create(0), TRegister.Select(isAbove, TRegister.Create(1), ((u + u) + three) / six));
    }
}
