using System.Runtime.CompilerServices;

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
    public static void Evaluate<TRegister>(TRegister u, out TRegister value, out TRegister derivative)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        // With t = exp(-2|u|), tanh is (1 - t)/(1 + t), and its derivative is 4t/(1 + t)².
        var (minusOne, power) = Elementary.ExpMinus1(TRegister.Create(-2.0) * TRegister.Abs(u));
        var inverse = TRegister.Create(1) / (TRegister.Create(2.0) + minusOne);
        value = TRegister.CopySign(minusOne * inverse, u);
        derivative = TRegister.Create(4.0) * power * inverse * inverse;
    }
}
