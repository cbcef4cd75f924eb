namespace Wellbehaved.Model;

/// <summary>The powers of two before and after an activation that is not homogeneous.</summary>
internal static class ActivationExponents
{
    /// <summary>
    /// Beyond this exponent a function equals its asymptote, or its slope at 0 times u, to all digits; so a greater exponent is replaced by this one.
    /// </summary>
    private const int MostExponent = 500;

    /// <summary>The least power of two whose inverse a double holds; what is left below 1 of a subnormal number is close enough to it.</summary>
    private const int LeastExponentOfNoise = -1000;

    /// <summary>The power of two by which noise or derivatives are divided if they are very small.</summary>
    /// <param name="largest">The largest of them, above 0.</param>
    public static int OfNoise(double largest) => Math.Max(Math.ILogB(largest), LeastExponentOfNoise);

    /// <summary>Chooses the exponents for the computation.</summary>
    /// <typeparam name="TFunction">The function.</typeparam>
    /// <param name="signalExponent">Power of two of the signal.</param>
    /// <param name="depth">The current unit, for the message.</param>
    /// <returns>The exponents of argument and value: for the value the same where the function is close to linear, that of 1 where its values are near
    /// 1.</returns>
    /// <exception cref="ArithmeticException">The function has no value in double precision for a signal of this size.</exception>
    public static (int Argument, int Value) Choose<TFunction>(int signalExponent, int depth)
        where TFunction : struct, IScalarFunction
    {
        if (signalExponent > TFunction.MostExponent)
        {
            var word = typeof(TFunction).Name.Replace("Function", string.Empty, StringComparison.Ordinal).ToLowerInvariant();
            throw new ArithmeticException(
                $"expected a signal below 2^{TFunction.MostExponent} before a {word}, above which it cannot be computed in double precision, got about "
                    + $"2^{signalExponent} at depth {depth}"
            );
        }

        var argument = Math.Clamp(signalExponent, -MostExponent, MostExponent);
        var least = TFunction.VanishesAtZero ? argument : Math.Max(argument, 0);
        return (argument, TFunction.IsBounded ? Math.Min(least, 0) : least);
    }
}
