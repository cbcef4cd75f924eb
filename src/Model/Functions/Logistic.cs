using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>The logistic function and its derivative, which several activations use.</summary>
internal static class Logistic
{
    /// <summary>s = 1/(1 + exp(-u)), 1 - s, and the derivative s(1 - s).</summary>
    /// <param name="u">The numbers.</param>
    /// <returns>All three, each accurate where it is small.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Value, Vector512<double> Complement, Vector512<double> Derivative) At(Vector512<double> u) =>
        OfSmaller(u, Elementary.Exp(-Vector512.Abs(u)));

    /// <summary>The same for numbers in two parts, the second of which is too small for the precision of the first.</summary>
    /// <param name="u">The numbers.</param>
    /// <param name="rest">The second parts.</param>
    /// <returns>All three.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Value, Vector512<double> Complement, Vector512<double> Derivative) At(Vector512<double> u, Vector512<double> rest)
    {
        var sign = u & Vector512.Create(-0.0);
        return OfSmaller(u, Elementary.Exp(-Vector512.Abs(u)) * (Vector512<double>.One - (rest ^ sign)));
    }

    /// <summary>The same, from exp(-|u|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Value, Vector512<double> Complement, Vector512<double> Derivative) OfSmaller(Vector512<double> u, Vector512<double> small)
    {
        var large = Vector512<double>.One / (Vector512<double>.One + small);
        var product = small * large;
        var isNegative = Vector512.LessThan(u, Vector512<double>.Zero);
        return (Vector512.ConditionalSelect(isNegative, product, large), Vector512.ConditionalSelect(isNegative, large, product), product * large);
    }
}
