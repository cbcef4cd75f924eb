namespace Wellbehaved.Theory;

/// <summary>What a ReLU layer keeps of the correlation of two inputs: the arc-cosine kernels of order 0, 1 and 2.</summary>
/// <remarks>
/// For jointly Gaussian pre-activations with correlation <c>c</c> and unit variances, the ReLU outputs satisfy
/// <c>E[x x'] = ½ k₁(c)</c>, their derivatives <c>E[1 1'] = ½ k₀(c)</c>, their squares <c>E[x² x'²] = ½ k₂(c)</c>. Law S1, exact.
/// Source: Y. Cho and L. Saul, <i>Kernel Methods for Deep Learning</i>, NIPS 2009, section 2. Angles come from atan2 of sine and
/// cosine, since acos loses half of its digits where correlations are close to one, which is where deep nets live; near -1, where the
/// closed forms of k₁ and k₂ cancel, a series takes over.
/// </remarks>
public static class ArcCosineKernel
{
    /// <summary>Below this angle to -1 the series is used: its closed form has lost three digits there, and 12 terms give all.</summary>
    private const double SeriesBelow = 0.5;

    private const int SeriesTerms = 12;

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
        var sum = phi < SeriesBelow
            ? AlternatingSeries(2 * phi, k => (0.5 * ((2 * k) + 1)) - 1.5, 2)
            : (3 * Sine(correlation) * correlation) + (phi * (1 + (2 * correlation * correlation)));
        return sum / Math.PI;
    }

    /// <summary>The distance to 1 after a layer, <c>1 - k₁(1 - d)</c>, with all digits of a small distance.</summary>
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
    private static double AlternatingSeries(double x, Func<int, double> coefficient, int first)
    {
        var power = x;
        var sum = 0.0;
        for (var k = 0; k < SeriesTerms; k++)
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
