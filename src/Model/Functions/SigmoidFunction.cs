using System.Runtime.CompilerServices;

namespace Wellbehaved.Model;

/// <summary>1/(1 + exp(-u)).</summary>
internal readonly struct SigmoidFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => true;

    /// <inheritdoc/>
    public static bool VanishesAtZero => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate<TRegister>(TRegister u, out TRegister value, out TRegister derivative)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        (value, _, derivative) = Logistic.At(u);
    }
}
