namespace Wellbehaved.Theory;

/// <summary>
/// The exact random walk of ln ν₂ for one point, signal or noise, in a fully connected network with leaky ReLUs of slope a and σ_w² = 2/(1+a²). Laws V2, V3.
/// </summary>
/// <remarks>
/// A layer multiplies ν₂ by <c>X = (σ_w²/N) Σ g_c² B_c</c>, where B = 1 or a² with probability ½ each. Then
/// <c>E e^{-tX} = (½(1+2tσ_w²/N)^{-½} + ½(1+2ta²σ_w²/N)^{-½})ᴺ</c>, <c>E ln X = ∫(e^{-t} - E e^{-tX}) dt/t</c>, and
/// <c>E ln²X = -2(∫(e^{-t} - E e^{-tX}) ln t dt/t + γ E ln X)</c>. For a = 0 all channels are dead with probability 2⁻ᴺ, which is excluded. Norm and direction
/// of a Gaussian vector are independent; so for orthogonal weights the walk of the norm, <c>ψ(N/2) + ln(2/N)</c> and <c>ψ₁(N/2)</c>, is subtracted.
/// </remarks>
public sealed class LeakyWalk
{
    /// <summary>Step of the trapezoidal rule in ln t, which converges exponentially: the transform is analytic in a strip of half-width π.</summary>
    private const double Step = 1.0 / 16;

    /// <summary>ln t below which the integrands are negligible in double precision; they begin as t² or, without dead channels, as t.</summary>
    private const double First = -40;

    private const double Negligible = 1e-18;

    /// <summary>Squared slopes below this would lose digits.</summary>
    private const double LeastSquare = 1e-300;

    /// <summary>Euler's constant γ.</summary>
    private const double Euler = 0.57721566490153286061;

    /// <summary>Describes the walk.</summary>
    /// <param name="width">N ≥ 1.</param>
    /// <param name="slope">a, finite.</param>
    /// <param name="orthogonal">True for random orthogonal weights, false for Gaussian ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is not positive, or the slope is not finite.</exception>
    public LeakyWalk(int width, double slope, bool orthogonal = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (!double.IsFinite(slope))
        {
            throw new ArgumentOutOfRangeException(nameof(slope), slope, "expected a finite slope");
        }

        (Width, Slope) = (width, slope);
        var (gaussianDrift, gaussianVariance) = (PolyGamma.DiGammaMinusLog(0.5 * width), PolyGamma.TriGamma(0.5 * width));
        if (slope * slope == 1)
        {
            (Drift, Variance) = orthogonal ? (0, 0) : (gaussianDrift, gaussianVariance);
            return;
        }

        // With the variance 2/(1+a²), the slopes a and 1/a give the same two factors.
        var (mean, square) = Integrate(width, Math.Min(Math.Abs(slope), 1 / Math.Abs(slope)));
        var variance = square - (mean * mean);
        (Drift, Variance) = orthogonal ? (mean - gaussianDrift, variance - gaussianVariance) : (mean, variance);
    }

    /// <summary>Width N.</summary>
    public int Width { get; }

    /// <summary>Slope a below 0.</summary>
    public double Slope { get; }

    /// <summary>Mean of a step.</summary>
    public double Drift { get; }

    /// <summary>Variance of a step.</summary>
    public double Variance { get; }

    /// <summary>
    /// V4: Lyapunov exponents of a linear network with Gaussian weights of variance 1/N, <c>½(ψ((N-k+1)/2) + ln(2/N))</c>, the largest first.
    /// </summary>
    /// <param name="width">N ≥ 1.</param>
    /// <returns>N exponents: the growth of the logarithm of a length in a layer.</returns>
    /// <remarks>C. Newman, <i>The distribution of Lyapunov exponents</i>, Comm. Math. Phys. 103, 1986.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The width is not positive.</exception>
    public static double[] LyapunovExponents(int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        return [.. Enumerable.Range(1, width).Select(k => 0.5 * (PolyGamma.DiGammaMinusLog(0.5 * (width - k + 1)) + Math.Log((width - k + 1.0) / width)))];
    }

    /// <summary>E ln X and E ln²X.</summary>
    private static (double Mean, double Square) Integrate(int width, double slope)
    {
        var squaredSlope = slope * slope;
        var (weight, isTiny) = (2 / (1 + squaredSlope), slope > 0 && squaredSlope < LeastSquare);
        double mean = 0,
            weighted = 0;
        for (var node = 0; ; node++)
        {
            var v = First + (node * Step);
            var t = Math.Exp(v);
            var x = 2 * t * weight / width;

            // A double cannot hold these squares, but the channels below 0 are still alive.
            var y = isTiny ? Math.Exp(v + Math.Log(2 * weight / width) + (2 * Math.Log(slope))) : 2 * t * weight * squaredSlope / width;
            var transform = slope == 0 ? AliveTransform(width, x) : Math.Exp(width * LogMean(x, y));
            var difference = Math.Exp(-t) - transform;
            mean += Step * difference;
            weighted += Step * difference * v;
            if (t > 50 && Math.Abs(difference) * (1 + v) < Negligible)
            {
                return (mean, -2 * (weighted + (Euler * mean)));
            }
        }
    }

    /// <summary>ln(½(1+x)^{-½} + ½(1+y)^{-½}); where it is near 0, it is computed from the small differences to 1.</summary>
    private static double LogMean(double x, double y)
    {
        var fall = 0.5 * (Fall(x) + Fall(y));
        return fall > -0.5 ? SmallNumbers.LogOnePlus(fall) : Math.Log(0.5 * ((1 / Math.Sqrt(1 + x)) + (1 / Math.Sqrt(1 + y))));
    }

    /// <summary>The transform for a = 0 without the atom of dead channels: ((1+r)ᴺ - 1)/(2ᴺ - 1), r = (1+x)^{-½}.</summary>
    private static double AliveTransform(int width, double x)
    {
        var dead = Math.Pow(0.5, width);
        if (x < 1)
        {
            return (Math.Exp(width * SmallNumbers.LogOnePlus(0.5 * Fall(x))) - dead) / (1 - dead);
        }

        var logarithm = width * SmallNumbers.LogOnePlus(1 / Math.Sqrt(1 + x));
        var (power, half) = (width * Math.Log(2), 0.5 * logarithm);

        // (e^a - 1)/(e^b - 1), without overflow or cancellation.
        return half < 0.25 ? 2 * Math.Sinh(half) * Math.Exp(half - power) / (1 - dead) : (Math.Exp(logarithm - power) - dead) / (1 - dead);
    }

    /// <summary>(1+x)^{-½} - 1.</summary>
    private static double Fall(double x)
    {
        var root = Math.Sqrt(1 + x);
        return double.IsInfinity(root) ? -1 : -x / (root * (1 + root));
    }
}
