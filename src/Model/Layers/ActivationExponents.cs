namespace Wellbehaved.Model;

/// <summary>The powers of two before and after an activation that is not homogeneous.</summary>
internal static class ActivationExponents
{
    /// <summary>
    /// Exponents beyond which a function is its asymptote, or its slope at 0, to all digits: then the scale is that of any other large, or small, number.
    /// </summary>
    private const int MostExponent = 500;

    /// <summary>The exponents to compute with.</summary>
    /// <typeparam name="TFunction">The function.</typeparam>
    /// <param name="signalExponent">Power of two before the signal.</param>
    /// <param name="depth">The unit that is passed, for the message.</param>
    /// <returns>Before the argument, and before the value: that of the argument where the function is close to linear, 1 where its values are near 1.</returns>
    /// <exception cref="ArithmeticException">The function has no value in double precision for a signal of this size.</exception>
    public static (int Argument, int Value) Choose<TFunction>(int signalExponent, int depth)
        where TFunction : struct, IScalarFunction
    {
        if (signalExponent > TFunction.MostExponent)
        {
            var word = typeof(TFunction).Name.Replace("Function", string.Empty, StringComparison.Ordinal).ToLowerInvariant();
            throw new ArithmeticException(
                $"expected a signal below 2^{TFunction.MostExponent} before a {word}, which double precision does not know beyond, got about "
                    + $"2^{signalExponent} at depth {depth}"
            );
        }

        var argument = Math.Clamp(signalExponent, -MostExponent, MostExponent);
        var least = TFunction.VanishesAtZero ? argument : Math.Max(argument, 0);
        return (argument, TFunction.IsBounded ? Math.Min(least, 0) : least);
    }
}
