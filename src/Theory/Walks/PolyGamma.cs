namespace Wellbehaved.Theory;

/// <summary>The derivatives of ln Γ that the walk needs, in full double precision.</summary>
/// <remarks>A recurrence raises x to 20, where the asymptotic series is exact to rounding. Abramowitz and Stegun 6.3.18 and 6.4.12.</remarks>
internal static class PolyGamma
{
    private const double AsymptoticFrom = 20;

    /// <summary>Bernoulli numbers B_2, B_4, ….</summary>
    private static readonly double[] Bernoulli = [1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6];

    /// <summary>ψ(x) - ln x for x &gt; 0, which is about -1/(2x); computed without cancellation for large x.</summary>
    public static double DiGammaMinusLog(double x)
    {
        var (sum, y) = (0.0, x);
        for (; y < AsymptoticFrom; y++)
        {
            sum -= 1 / y;
        }

        var series = 0.0;
        for (var k = Bernoulli.Length; k >= 1; k--)
        {
            series = (series / (y * y)) + (Bernoulli[k - 1] / (2 * k));
        }

        return sum + Math.Log(y / x) - (0.5 / y) - (series / (y * y));
    }

    /// <summary>ψ₁(x) for x &gt; 0.</summary>
    public static double TriGamma(double x)
    {
        var sum = 0.0;
        for (; x < AsymptoticFrom; x++)
        {
            sum += 1 / (x * x);
        }

        var series = 0.0;
        for (var k = Bernoulli.Length; k >= 1; k--)
        {
            series = (series / (x * x)) + Bernoulli[k - 1];
        }

        return sum + (1 / x) + (0.5 / (x * x)) + (series / (x * x * x));
    }
}
