using System.Numerics;
using MathNet.Numerics;

namespace Wellbehaved.Theory;

/// <summary>The exact random walk of ln ν₂ in a fully connected <c>vanilla</c> network of width N for one input point. Law W1.</summary>
/// <remarks>
/// <c>ν₂(x^l)/ν₂(x^{l-1})</c> are i.i.d. copies of <c>(2/N)·χ²_K</c>, with K ~ Binomial(N, ½) given K ≥ 1, and so are the ratios of the noise's mean
/// squares. The characteristic function of a step is <c>φ(s) = Σ_K w_K (4/N)^{is} Γ(K/2 + is)/Γ(K/2)</c>, and that of L steps is its L-th
/// power. Density and distribution follow by Fourier inversion (J. Gil-Pelaez, Biometrika 38, 1951), with a trapezoidal sum that converges
/// exponentially because the density decays exponentially on both sides.
/// </remarks>
public sealed class RandomWalk
{
    /// <summary>Binomial weights below this share of the largest do not affect a double.</summary>
    private const double NegligibleWeight = 1e-22;

    /// <summary>Below this value the characteristic function is neglected.</summary>
    private const double NegligibleTransform = 1e-14;

    /// <summary>Greatest number of nodes of an inversion; points a thousand deviations away need about ten thousand.</summary>
    private const int MostNodes = 10_000_000;

    private readonly double[] _weights;

    /// <summary>Describes the walk.</summary>
    /// <param name="width">N ≥ 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is not positive.</exception>
    public RandomWalk(int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        Width = width;
        var logarithms = Enumerable.Range(0, width + 1).Select(k => SpecialFunctions.BinomialLn(width, k)).ToArray();
        var largest = logarithms.Max();
        _weights = [.. logarithms.Select((value, k) => k == 0 || value - largest < Math.Log(NegligibleWeight) ? 0 : Math.Exp(value - largest))];
        var total = _weights.Sum();
        for (var k = 0; k <= width; k++)
        {
            _weights[k] /= total;
        }

        // ψ(K/2) + ln(4/N) is split so that no large logarithms cancel, because the drift is small in wide networks.
        double LogMean(int k) => PolyGamma.DiGammaMinusLog(0.5 * k) + Math.Log(2.0 * k / width);
        Drift = Average(LogMean);
        Variance = Average(k => PolyGamma.TriGamma(0.5 * k) + Math.Pow(LogMean(k) - Drift, 2));
    }

    /// <summary>Width N.</summary>
    public int Width { get; }

    /// <summary>Mean of a step, <c>m(N) = E_K[ψ(K/2)] + ln(4/N)</c>, about -5/(2N).</summary>
    public double Drift { get; }

    /// <summary>Variance of a step, <c>v(N) = E_K[ψ₁(K/2)] + Var_K[ψ(K/2)]</c>, about 5/N.</summary>
    public double Variance { get; }

    /// <summary>The density of ln(ν₂(x^L)/ν₂(x⁰)).</summary>
    /// <param name="layers">L ≥ 1.</param>
    /// <param name="points">The points at which to evaluate it.</param>
    /// <returns>Densities, to an absolute error of about 1e-10.</returns>
    /// <exception cref="ArgumentOutOfRangeException">L is not positive.</exception>
    /// <exception cref="ArithmeticException">A point is so far away that the inversion would not end.</exception>
    public double[] Density(int layers, IReadOnlyList<double> points) =>
        Invert(layers, points, (term, _) => term.Real, (sum, step) => Math.Max(0, sum * step / Math.PI));

    /// <summary>The distribution function of ln(ν₂(x^L)/ν₂(x⁰)).</summary>
    /// <param name="layers">L ≥ 1.</param>
    /// <param name="points">The points at which to evaluate it.</param>
    /// <returns>Probabilities, to an absolute error of about 1e-10.</returns>
    /// <exception cref="ArgumentOutOfRangeException">L is not positive.</exception>
    /// <exception cref="ArithmeticException">A point is so far away that the inversion would not end.</exception>
    public double[] Distribution(int layers, IReadOnlyList<double> points) =>
        Invert(layers, points, (term, node) => term.Imaginary / node, (sum, _) => Math.Clamp(0.5 - (sum / Math.PI), 0, 1));

