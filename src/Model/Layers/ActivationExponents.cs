namespace Wellbehaved.Model;

/// <summary>The powers of two before and after an activation that is not homogeneous.</summary>
internal static class ActivationExponents
{
    /// <summary>
    /// Beyond this exponent a function equals its asymptote, or its slope at 0 times u, to all digits; so a greater exponent is replaced by this one, unless
    /// the function has no asymptote.
    /// </summary>
    private const int MostExponent = 500;

    /// <summary>The least power of two whose inverse a double holds; what is left below 1 of a subnormal number is close enough to it.</summary>
    private const int LeastExponentOfScale = -1000;

    /// <summary>Values below this are computed again with an exponent of their own, because single precision would lose digits of them.</summary>
    private const double Small = 1e-30;

    /// <summary>The power of two by which noise or derivatives are divided if they are so small that single precision would lose digits; otherwise 0.</summary>
    /// <param name="largest">The largest of them; 0 if there is none.</param>
    public static int OfNoise(double largest) => OfSmall(largest, LeastExponentOfScale);

    /// <summary>The same for values of the function.</summary>
    /// <param name="largest">The largest of them, divided by 2 to the power of <paramref name="exponent"/>.</param>
    /// <param name="exponent">The power of two by which they are divided anyway.</param>
    public static int OfSignal(double largest, int exponent) => OfSmall(largest, LeastExponentOfScale - exponent);

    /// <summary>The power of two of stored values.</summary>
    /// <param name="signalExponent">Power of two of the signal before the function.</param>
    /// <param name="chosen">The exponents of argument and value.</param>
    /// <param name="own">The power of two by which the values are divided beyond that, because they are small.</param>
    public static int OfOutput(int signalExponent, (int Argument, int Value) chosen, int own)
    {
        // Values that are as large as the argument have its true exponent. If they are small beside an argument that was replaced by a smaller one, they belong
        // to the asymptote on the other side, as the -1 of ELU, and are those of the smaller argument.
        var exponent = chosen.Value == chosen.Argument ? signalExponent : chosen.Value;
        return own == 0 ? exponent : Math.Min(exponent, chosen.Value) + own;
    }

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

        var argument = Math.Clamp(signalExponent, -MostExponent, TFunction.MostExponent ?? MostExponent);
        var least = TFunction.VanishesAtZero ? argument : Math.Max(argument, 0);
        return (argument, TFunction.IsBounded ? Math.Min(least, 0) : least);
    }

    private static int OfSmall(double largest, int least) => largest is > 0 and < Small ? Math.Max(Math.ILogB(largest), least) : 0;
}
