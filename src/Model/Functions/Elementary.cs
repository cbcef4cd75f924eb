using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>
/// Elementary functions in double precision, of all lanes of a register at once. They only use operations that IEEE 754 rounds the same way everywhere, so a
/// seed gives the same bits on every processor and system; only sine and cosine of numbers above 800,000 are those of the system's library.
/// </summary>
/// <remarks>Errors against 30-digit tables are below 3 units in the last place: see data/activations.csv and its test. NaN gives NaN.</remarks>
internal static class Elementary
{
    private const double Log2E = 1.4426950408889634;

    /// <summary>ln 2 in two parts; the first has 32 bits, so that its products with exponents are exact.</summary>
    private const double Ln2High = 0.6931471803691238,
        Ln2Low = 1.9082149292705877e-10;

    /// <summary>Exponents between which eˣ is neither 0 nor ∞.</summary>
    private const double LeastExponent = -760,
        MostExponent = 720;

    /// <summary>π/2 in three parts; the first two have 33 bits.</summary>
    private const double HalfPi1 = 1.5707963267341256,
        HalfPi2 = 6.077100506303966e-11,
        HalfPi3 = 2.0222662487959506e-21;

    /// <summary>The greatest number of quadrants for which products with the parts of π/2 are exact.</summary>
    private const double MostQuadrants = 1 << 19;

    /// <summary>Adding this to a small whole number leaves that number in the lowest bits.</summary>
    private const double WholeNumbers = 6755399441055744;

