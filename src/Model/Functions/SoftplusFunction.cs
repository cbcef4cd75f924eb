using System.Runtime.CompilerServices;

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
    public static void Evaluate<TRegister>(TRegister u, out TRegister value, out TRegister derivative)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var small = Elementary.Exp(-TRegister.Abs(u));
        value = Elementary.AtLeast(u, 0) + Elementary.LogOfOnePlus(small);
        (derivative, _, _) = Logistic.OfSmaller(u, small);
    }
}
