using MathNet.Numerics;

namespace Wellbehaved.Theory;

/// <summary>
/// Layer and RMS norm over the N channels of one point at finite width: a uniform direction on a sphere. Laws LN1 to LN4, exact given the previous layer.
/// </summary>
/// <remarks>
/// One channel of layer norm over N channels has the law of RMS norm over n = N - 1 channels; for RMS norm, n = N. With U a coordinate of a uniform unit vector
/// in Rⁿ, a normalised channel is <c>z = √n U</c>. It is independent of the scale that was divided by, and of all earlier layers. ε = 0.
/// </remarks>
internal sealed class SphereLaws
{
    /// <summary>Step of the trapezoidal rules in logarithms.</summary>
    private const double Step = 0.125;

    /// <summary>The integrand is neglected where it is below this share of its largest value.</summary>
    private const double Negligible = 1e-17;

    private readonly int _channels;
    private readonly int _dimension;

    /// <summary>Describes a norm.</summary>
    /// <param name="channels">N: at least 4 if the mean is subtracted and at least 3 otherwise, so that noise has a finite mean square.</param>
    /// <param name="subtractsMean">True for layer norm, false for RMS norm.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too few channels.</exception>
    public SphereLaws(int channels, bool subtractsMean)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, subtractsMean ? 4 : 3);
        (_channels, _dimension) = (channels, subtractsMean ? channels - 1 : channels);
    }

    /// <summary>LN1: E 1/σ² for channels of variance q.</summary>
    /// <param name="variance">q, above 0.</param>
    /// <returns>N/((n-2)q).</returns>
    public double InverseVariance(double variance) => _channels / (variance * (_dimension - 2));

    /// <summary>LN1: the mean of z_i·z_j/N for pre-activations of correlation ρ; this is Hotelling's mean of a sample correlation.</summary>
    /// <param name="correlation">ρ in [-1, 1].</param>
    /// <returns><c>ρ (2/n)(Γ((n+1)/2)/Γ(n/2))² ₂F₁(½, ½; n/2+1; ρ²)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside [-1, 1].</exception>
    public double Correlation(double correlation)
    {
        if (correlation is not (>= -1 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(correlation), correlation, "expected a correlation in [-1, 1]");
        }

        // The terms of the series are positive and decay at least as k^{-n/2-1}, and as ρ^{2k}.
        var (half, square, term, sum) = (0.5 * _dimension, correlation * correlation, 1.0, 1.0);
        for (var k = 0; k < 100_000 && term > Negligible * sum; k++)
        {
            term *= (k + 0.5) * (k + 0.5) * square / ((half + 1 + k) * (k + 1));
            sum += term;
        }

        var ratio = Math.Exp(SpecialFunctions.GammaLn(half + 0.5) - SpecialFunctions.GammaLn(half));
        return Math.Min(1, Math.Abs(correlation) * ratio * ratio / half * sum) * Math.Sign(correlation);
    }

    /// <summary>LN2: E f(√n U), a mean over the sphere.</summary>
    /// <param name="function">f.</param>
    /// <param name="kinks">The points where f is not smooth.</param>
    /// <returns>The mean.</returns>
    public double Expectation(Func<double, double> function, params IEnumerable<double> kinks) => Expectation(function, 1, kinks);

    /// <summary>LN2 for a function of γz.</summary>
    /// <param name="function">f, as a function of z.</param>
    /// <param name="scale">γ. The scale of f's structure around 0 is 1/γ.</param>
    /// <param name="kinks">The points z where f is not smooth.</param>
    /// <returns>The mean.</returns>
    public double Expectation(Func<double, double> function, double scale, IEnumerable<double> kinks)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(kinks);

        // U = sin ψ has the density cos^{n-2} ψ, which is smooth at both ends.
        var root = Math.Sqrt(_dimension);
        var constant = Math.Exp(SpecialFunctions.GammaLn(0.5 * _dimension) - SpecialFunctions.GammaLn(0.5 * (_dimension - 1))) / Math.Sqrt(Math.PI);
        var width = Math.Min(Math.PI / 2, 12 / root);
        var edges = new SortedSet<double> { -width, width, 0 };
        for (var panel = 1; panel < 12; panel++)
        {
            edges.Add(width * panel / 12);
            edges.Add(-width * panel / 12);
        }

        // Structure of width 1/γ around 0 is resolved by panels of at most 4/γ, beside which tanh has a pole at 0.4 of their length: 20 nodes then leave 1e-15.
        for (var edge = width / 24; edge * root * Math.Abs(scale) > 2; edge /= 2)
        {
            edges.Add(edge);
            edges.Add(-edge);
        }

        foreach (var kink in kinks.Where(kink => Math.Abs(kink) < root * Math.Sin(width)))
        {
            edges.Add(Math.Asin(kink / root));
        }

        var (nodes, weights) = GaussianNodes.Legendre(20);
        var (sum, start) = (0.0, -width);
        foreach (var end in edges.Skip(1))
        {
            for (var k = 0; k < nodes.Length; k++)
            {
                var angle = (0.5 * (start + end)) + (0.5 * (end - start) * nodes[k]);
                sum += 0.5 * (end - start) * weights[k] * Math.Pow(Math.Cos(angle), _dimension - 2) * function(root * Math.Sin(angle));
            }

            start = end;
        }

        return constant * sum;
    }

    /// <summary>LN2: E ν₂ after an activation; it is the same at every layer and for every input.</summary>
    /// <param name="dual">The activation.</param>
    /// <returns>E s(√n U)².</returns>
    public double Square(DualActivation dual)
    {
        ArgumentNullException.ThrowIfNull(dual);
        return Expectation(z => dual.Curve.Value(z) * dual.Curve.Value(z), dual.Curve.Kinks);
    }

    /// <summary>LN3: the mean square of the noise after norm and activation; the norm is differentiated, as under both conventions of the program.</summary>
    /// <param name="dual">The activation.</param>
    /// <param name="variance">q = E y².</param>
    /// <param name="noise">D = E dy².</param>
    /// <param name="cross">C = E dy y.</param>
    /// <returns><c>((D - C²/q)/q)(n/(n-2)) E s'(z)²(1 - z²/n)</c>.</returns>
    public double Noise(DualActivation dual, double variance, double noise, double cross)
    {
        ArgumentNullException.ThrowIfNull(dual);
        var free = (noise - (cross * cross / variance)) / variance;
        return free * _dimension / (_dimension - 2) * Expectation(z => Math.Pow(dual.Curve.Slope(z), 2) * (1 - (z * z / _dimension)), dual.Curve.Kinks);
    }

    /// <summary>LN4: E s(z_i)s(z_j) of two points for homogeneous activations.</summary>
    /// <param name="slope">Slope a of the leaky ReLU below 0.</param>
    /// <param name="correlation">ρ of the pre-activations, in (-1, 1).</param>
    /// <returns><c>(n/2π)∬(ab)^{-½} d^{-n/2} V((1+b(1-ρ²))/d, (1+a(1-ρ²))/d, ρ/d) da db</c>, d = (1+a)(1+b) - abρ².</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside (-1, 1).</exception>
    public double Pair(double slope, double correlation)
    {
        if (correlation is not (> -1 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(correlation), correlation, "expected a correlation in (-1, 1)");
        }

        var dual = new LeakyDual(NamedCurves.Find(Networks.Function.LeakyRelu(slope)), slope);
        var (free, sum) = (1 - (correlation * correlation), 0.0);

        // The integrand decays only as e^{v/2} on the left, and at least as e^{-vn/2} on the right.
        var last = 4 + (80.0 / _dimension);
        for (var x = -76.0; x < last; x += Step)
        {
            for (var y = -76.0; y < last; y += Step)
            {
                if (0.5 * (Math.Min(x, 0) + Math.Min(y, 0)) < -38)
                {
                    continue;
                }

                var (a, b) = (Math.Exp(x), Math.Exp(y));
                var d = 1 + a + b + (a * b * free);
                var v = dual.Compute((1 + (b * free)) / d, (1 + (a * free)) / d, correlation / d).V;
                sum += Step * Step * Math.Exp((0.5 * (x + y)) - (0.5 * _dimension * Math.Log(d))) * v;
            }
        }

        return _dimension / (2 * Math.PI) * sum;
    }
}
