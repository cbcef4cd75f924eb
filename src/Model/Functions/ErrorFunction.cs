using System.Runtime.CompilerServices;

namespace Wellbehaved.Model;

/// <summary>The error function and the normal distribution function of all lanes of a register, accurate also in the tails.</summary>
/// <remarks>
/// Both are computed from Mills' ratio (1 - Φ(x))/φ(x). For this one quotient of polynomials is valid from 0 to the end of double precision, with a relative
/// error of 6·10⁻¹⁷ against 60 digits; all its coefficients are positive, so nothing cancels. Near 0 the error function has a polynomial of its own, with a
/// relative error of 2·10⁻¹⁷.
/// data/make_error_function.py computes the coefficients.
/// </remarks>
internal static class ErrorFunction
{
    /// <summary>Up to this number the error function is x times a polynomial of x².</summary>
    private const double EndOfSmall = 1;

    /// <summary>(2/√π) ∫₀ˣ exp(-t²) dt.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="exponential">exp(-x²).</param>
    /// <returns>Numbers in [-1, 1].</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister Erf<TRegister>(TRegister x, TRegister exponential)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        const double rootOfTwoOverPi = 0.7978845608028654;
        var positive = TRegister.Abs(x);
        var small = positive * SmallQuotient(x * x);
        var beyond = TRegister.Create(rootOfTwoOverPi) * exponential * MillsRatio(TRegister.Create(Math.Sqrt(2)) * Elementary.AtMost(positive, 40));
        var value = TRegister.Select(TRegister.LessThan(positive, TRegister.Create(EndOfSmall)), small, TRegister.Create(1) - beyond);
        return TRegister.CopySign(value, x);
    }

    /// <summary>The distribution function of the standard normal law, and its density.</summary>
    /// <param name="x">The numbers.</param>
    /// <returns>Φ(x) and φ(x).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TRegister Distribution, TRegister Density) Normal<TRegister>(TRegister x)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        const double inverseRootOfTwoPi = 0.3989422804014327;

        // φ is exp(-x²/2)/√2π. The square is halved after it is computed, since x/√2 would be rounded first.
        var density = TRegister.Create(inverseRootOfTwoPi) * Elementary.ExpOfMinusSquare(x, 0.5);
        var beyond = density * MillsRatio(Elementary.AtMost(TRegister.Abs(x), 40));
        return (TRegister.Select(TRegister.LessThan(x, TRegister.Create(0)), beyond, TRegister.Create(1) - beyond), density);
    }

    /// <summary>exp(x²/2)∫ₓ exp(-t²/2) dt for x from 0 to 60.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister MillsRatio<TRegister>(TRegister x)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var over = TRegister.Create(3.4990105046213595e-06);
        over = Elementary.Fma(over, x, 9.396528037403146e-05);
        over = Elementary.Fma(over, x, 0.0012357801258666631);
        over = Elementary.Fma(over, x, 0.010295606794122523);
        over = Elementary.Fma(over, x, 0.05942695312917198);
        over = Elementary.Fma(over, x, 0.24560141753937545);
        over = Elementary.Fma(over, x, 0.7268290146944075);
        over = Elementary.Fma(over, x, 1.4912750825935683);
        over = Elementary.Fma(over, x, 1.9438619575278457);
        over = Elementary.Fma(over, x, 1.2533141373155001);
        var under = TRegister.Create(3.4990105046306964e-06);
        under = Elementary.Fma(under, x, 9.396528037207084e-05);
        under = Elementary.Fma(under, x, 0.0012392791365566673);
        under = Elementary.Fma(under, x, 0.01038957206397078);
        under = Elementary.Fma(under, x, 0.06065573563834135);
        under = Elementary.Fma(under, x, 0.2557090825398411);
        under = Elementary.Fma(under, x, 0.783819633442865);
        under = Elementary.Fma(under, x, 1.7172210851012313);
        under = Elementary.Fma(under, x, 2.5639860935946843);
        under = Elementary.Fma(under, x, 2.3488620050463593);
        return over / Elementary.Fma(under, x, 1);
    }

    /// <summary>erf(x)/x for x² in [0, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister SmallQuotient<TRegister>(TRegister square)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var sum = TRegister.Create(5.957176147748911e-11);
        sum = Elementary.Fma(sum, square, -1.1372848856791674e-09);
        sum = Elementary.Fma(sum, square, 1.4659775274047436e-08);
        sum = Elementary.Fma(sum, square, -1.6350312701054695e-07);
        sum = Elementary.Fma(sum, square, 1.6461000484121368e-06);
        sum = Elementary.Fma(sum, square, -1.4925595266831182e-05);
        sum = Elementary.Fma(sum, square, 0.0001205533111164271);
        sum = Elementary.Fma(sum, square, -0.000854832698083379);
        sum = Elementary.Fma(sum, square, 0.0052239776248180145);
        sum = Elementary.Fma(sum, square, -0.026866170645076792);
        sum = Elementary.Fma(sum, square, 0.11283791670954879);
        sum = Elementary.Fma(sum, square, -0.3761263890318375);
        return Elementary.Fma(sum, square, 1.1283791670955126);
    }
}
