using System.Runtime.CompilerServices;

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
    public static void Evaluate<TRegister>(TRegister u, out TRegister value, out TRegister derivative)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var isPositive = TRegister.GreaterThan(u, TRegister.Create(0));
        var (difference, power) = Elementary.ExpMinus1(Elementary.AtMost(u, 0));
        value = TRegister.CopySign(TRegister.Select(isPositive, u, difference), u);
        derivative = TRegister.Select(isPositive, TRegister.Create(1), power);
    }
}
