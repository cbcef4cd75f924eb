using System.Runtime.Intrinsics;

namespace Wellbehaved.Theory;

/// <summary>Angles of four pairs of cosines and sines at once, for the duals of whole rows of a kernel.</summary>
/// <remarks>
/// <c>asin x = x + x³R(x²)</c> for |x| ≤ ½, where R is a polynomial of degree 12 whose error is below 0.05 of a rounding unit of asin x
/// (data/make_asin_polynomial.py encloses the error over the whole interval). Beyond ½, the sine of half the angle is <c>s/√(2(1+|c|))</c>, where callers know
/// the sine s without computing the difference 1 - c². With a root, a division and fused steps of Horner's scheme, whose sum is at most 0.05 x, the error of
/// the angle is at most 5 ulp, as docs/theory.md shows. Each operation is rounded as IEEE 754 requires, so the bits do not depend on the width of vectors.
/// </remarks>
internal static class VectorAngle
{
    private const double HalfOfPi = 1.57079632679489661923;
    private const double Pi = 3.14159265358979323846;

    /// <summary>Coefficients of R, the highest power first.</summary>
    private static ReadOnlySpan<double> Coefficients =>
        [
            0.028757851367421566,
            -0.014851887071247204,
            0.01740087944269402,
            0.005457506718640358,
            0.01032281435018578,
            0.011479177415184906,
            0.013971212973552933,
            0.017352392720869973,
            0.02237217294214989,
            0.030381944138531247,
            0.04464285714635543,
            0.07499999999998433,
            0.16666666666666669,
        ];

    /// <summary>
    /// Coefficients of <c>(sin φ - φ cos φ)/φ³</c> in φ², 2k(-1)^{k+1}/(2k+1)! for k from 8 to 1; the remainder of the series is below 1e-18 for φ ≤ ½.
    /// </summary>
    private static ReadOnlySpan<double> Differences =>
        [-16.0 / 355687428096000, 14.0 / 1307674368000, -1.0 / 518918400, 1.0 / 3991680, -1.0 / 45360, 1.0 / 840, -1.0 / 30, 1.0 / 3];

    /// <summary>The angle whose sine is c.</summary>
    /// <param name="c">In [-1, 1].</param>
    /// <param name="s">√(1-c²).</param>
    public static Vector256<double> Asin(Vector256<double> c, Vector256<double> s)
    {
        var (angle, isLarge) = Reduced(c, s);
        var rest = Vector256.Create(HalfOfPi) - (angle + angle);
        return Vector256.ConditionalSelect(isLarge, Vector256.CopySign(rest, c), angle);
    }

    /// <summary>π - arccos c, the angle to the opposite direction, accurate to all digits near c = -1.</summary>
    /// <param name="c">In [-1, 1].</param>
    /// <param name="s">√(1-c²).</param>
    public static Vector256<double> ToOpposite(Vector256<double> c, Vector256<double> s)
    {
        var (angle, isLarge) = Reduced(c, s);
        var twice = angle + angle;
        var large = Vector256.ConditionalSelect(Vector256.LessThan(c, Vector256<double>.Zero), twice, Vector256.Create(Pi) - twice);
        return Vector256.ConditionalSelect(isLarge, large, Vector256.Create(HalfOfPi) + angle);
    }

    /// <summary>sin φ + φ c for the φ of <see cref="ToOpposite"/>, where c = -cos φ. This is π k₁(c), accurate near c = -1, where both terms cancel.</summary>
    /// <param name="c">In [-1, 1].</param>
    /// <param name="s">√(1-c²).</param>
    /// <param name="phi">φ.</param>
    public static Vector256<double> FirstOrder(Vector256<double> c, Vector256<double> s, Vector256<double> phi)
    {
        var closed = Vector256.FusedMultiplyAdd(phi, c, s);
        var isSmall = Vector256.LessThan(phi, Vector256.Create(0.5));
        return isSmall == Vector256<double>.Zero ? closed : Vector256.ConditionalSelect(isSmall, Horner(Differences, phi * phi) * (phi * phi * phi), closed);
    }

    /// <summary>asin of c where |c| ≤ ½, and asin of the sine of half the angle otherwise.</summary>
    private static (Vector256<double> Angle, Vector256<double> IsLarge) Reduced(Vector256<double> c, Vector256<double> s)
    {
        var size = Vector256.Abs(c);
        var isLarge = Vector256.GreaterThan(size, Vector256.Create(0.5));
        var sum = Vector256<double>.One + size;
        var x = Vector256.ConditionalSelect(isLarge, s / Vector256.Sqrt(sum + sum), c);
        var square = x * x;
        return (Vector256.FusedMultiplyAdd(x * square, Horner(Coefficients, square), x), isLarge);
    }

    private static Vector256<double> Horner(ReadOnlySpan<double> coefficients, Vector256<double> x)
    {
        var sum = Vector256.Create(coefficients[0]);
        for (var k = 1; k < coefficients.Length; k++)
        {
            sum = Vector256.FusedMultiplyAdd(sum, x, Vector256.Create(coefficients[k]));
        }

        return sum;
    }
}