    /// <summary>eˣ.</summary>
    /// <param name="x">The exponents.</param>
    /// <returns>The powers; 0 or ∞ outside the range.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister Exp<TRegister>(TRegister x)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var (whole, rest) = Split(x);
        return Scale(TRegister.Create(1) + rest, whole);
    }

    /// <summary>eˣ of a single number, with the same bits.</summary>
    /// <param name="x">The exponent.</param>
    /// <returns>The power.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Exp(double x) => Exp(DoubleRegister128.Create(x))[0];

    /// <summary>Replaces numbers by <c>exp((x - shift)·scale)</c>.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="shift">The number that is subtracted.</param>
    /// <param name="scale">The factor of the difference.</param>
    public static void Exp(Span<double> numbers, double shift, double scale)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Exp<DoubleRegister512>(numbers, shift, scale);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Exp<DoubleRegister256>(numbers, shift, scale);
        }
        else
        {
            Exp<DoubleRegister128>(numbers, shift, scale);
        }
    }

    /// <summary>eˣ - 1, accurate also near 0, and eˣ.</summary>
    /// <param name="x">The exponents.</param>
    /// <returns>The differences and the powers.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TRegister Difference, TRegister Power) ExpMinus1<TRegister>(TRegister x)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        // With eˣ = 2ⁿ(1 + p): near 0, where eˣ - 1 would cancel, n is 0 and p is the difference itself.
        var (whole, rest) = Split(x);
        var half = TRegister.Round(whole * TRegister.Create(0.5));
        var (first, second) = (PowerOfTwo(half), PowerOfTwo(whole - half));
        var power = (TRegister.Create(1) + rest) * first * second;
        var scale = first * second;
        return (TRegister.FusedMultiplyAdd(scale, rest, scale - TRegister.Create(1)), power);
    }

    /// <summary>exp(-factor·x²), with an error that does not grow with x; 0 for |x| ≥ 40.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="factor">1 or ½; the product with either is exact.</param>
    /// <returns>The density of a normal law, without its constant factor.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister ExpOfMinusSquare<TRegister>(TRegister x, double factor)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        // The rounding error of the square is so small that one term of the series corrects it.
        var within = AtMost(TRegister.Abs(x), 40);
        var square = within * within;
        var lost = TRegister.FusedMultiplyAdd(within, within, -square);
        return Exp(square * TRegister.Create(-factor)) * TRegister.FusedMultiplyAdd(lost, TRegister.Create(-factor), TRegister.Create(1));
    }

    /// <summary>ln(1 + x) for x in [0, 1].</summary>
    /// <param name="x">The numbers.</param>
    /// <returns>The logarithms.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister LogOfOnePlus<TRegister>(TRegister x)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        // ln(1 + x) = 2 artanh(x/(2 + x)). The series in squares of at most 1/9 has converged to rounding after 17 terms.
        var s = x / (TRegister.Create(2.0) + x);
        var square = s * s;
        var fourth = square * square;
        var eighth = fourth * fourth;
        var sum = Pair(square, 1 / 35.0, 1 / 37.0);
        sum = TRegister.FusedMultiplyAdd(sum, eighth, TRegister.FusedMultiplyAdd(Pair(square, 1 / 31.0, 1 / 33.0), fourth, Pair(square, 1 / 27.0, 1 / 29.0)));
        sum = TRegister.FusedMultiplyAdd(sum, eighth, TRegister.FusedMultiplyAdd(Pair(square, 1 / 23.0, 1 / 25.0), fourth, Pair(square, 1 / 19.0, 1 / 21.0)));
        sum = TRegister.FusedMultiplyAdd(sum, eighth, TRegister.FusedMultiplyAdd(Pair(square, 1 / 15.0, 1 / 17.0), fourth, Pair(square, 1 / 11.0, 1 / 13.0)));
        sum = TRegister.FusedMultiplyAdd(sum, eighth, TRegister.FusedMultiplyAdd(Pair(square, 1 / 7.0, 1 / 9.0), fourth, Pair(square, 1 / 3.0, 1 / 5.0)));
        return TRegister.Create(2.0) * TRegister.FusedMultiplyAdd(s * square, sum, s);
    }

    /// <summary>Sine and cosine; for arguments of at least 800,000 by the C library, which uses more digits to reduce them.</summary>
    /// <param name="x">The angles.</param>
    /// <returns>Sine and cosine.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TRegister Sine, TRegister Cosine) SineAndCosine<TRegister>(TRegister x)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var quadrant = TRegister.Round(x * TRegister.Create(2 / Math.PI));
        var isNear = TRegister.LessThanOrEqual(TRegister.Abs(quadrant), TRegister.Create(MostQuadrants));

        // The first two differences are exact.
        var rest = TRegister.FusedMultiplyAdd(quadrant, TRegister.Create(-HalfPi1), x);
        rest = TRegister.FusedMultiplyAdd(quadrant, TRegister.Create(-HalfPi2), rest);
        rest = TRegister.FusedMultiplyAdd(quadrant, TRegister.Create(-HalfPi3), rest);
        var (sine, cosine) = (SineNearZero(rest), CosineNearZero(rest));
        var bits = quadrant + TRegister.Create(WholeNumbers);
        var isOdd = TRegister.WordsEqual(TRegister.AndWord(bits, 1), 1);
        var signOfSine = TRegister.AndWord(bits, 2) << 62;
        var signOfCosine = TRegister.AndWord(TRegister.AddWords(bits, 1), 2) << 62;
        var near = (TRegister.Select(isOdd, cosine, sine) ^ signOfSine, TRegister.Select(isOdd, sine, cosine) ^ signOfCosine);
        return TRegister.All(isNear) ? near : WithLarge(x, isNear, near);
    }

    /// <summary>Replaces numbers above a limit by the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister AtMost<TRegister>(TRegister x, double limit)
        where TRegister : unmanaged, IDoubleRegister<TRegister> =>
        TRegister.Select(TRegister.GreaterThan(x, TRegister.Create(limit)), TRegister.Create(limit), x);

    /// <summary>Replaces numbers below a limit by the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister AtLeast<TRegister>(TRegister x, double limit)
        where TRegister : unmanaged, IDoubleRegister<TRegister> => TRegister.Select(TRegister.LessThan(x, TRegister.Create(limit)), TRegister.Create(limit), x);

    /// <summary>x·y + z with constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister Fma<TRegister>(TRegister x, TRegister y, double z)
        where TRegister : unmanaged, IDoubleRegister<TRegister> => TRegister.FusedMultiplyAdd(x, y, TRegister.Create(z));

    private static unsafe void Exp<TRegister>(Span<double> numbers, double shift, double scale)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var whole = numbers.Length - (numbers.Length % TRegister.Lanes);
        fixed (double* first = numbers)
        {
            for (var i = 0; i < whole; i += TRegister.Lanes)
            {
                Exp((TRegister.Load(first + i) - TRegister.Create(shift)) * TRegister.Create(scale)).Store(first + i);
            }
        }

        foreach (ref var number in numbers[whole..])
        {
            number = Exp((number - shift) * scale);
        }
    }

    /// <summary>eˣ = 2ⁿ(1 + p), with p between √½ - 1 and √2 - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TRegister Whole, TRegister Fraction) Split<TRegister>(TRegister x)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var within = AtMost(AtLeast(x, LeastExponent), MostExponent);
        var whole = TRegister.Round(within * TRegister.Create(Log2E));
        var rest = TRegister.FusedMultiplyAdd(whole, TRegister.Create(-Ln2Low), TRegister.FusedMultiplyAdd(whole, TRegister.Create(-Ln2High), within));
        return (whole, TRegister.FusedMultiplyAdd(rest * rest, ExpTail(rest), rest));
    }

    /// <summary>(eˣ - 1 - x)/x² for |x| at most 0.35, by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister ExpTail<TRegister>(TRegister x)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        // The terms are summed in pairs and in pairs of pairs, since in a chain of twelve steps each step would wait for the previous one.
        var square = x * x;
        var fourth = square * square;
        var first = TRegister.FusedMultiplyAdd(Pair(x, 1 / 24.0, 1 / 120.0), square, Pair(x, 0.5, 1 / 6.0));
        var second = TRegister.FusedMultiplyAdd(Pair(x, 1 / 40320.0, 1 / 362880.0), square, Pair(x, 1 / 720.0, 1 / 5040.0));
        var third = TRegister.FusedMultiplyAdd(Pair(x, 1 / 479001600.0, 1 / 6227020800.0), square, Pair(x, 1 / 3628800.0, 1 / 39916800.0));
        third = TRegister.FusedMultiplyAdd(TRegister.Create(1 / 87178291200.0), fourth, third);
        return TRegister.FusedMultiplyAdd(third, fourth * fourth, TRegister.FusedMultiplyAdd(second, fourth, first));
    }

    /// <summary>c₀ + c₁x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister Pair<TRegister>(TRegister x, double constant, double slope)
        where TRegister : unmanaged, IDoubleRegister<TRegister> => TRegister.FusedMultiplyAdd(TRegister.Create(slope), x, TRegister.Create(constant));

    /// <summary>sin x for |x| at most π/4, by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister SineNearZero<TRegister>(TRegister x)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var square = x * x;
        var sum = TRegister.Create(-1 / 121645100408832000.0);
        sum = Fma(sum, square, 1 / 355687428096000.0);
        sum = Fma(sum, square, -1 / 1307674368000.0);
        sum = Fma(sum, square, 1 / 6227020800.0);
        sum = Fma(sum, square, -1 / 39916800.0);
        sum = Fma(sum, square, 1 / 362880.0);
        sum = Fma(sum, square, -1 / 5040.0);
        sum = Fma(sum, square, 1 / 120.0);
        sum = Fma(sum, square, -1 / 6.0);
        return TRegister.FusedMultiplyAdd(x * square, sum, x);
    }

    /// <summary>cos x for |x| at most π/4, by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister CosineNearZero<TRegister>(TRegister x)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var square = x * x;
        var sum = TRegister.Create(1 / 2432902008176640000.0);
        sum = Fma(sum, square, -1 / 6402373705728000.0);
        sum = Fma(sum, square, 1 / 20922789888000.0);
        sum = Fma(sum, square, -1 / 87178291200.0);
        sum = Fma(sum, square, 1 / 479001600.0);
        sum = Fma(sum, square, -1 / 3628800.0);
        sum = Fma(sum, square, 1 / 40320.0);
        sum = Fma(sum, square, -1 / 720.0);
        sum = Fma(sum, square, 1 / 24.0);
        return TRegister.FusedMultiplyAdd(square * square, sum, TRegister.FusedMultiplyAdd(square, TRegister.Create(-0.5), TRegister.Create(1)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (TRegister Sine, TRegister Cosine) WithLarge<TRegister>(TRegister x, TRegister isNear, (TRegister Sine, TRegister Cosine) near)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var (sine, cosine) = near;
        for (var lane = 0; lane < TRegister.Lanes; lane++)
        {
            if (BitConverter.DoubleToInt64Bits(isNear[lane]) == 0)
            {
                var exact = Math.SinCos(x[lane]);
                (sine, cosine) = (sine.With(lane, exact.Sin), cosine.With(lane, exact.Cos));
            }
        }

        return (sine, cosine);
    }

    /// <summary>Multiplies by a power of two in two steps. Only the second step can round, where the result is subnormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister Scale<TRegister>(TRegister value, TRegister exponent)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var half = TRegister.Round(exponent * TRegister.Create(0.5));
        return value * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>2ⁿ for whole numbers n that are exponents of normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister PowerOfTwo<TRegister>(TRegister exponent)
        where TRegister : unmanaged, IDoubleRegister<TRegister> => (exponent + TRegister.Create(WholeNumbers + 1023)) << 52;
}
