namespace Wellbehaved.Model;

/// <summary>Elementary functions in double precision, made of operations that IEEE 754 rounds the same way everywhere: a seed gives the same bits on every processor and system.</summary>
/// <remarks>Errors against 30-digit tables stay below 3 units in the last place: data/activations.csv and its test.</remarks>
internal static class Elementary
{
    private const double Log2E = 1.4426950408889634;

    /// <summary>ln 2 in two parts; products of the first, of 32 bits, with exponents are exact.</summary>
    private const double Ln2High = 0.6931471803691238, Ln2Low = 1.9082149292705877e-10;

    /// <summary>π/2 in three parts, the first two of 33 bits.</summary>
    private const double HalfPi1 = 1.5707963267341256, HalfPi2 = 6.077100506303966e-11, HalfPi3 = 2.0222662487959506e-21;

    /// <summary>Quadrants up to which products with the parts of π/2 are exact.</summary>
    private const double MostQuadrants = 1 << 19;

    /// <summary>eˣ.</summary>
    /// <param name="x">The exponent.</param>
    /// <returns>The power, 0 or ∞ beyond the range.</returns>
    public static double Exp(double x)
    {
        if (!(Math.Abs(x) < 750))
        {
            return x > 0 ? double.PositiveInfinity : x < 0 ? 0 : double.NaN;
        }

        var exponent = Math.Round(x * Log2E);
        var rest = Math.FusedMultiplyAdd(-exponent, Ln2Low, Math.FusedMultiplyAdd(-exponent, Ln2High, x));
        return Scale(1 + Math.FusedMultiplyAdd(rest * rest, ExpTail(rest), rest), (int)exponent);
    }

    /// <summary>eˣ - 1, accurate near 0 too.</summary>
    /// <param name="x">The exponent.</param>
    /// <returns>The difference.</returns>
    public static double ExpMinus1(double x) => Math.Abs(x) < 0.35 ? Math.FusedMultiplyAdd(x * x, ExpTail(x), x) : Exp(x) - 1;

    /// <summary>exp(-x²), whose error does not grow with x.</summary>
    /// <param name="x">The number.</param>
    /// <returns>The density of a normal law, but for its factor.</returns>
    public static double ExpOfMinusSquare(double x)
    {
        // What is lost when the square is rounded is small enough for one term of the series.
        var square = x * x;
        return square > 750 ? 0 : Exp(-square) * (1 - Math.FusedMultiplyAdd(x, x, -square));
    }

    /// <summary>ln(1 + x) for x in [0, 1].</summary>
    /// <param name="x">The number.</param>
    /// <returns>The logarithm.</returns>
    public static double LogOfOnePlus(double x)
    {
        // ln(1 + x) = 2 artanh(x/(2 + x)), whose series in squares of at most 1/9 ends below rounding after 17 terms.
        var s = x / (2 + x);
        var square = s * s;
        var sum = 0.0;
        for (var n = 37; n >= 3; n -= 2)
        {
            sum = Math.FusedMultiplyAdd(sum, square, 1.0 / n);
        }

        return 2 * Math.FusedMultiplyAdd(s * square, sum, s);
    }

    /// <summary>Sine and cosine; from 800,000 on by the C library, which reduces such arguments in more digits.</summary>
    /// <param name="x">The angle.</param>
    /// <returns>Both.</returns>
    public static (double Sine, double Cosine) SineAndCosine(double x)
    {
        var quadrant = Math.Round(x * (2 / Math.PI));
        if (!(Math.Abs(quadrant) <= MostQuadrants))
        {
            return Math.SinCos(x);
        }

        // The first two differences are exact.
        var rest = Math.FusedMultiplyAdd(-quadrant, HalfPi3, Math.FusedMultiplyAdd(-quadrant, HalfPi2, Math.FusedMultiplyAdd(-quadrant, HalfPi1, x)));
        var (sine, cosine) = (SineNearZero(rest), CosineNearZero(rest));
        return ((int)quadrant & 3) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }

    /// <summary>(eˣ - 1 - x)/x² for |x| at most 0.35, by its series.</summary>
    private static double ExpTail(double x)
    {
        var sum = 1 / 87178291200.0;
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 6227020800.0);
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 479001600.0);
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 39916800.0);
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 3628800.0);
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 362880.0);
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 40320.0);
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 5040.0);
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 720.0);
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 120.0);
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 24.0);
        sum = Math.FusedMultiplyAdd(sum, x, 1 / 6.0);
        return Math.FusedMultiplyAdd(sum, x, 0.5);
    }

    /// <summary>sin x for |x| at most π/4, by its series.</summary>
    private static double SineNearZero(double x)
    {
        var square = x * x;
        var sum = -1 / 121645100408832000.0;
        sum = Math.FusedMultiplyAdd(sum, square, 1 / 355687428096000.0);
        sum = Math.FusedMultiplyAdd(sum, square, -1 / 1307674368000.0);
        sum = Math.FusedMultiplyAdd(sum, square, 1 / 6227020800.0);
        sum = Math.FusedMultiplyAdd(sum, square, -1 / 39916800.0);
        sum = Math.FusedMultiplyAdd(sum, square, 1 / 362880.0);
        sum = Math.FusedMultiplyAdd(sum, square, -1 / 5040.0);
        sum = Math.FusedMultiplyAdd(sum, square, 1 / 120.0);
        sum = Math.FusedMultiplyAdd(sum, square, -1 / 6.0);
        return Math.FusedMultiplyAdd(x * square, sum, x);
    }

    /// <summary>cos x for |x| at most π/4, by its series.</summary>
    private static double CosineNearZero(double x)
    {
        var square = x * x;
        var sum = 1 / 2432902008176640000.0;
        sum = Math.FusedMultiplyAdd(sum, square, -1 / 6402373705728000.0);
        sum = Math.FusedMultiplyAdd(sum, square, 1 / 20922789888000.0);
        sum = Math.FusedMultiplyAdd(sum, square, -1 / 87178291200.0);
        sum = Math.FusedMultiplyAdd(sum, square, 1 / 479001600.0);
        sum = Math.FusedMultiplyAdd(sum, square, -1 / 3628800.0);
        sum = Math.FusedMultiplyAdd(sum, square, 1 / 40320.0);
        sum = Math.FusedMultiplyAdd(sum, square, -1 / 720.0);
        sum = Math.FusedMultiplyAdd(sum, square, 1 / 24.0);
        return Math.FusedMultiplyAdd(square * square, sum, 1 - (square / 2));
    }

    /// <summary>Multiplies by a power of two, by its bits where both are normal.</summary>
    private static double Scale(double value, int exponent) => exponent is >= -1020 and <= 1022
        ? value * BitConverter.Int64BitsToDouble((exponent + 1023L) << 52)
        : Math.ScaleB(value, exponent);
}