    /// <summary>A quantile of ln(ν₂(x^L)/ν₂(x⁰)).</summary>
    /// <param name="layers">L ≥ 1.</param>
    /// <param name="probability">In [1e-9, 1 - 1e-9].</param>
    /// <returns>The quantile.</returns>
    /// <exception cref="ArgumentOutOfRangeException">L is not positive, or the probability is too close to 0 or 1 for double precision.</exception>
    public double Quantile(int layers, double probability)
    {
        if (probability is not (>= 1e-9 and <= 1 - 1e-9))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "expected a probability in [1e-9, 1 - 1e-9]");
        }

        var half = 40 * Math.Sqrt(layers * Variance);
        var middle = layers * Drift;
        return MathNet.Numerics.RootFinding.Bisection.FindRoot(x => Distribution(layers, [x])[0] - probability, middle - half, middle + half, 1e-9, 200);
    }

    private double Average(Func<int, double> function) => Enumerable.Range(1, Width).Sum(k => _weights[k] == 0 ? 0 : _weights[k] * function(k));

    /// <summary>Sums e^{-isx}φ(s)^L over the nodes s = (k + ½)·step. These avoid the pole of the distribution's integrand at zero.</summary>
    private double[] Invert(int layers, IReadOnlyList<double> points, Func<Complex, double, double> part, Func<double, double, double> finish)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentNullException.ThrowIfNull(points);

        // Sampling with this step repeats the density with the period 2π/step. The copies are beyond all points, and so far beyond the bulk that they are
        // below 1e-12, since tails are exponential (of rate ½ at least).
        var reach = points.Select(x => Math.Abs(x - (layers * Drift))).DefaultIfEmpty(0).Max();
        var period = 2 * (reach + (12 * Math.Sqrt(layers * Variance)) + 60);
        var step = 2 * Math.PI / period;
        var sums = new double[points.Count];
        for (var k = 0; k < MostNodes; k++)
        {
            var s = (k + 0.5) * step;
            var transform = Complex.Pow(Characteristic(s), layers);
            if (transform.Magnitude < NegligibleTransform)
            {
                return [.. sums.Select(sum => finish(sum, step))];
            }

            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += part(Complex.FromPolarCoordinates(1, -s * points[i]) * transform, k + 0.5);
            }
        }

        throw new ArithmeticException($"the transform of {layers} layers has not vanished after {MostNodes} nodes");
    }

    /// <summary>φ(s); the ratios of gamma functions are computed by their recurrence, starting at K = 1 and K = 2.</summary>
    private Complex Characteristic(double s)
    {
        var shift = new Complex(0, s);
        Complex[] ratio = [Gamma(0.5 + shift) / Math.Sqrt(Math.PI), Gamma(1 + shift)];
        var sum = Complex.Zero;
        for (var k = 1; k <= Width; k++)
        {
            ref var current = ref ratio[(k - 1) % 2];
            sum += _weights[k] * current;
            current *= 1 + (shift / (0.5 * k));
        }

        return sum * Complex.FromPolarCoordinates(1, s * Math.Log(4.0 / Width));
    }

    /// <summary>Γ(z) for Re z &gt; 0, by recurrence to larger z and then Stirling's series.</summary>
    private static Complex Gamma(Complex z)
    {
        var product = Complex.One;
        while (z.Real < 15)
        {
            product *= z;
            z += 1;
        }

        var inverse = 1 / (z * z);
        var series = 1 / (12 * z) * (1 - (inverse * ((1.0 / 30) - (inverse * ((1.0 / 105) - (inverse * ((1.0 / 140) - (inverse / 99))))))));
        return Complex.Exp(((z - 0.5) * Complex.Log(z)) - z + (0.5 * Math.Log(2 * Math.PI)) + series) / product;
    }
}
