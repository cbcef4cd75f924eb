using System.Runtime.CompilerServices;

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
    public static void Evaluate<TRegister>(TRegister u, out TRegister value, out TRegister derivative)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        // Below -1000 the function is 0 to all digits of a double; above 1000 it is u.
        var notBelow = Elementary.AtLeast(u, -1000);
        var (gate, complement, _) = Logistic.At(u);
        value = notBelow * gate;
        derivative = gate * TRegister.FusedMultiplyAdd(Elementary.AtMost(notBelow, 1000), complement, TRegister.Create(1));
    }
}
