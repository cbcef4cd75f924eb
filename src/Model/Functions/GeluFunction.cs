using System.Runtime.CompilerServices;

namespace Wellbehaved.Model;

/// <summary>u Φ(u).</summary>
internal readonly struct GeluFunction : IScalarFunction
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
        // Below -40 both are 0 to all digits of a double; above 40 the function is u.
        var (distribution, density) = ErrorFunction.Normal(u);
        var within = Elementary.AtLeast(u, -40);
        value = within * distribution;
        derivative = TRegister.FusedMultiplyAdd(Elementary.AtMost(within, 40), density, distribution);
    }
}
