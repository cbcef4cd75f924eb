using System.Runtime.CompilerServices;

namespace Wellbehaved.Model;

/// <summary>The logistic function and its derivative, which several activations use.</summary>
internal static class Logistic
{
    /// <summary>s = 1/(1 + exp(-u)), 1 - s, and the derivative s(1 - s).</summary>
    /// <param name="u">The numbers.</param>
    /// <returns>All three, each accurate where it is small.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TRegister Value, TRegister Complement, TRegister Derivative) At<TRegister>(TRegister u)
        where TRegister : unmanaged, IDoubleRegister<TRegister> => OfSmaller(u, Elementary.Exp(-TRegister.Abs(u)));

    /// <summary>The same for numbers in two parts, the second of which is too small for the precision of the first.</summary>
    /// <param name="u">The numbers.</param>
    /// <param name="rest">The second parts.</param>
    /// <returns>All three.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TRegister Value, TRegister Complement, TRegister Derivative) At<TRegister>(TRegister u, TRegister rest)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var sign = u & TRegister.Create(-0.0);
        return OfSmaller(u, Elementary.Exp(-TRegister.Abs(u)) * (TRegister.Create(1) - (rest ^ sign)));
    }

    /// <summary>The same, from exp(-|u|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TRegister Value, TRegister Complement, TRegister Derivative) OfSmaller<TRegister>(TRegister u, TRegister small)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var large = TRegister.Create(1) / (TRegister.Create(1) + small);
        var product = small * large;
        var isNegative = TRegister.LessThan(u, TRegister.Create(0));
        return (TRegister.Select(isNegative, product, large), TRegister.Select(isNegative, large, product), product * large);
    }
}
