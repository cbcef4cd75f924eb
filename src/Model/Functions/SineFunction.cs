using System.Runtime.CompilerServices;

namespace Wellbehaved.Model;

/// <summary>sin u.</summary>
internal readonly struct SineFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => true;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    public static int? MostExponent => 900;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate<TRegister>(TRegister u, out TRegister value, out TRegister derivative)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        // Zero keeps its sign.
        (var sine, derivative) = Elementary.SineAndCosine(u);
        value = TRegister.Select(TRegister.Equal(u, TRegister.Create(0)), u, sine);
    }
}
