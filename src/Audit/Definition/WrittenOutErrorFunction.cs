namespace Wellbehaved.Audit;

/// <summary>The error function from its power series and its continued fraction, to a few units of the last digit.</summary>
/// <remarks>Abramowitz and Stegun (1964), 7.1.6 and 7.1.14.</remarks>
internal static class WrittenOutErrorFunction
{
    /// <summary>The magnitude from which the continued fraction replaces the series.</summary>
    private const double Middle = 1;

    /// <summary>erf x.</summary>
    public static double Value(double x) => Math.Abs(x) < Middle ? Series(x) : Math.CopySign(1 - ContinuedFraction(Math.Abs(x)), x);

    /// <summary>1 - erf x, accurate where erf is near 1.</summary>
    public static double Complement(double x) =>
        x switch
        {
            >= Middle => ContinuedFraction(x),
            <= -Middle => 2 - ContinuedFraction(-x),
            _ => 1 - Series(x),
        };

    /// <summary>From where on exp(-x²) is below the least number of double precision, 2⁻¹⁰⁷⁴.</summary>
    private const double Vanishing = 28;

    /// <summary>exp(-x²).</summary>
    /// <remarks>A rounding error of x² would be multiplied by x². So x is split: a part with few digits has an exact square.</remarks>
    public static double Gaussian(double x)
    {
        if (Math.Abs(x) > Vanishing)
        {
            // Far out the second factor below would overflow, and infinity times 0 is no number.
            return 0;
        }

        var high = Math.Round(x * 16) / 16;
        return Math.Exp(-high * high) * Math.Exp(-(x - high) * (x + high));
    }

    /// <summary>2/√π exp(-x²) Σ 2ⁿ x^(2n+1)/(1·3·…·(2n+1)), where all terms have the same sign.</summary>
    private static double Series(double x)
    {
        var (sum, term) = (0.0, x);
        for (var n = 1; n <= 60; n++)
        {
            sum += term;
            term *= 2 * x * x / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * Gaussian(x) * sum;
    }

    /// <summary>exp(-x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))), computed from the innermost fraction outwards.</summary>
    /// <remarks>The error falls as exp(-2x√(2n)) with the number n of fractions.</remarks>
    private static double ContinuedFraction(double x)
    {
        var fraction = x;
        for (var n = 20 + (int)(200 / (x * x)); n >= 1; n--)
        {
            fraction = x + (n / 2.0 / fraction);
        }

        return Gaussian(x) / (Math.Sqrt(Math.PI) * fraction);
    }
}
