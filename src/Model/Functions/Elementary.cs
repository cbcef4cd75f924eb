using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>
/// Elementary functions of eight numbers at once in double precision. They only use operations that IEEE 754 rounds the same way everywhere, so a seed gives
/// the same bits on every processor and system.
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
    public static Vector512<double> Exp(Vector512<double> x)
    {
        var (whole, rest) = Split(x);
        return Scale(Vector512<double>.One + rest, whole);
    }

    /// <summary>eˣ of a single number, with the same bits.</summary>
    /// <param name="x">The exponent.</param>
    /// <returns>The power.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Exp(double x) => Exp(Vector512.Create(x)).ToScalar();

    /// <summary>Replaces numbers by <c>exp((x - shift)·scale)</c>.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="shift">The number that is subtracted.</param>
    /// <param name="scale">The factor of the difference.</param>
    public static void Exp(Span<double> numbers, double shift, double scale)
    {
        var i = 0;
        for (; i <= numbers.Length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            var part = numbers[i..];
            Exp((Vector512.Create<double>(part) - Vector512.Create(shift)) * Vector512.Create(scale)).CopyTo(part);
        }

        for (; i < numbers.Length; i++)
        {
            numbers[i] = Exp((numbers[i] - shift) * scale);
        }
    }

    /// <summary>eˣ - 1, accurate also near 0, and eˣ.</summary>
    /// <param name="x">The exponents.</param>
    /// <returns>The differences and the powers.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Difference, Vector512<double> Power) ExpMinus1(Vector512<double> x)
    {
        // With eˣ = 2ⁿ(1 + p): near 0, where eˣ - 1 would cancel, n is 0 and p is the difference itself.
        var (whole, rest) = Split(x);
        var half = Vector512.Round(whole * Vector512.Create(0.5));
        var (first, second) = (PowerOfTwo(half), PowerOfTwo(whole - half));
        var power = (Vector512<double>.One + rest) * first * second;
        var scale = first * second;
        return (Vector512.FusedMultiplyAdd(scale, rest, scale - Vector512<double>.One), power);
    }

    /// <summary>exp(-factor·x²), with an error that does not grow with x; 0 for |x| ≥ 40.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="factor">1 or ½; the product with either is exact.</param>
    /// <returns>The density of a normal law, without its constant factor.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ExpOfMinusSquare(Vector512<double> x, double factor)
    {
        // The rounding error of the square is so small that one term of the series corrects it.
        var within = AtMost(Vector512.Abs(x), 40);
        var square = within * within;
        var lost = Vector512.FusedMultiplyAdd(within, within, -square);
        return Exp(square * Vector512.Create(-factor)) * Vector512.FusedMultiplyAdd(lost, Vector512.Create(-factor), Vector512<double>.One);
    }

    /// <summary>ln(1 + x) for x in [0, 1].</summary>
    /// <param name="x">The numbers.</param>
    /// <returns>The logarithms.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> LogOfOnePlus(Vector512<double> x)
    {
        // ln(1 + x) = 2 artanh(x/(2 + x)). The series in squares of at most 1/9 has converged to rounding after 17 terms.
        var s = x / (Vector512.Create(2.0) + x);
        var square = s * s;
        var fourth = square * square;
        var eighth = fourth * fourth;
        var sum = Pair(square, 1 / 35.0, 1 / 37.0);
        sum = Vector512.FusedMultiplyAdd(sum, eighth, Vector512.FusedMultiplyAdd(Pair(square, 1 / 31.0, 1 / 33.0), fourth, Pair(square, 1 / 27.0, 1 / 29.0)));
        sum = Vector512.FusedMultiplyAdd(sum, eighth, Vector512.FusedMultiplyAdd(Pair(square, 1 / 23.0, 1 / 25.0), fourth, Pair(square, 1 / 19.0, 1 / 21.0)));
        sum = Vector512.FusedMultiplyAdd(sum, eighth, Vector512.FusedMultiplyAdd(Pair(square, 1 / 15.0, 1 / 17.0), fourth, Pair(square, 1 / 11.0, 1 / 13.0)));
        sum = Vector512.FusedMultiplyAdd(sum, eighth, Vector512.FusedMultiplyAdd(Pair(square, 1 / 7.0, 1 / 9.0), fourth, Pair(square, 1 / 3.0, 1 / 5.0)));
        return Vector512.Create(2.0) * Vector512.FusedMultiplyAdd(s * square, sum, s);
    }

    /// <summary>Sine and cosine; for arguments of at least 800,000 by the C library, which uses more digits to reduce them.</summary>
    /// <param name="x">The angles.</param>
    /// <returns>Sine and cosine.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> Sine, Vector512<double> Cosine) SineAndCosine(Vector512<double> x)
    {
        var quadrant = Vector512.Round(x * Vector512.Create(2 / Math.PI));
        var isNear = Vector512.LessThanOrEqual(Vector512.Abs(quadrant), Vector512.Create(MostQuadrants));

        // The first two differences are exact.
        var rest = Vector512.FusedMultiplyAdd(quadrant, Vector512.Create(-HalfPi1), x);
        rest = Vector512.FusedMultiplyAdd(quadrant, Vector512.Create(-HalfPi2), rest);
        rest = Vector512.FusedMultiplyAdd(quadrant, Vector512.Create(-HalfPi3), rest);
        var (sine, cosine) = (SineNearZero(rest), CosineNearZero(rest));
        var bits = (quadrant + Vector512.Create(WholeNumbers)).AsInt64();
        var isOdd = Vector512.Equals(bits & Vector512<long>.One, Vector512<long>.One).AsDouble();
        var signOfSine = (bits & Vector512.Create(2L)) << 62;
        var signOfCosine = ((bits + Vector512<long>.One) & Vector512.Create(2L)) << 62;
        var near = (
            (Vector512.ConditionalSelect(isOdd, cosine, sine).AsInt64() ^ signOfSine).AsDouble(),
            (Vector512.ConditionalSelect(isOdd, sine, cosine).AsInt64() ^ signOfCosine).AsDouble()
        );
        return Vector512.EqualsAll(isNear.AsInt64(), Vector512<long>.AllBitsSet) ? near : WithLarge(x, isNear, near);
    }

    /// <summary>Replaces numbers above a limit by the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AtMost(Vector512<double> x, double limit) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512.Create(limit)), Vector512.Create(limit), x);

    /// <summary>Replaces numbers below a limit by the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AtLeast(Vector512<double> x, double limit) =>
        Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(limit)), Vector512.Create(limit), x);

    /// <summary>x·y + z with constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Fma(Vector512<double> x, Vector512<double> y, double z) => Vector512.FusedMultiplyAdd(x, y, Vector512.Create(z));

    /// <summary>eˣ = 2ⁿ(1 + p), with p between √½ - 1 and √2 - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double> Whole, Vector512<double> Fraction) Split(Vector512<double> x)
    {
        var within = AtMost(AtLeast(x, LeastExponent), MostExponent);
        var whole = Vector512.Round(within * Vector512.Create(Log2E));
        var rest = Vector512.FusedMultiplyAdd(whole, Vector512.Create(-Ln2Low), Vector512.FusedMultiplyAdd(whole, Vector512.Create(-Ln2High), within));
        return (whole, Vector512.FusedMultiplyAdd(rest * rest, ExpTail(rest), rest));
    }

    /// <summary>(eˣ - 1 - x)/x² for |x| at most 0.35, by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ExpTail(Vector512<double> x)
    {
        // The terms are summed in pairs and in pairs of pairs, since in a chain of twelve steps each step would wait for the previous one.
        var square = x * x;
        var fourth = square * square;
        var first = Vector512.FusedMultiplyAdd(Pair(x, 1 / 24.0, 1 / 120.0), square, Pair(x, 0.5, 1 / 6.0));
        var second = Vector512.FusedMultiplyAdd(Pair(x, 1 / 40320.0, 1 / 362880.0), square, Pair(x, 1 / 720.0, 1 / 5040.0));
        var third = Vector512.FusedMultiplyAdd(Pair(x, 1 / 479001600.0, 1 / 6227020800.0), square, Pair(x, 1 / 3628800.0, 1 / 39916800.0));
        third = Vector512.FusedMultiplyAdd(Vector512.Create(1 / 87178291200.0), fourth, third);
        return Vector512.FusedMultiplyAdd(third, fourth * fourth, Vector512.FusedMultiplyAdd(second, fourth, first));
    }

    /// <summary>c₀ + c₁x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Pair(Vector512<double> x, double constant, double slope) =>
        Vector512.FusedMultiplyAdd(Vector512.Create(slope), x, Vector512.Create(constant));

    /// <summary>sin x for |x| at most π/4, by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> SineNearZero(Vector512<double> x)
    {
        var square = x * x;
        var sum = Vector512.Create(-1 / 121645100408832000.0);
        sum = Fma(sum, square, 1 / 355687428096000.0);
        sum = Fma(sum, square, -1 / 1307674368000.0);
        sum = Fma(sum, square, 1 / 6227020800.0);
        sum = Fma(sum, square, -1 / 39916800.0);
        sum = Fma(sum, square, 1 / 362880.0);
        sum = Fma(sum, square, -1 / 5040.0);
        sum = Fma(sum, square, 1 / 120.0);
        sum = Fma(sum, square, -1 / 6.0);
        return Vector512.FusedMultiplyAdd(x * square, sum, x);
    }

    /// <summary>cos x for |x| at most π/4, by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> CosineNearZero(Vector512<double> x)
    {
        var square = x * x;
        var sum = Vector512.Create(1 / 2432902008176640000.0);
        sum = Fma(sum, square, -1 / 6402373705728000.0);
        sum = Fma(sum, square, 1 / 20922789888000.0);
        sum = Fma(sum, square, -1 / 87178291200.0);
        sum = Fma(sum, square, 1 / 479001600.0);
        sum = Fma(sum, square, -1 / 3628800.0);
        sum = Fma(sum, square, 1 / 40320.0);
        sum = Fma(sum, square, -1 / 720.0);
        sum = Fma(sum, square, 1 / 24.0);
        return Vector512.FusedMultiplyAdd(square * square, sum, Vector512.FusedMultiplyAdd(square, Vector512.Create(-0.5), Vector512<double>.One));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Vector512<double> Sine, Vector512<double> Cosine) WithLarge(
        Vector512<double> x,
        Vector512<double> isNear,
        (Vector512<double> Sine, Vector512<double> Cosine) near
    )
    {
        var (sine, cosine) = near;
        for (var lane = 0; lane < Vector512<double>.Count; lane++)
        {
            if (isNear.AsInt64()[lane] == 0)
            {
                var exact = Math.SinCos(x[lane]);
                (sine, cosine) = (sine.WithElement(lane, exact.Sin), cosine.WithElement(lane, exact.Cos));
            }
        }

        return (sine, cosine);
    }

    /// <summary>Multiplies by a power of two in two steps. Only the second step can round, where the result is subnormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Scale(Vector512<double> value, Vector512<double> exponent)
    {
        var half = Vector512.Round(exponent * Vector512.Create(0.5));
        return value * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>2ⁿ for whole numbers n that are exponents of normal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> PowerOfTwo(Vector512<double> exponent) => ((exponent + Vector512.Create(WholeNumbers + 1023)).AsInt64() << 52).AsDouble();
}
