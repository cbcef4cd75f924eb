using System.Runtime.CompilerServices;

namespace Wellbehaved.Model;

/// <summary>(2/√π) ∫₀ᵘ exp(-t²) dt.</summary>
internal readonly struct ErfFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => true;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate<TRegister>(TRegister u, out TRegister value, out TRegister derivative)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        const double slope = 1.1283791670955126;
        var exponential = Elementary.ExpOfMinusSquare(u, 1);
        value = ErrorFunction.Erf(u, exponential);
        derivative = TRegister.Create(slope) * exponential;
    }
}
