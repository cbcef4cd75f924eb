namespace Wellbehaved.Theory;

/// <summary>The arc-cosine kernels of order 0, 1, 2 and 4: the correlation of two inputs after a ReLU layer.</summary>
/// <remarks>
/// For jointly Gaussian pre-activations with correlation <c>c</c> and unit variances, the ReLU outputs satisfy <c>E[x x'] = ½ k₁(c)</c>, their derivatives
/// <c>E[1 1'] = ½ k₀(c)</c>, their squares <c>E[x² x'²] = ½ k₂(c)</c>, their fourth powers <c>E[x⁴ x'⁴] = ½ k₄(c)</c>. Law S1, exact. Source: Y. Cho and L.
/// Saul, <i>Kernel Methods for Deep Learning</i>, NIPS 2009, section 2, with <c>k_n = J_n/π</c>. Angles are computed by atan2 of sine and cosine, since acos
/// loses half of its digits for correlations near 1, which are usual in deep networks. Near -1, where the closed forms of k₁, k₂ and k₄ cancel, a series is
/// used.
/// </remarks>
internal static class ArcCosineKernel
{
    /// <summary>The series is used below this angle to -1: there the closed form has lost three digits, and 12 terms are accurate to all digits.</summary>
    private const double SeriesBelow = 0.5;

    private const int SeriesTerms = 12;

    /// <summary>
    /// The same for k₄, which vanishes as φ⁹: at this angle its closed form has lost two digits (five at 0.5), and 18 terms are accurate to all digits.
    /// </summary>
    private const double FourthSeriesBelow = 1;

    private const int FourthSeriesTerms = 18;

    /// <summary>k₀(c) = (π - θ)/π with θ = arccos c.</summary>
    /// <param name="correlation">c in [-1, 1].</param>
    /// <returns>A number in [0, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The correlation is NaN or outside [-1, 1].</exception>
    public static double Order0(double correlation) => AngleToOpposite(correlation) / Math.PI;

    /// <summary>k₁(c) = (sin θ + (π - θ) cos θ)/π with θ = arccos c.</summary>
    /// <param name="correlation">c in [-1, 1].</param>
    /// <returns>A number in [0, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The correlation is NaN or outside [-1, 1].</exception>
    public static double Order1(double correlation)
    {
        var phi = AngleToOpposite(correlation);
        return (phi < SeriesBelow ? SineMinusAngleCosine(phi) : Sine(correlation) + (phi * correlation)) / Math.PI;
    }

    /// <summary>k₂(c) = (3 sin θ cos θ + (π - θ)(1 + 2 cos² θ))/π with θ = arccos c.</summary>
    /// <param name="correlation">c in [-1, 1].</param>
    /// <returns>A number in [0, 3].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The correlation is NaN or outside [-1, 1].</exception>
    public static double Order2(double correlation)
    {
        var phi = AngleToOpposite(correlation);
        var sum =
            phi < SeriesBelow
                ? AlternatingSeries(2 * phi, k => (0.5 * ((2 * k) + 1)) - 1.5, 2)
                : (3 * Sine(correlation) * correlation) + (phi * (1 + (2 * correlation * correlation)));
        return sum / Math.PI;
    }

    /// <summary>k₄(c) = (5 sin θ cos θ (11 + 10 cos² θ) + (π - θ)(9 + 72 cos² θ + 24 cos⁴ θ))/π with θ = arccos c.</summary>
    /// <param name="correlation">c in [-1, 1].</param>
    /// <returns>A number in [0, 105].</returns>
    /// <remarks>Cho and Saul's J₄ written out. Since <c>∂E[f(u)f(v)]/∂c = E[f'(u)f'(v)]</c> for Gaussian u and v, its second derivative is 144 k₂.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The correlation is NaN or outside [-1, 1].</exception>
    public static double Order4(double correlation)
    {
        var phi = AngleToOpposite(correlation);
        if (phi < FourthSeriesBelow)
        {
            // φ(54 + 48 cos 2φ + 3 cos 4φ) - 40 sin 2φ - (25/4) sin 4φ, whose first four terms vanish.
            return AlternatingSeries(4 * phi, Coefficient, 4, FourthSeriesTerms) / Math.PI;
        }

        static double Coefficient(int k)
        {
            var share = Math.Pow(4, -k);
            return 0.25 * ((((2 * k) + 1) * (3 + (48 * share))) - 25 - (80 * share));
        }

        var square = correlation * correlation;
        return ((5 * Sine(correlation) * correlation * (11 + (10 * square))) + (phi * (9 + (square * (72 + (24 * square)))))) / Math.PI;
    }

    /// <summary>The distance to 1 after a layer, <c>1 - k₁(1 - d)</c>, accurate to all digits for small distances.</summary>
    /// <param name="distance">d = 1 - c in [0, 2].</param>
    /// <returns>1 - k₁(c), about <c>d - (2d)^{3/2}/(3π)</c> for small d.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The distance is NaN or outside [0, 2].</exception>
    public static double DistanceAfterOrder1(double distance)
    {
        if (distance is not (>= 0 and <= 2))
        {
            throw new ArgumentOutOfRangeException(nameof(distance), distance, "expected a distance 1 - c in [0, 2]");
        }

        // π(1 - k₁) = π(1 - cos θ) - (sin θ - θ cos θ).
        var theta = 2 * Math.Asin(Math.Sqrt(distance / 2));
        var small = theta < SeriesBelow ? SineMinusAngleCosine(theta) : Math.Sin(theta) - (theta * Math.Cos(theta));
        return distance - (small / Math.PI);
    }

    /// <summary>π - θ, the angle to the opposite direction.</summary>
    private static double AngleToOpposite(double correlation) =>
        correlation is >= -1 and <= 1
            ? Math.Atan2(Sine(correlation), -correlation)
            : throw new ArgumentOutOfRangeException(nameof(correlation), correlation, "expected a correlation in [-1, 1]");

    private static double Sine(double cosine) => Math.Sqrt((1 - cosine) * (1 + cosine));

    private static double SineMinusAngleCosine(double angle) => AlternatingSeries(angle, k => 1.0 - ((2 * k) + 1), 1);

    /// <summary>Σ (-1)^k coefficient(k) x^(2k+1)/(2k+1)!, from the first term that does not vanish.</summary>
    private static double AlternatingSeries(double x, Func<int, double> coefficient, int first, int terms = SeriesTerms)
    {
        var power = x;
        var sum = 0.0;
        for (var k = 0; k < terms; k++)
        {
            if (k >= first)
            {
                sum += coefficient(k) * power;
            }

            power *= -x * x / ((2 * k + 2) * ((2 * k) + 3));
        }

        return sum;
    }
}
