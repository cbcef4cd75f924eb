using System.Collections.Concurrent;
using MathNet.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// LN4 for any activation: <c>E s(z_i)s(z_j)</c> after layer or RMS norm over few channels, at every correlation of two points. Exact given the previous layer,
/// ε = 0.
/// </summary>
/// <remarks>
/// Two Gaussian vectors of Rⁿ with correlation ρ become unit vectors when they are normalised. The density of their cosine R is that of a sample correlation
/// (H. Hotelling 1953). One channel of both is the projection of a fixed direction onto their plane: <c>(r cos φ, r cos(φ - Θ))</c>, with R = cos Θ, φ uniform
/// and <c>r² ~ Beta(1, n/2 - 1)</c>. So <c>E s(z_i)s(z_j) = E V_n(R)</c>, where V_n is a dual whose radius has another law than for Gaussian variables. For
/// homogeneous s that law drops out and <c>V_n(R) = V(1, 1, R)</c>; the double integral of LN4 gives the same number. V_n and its mean are analytic in the
/// angles, and are interpolated at Chebyshev's nodes.
/// </remarks>
internal sealed class SpherePairs
{
    /// <summary>Least number of dimensions for which the density of the radius is bounded.</summary>
    public const int FewestDimensions = 4;

    private const int Nodes = 40;
    private const double Step = 1.0 / 16;

    /// <summary>The density of a correlation is neglected where it is below e^-Cut.</summary>
    private const double Cut = 38;

    private static readonly ConcurrentDictionary<(Function Function, int Dimension, double Scale), SpherePairs> Known = [];
    private readonly int _dimension;
    private readonly double[] _means;

    private SpherePairs(DualActivation dual, int dimension, double scale)
    {
        _dimension = dimension;
        var inner = Angles().Select(angle => OfAngle(dual, dimension, scale, angle)).ToArray();
        _means = [.. Angles().Select(angle => Mean(angle, inner))];
    }

    /// <summary>The law of an activation after a norm.</summary>
    /// <param name="function">The activation.</param>
    /// <param name="dimension">n: the number of channels, minus one if the mean is subtracted.</param>
    /// <param name="scale">γ.</param>
    public static SpherePairs Find(Function function, int dimension, double scale) =>
        Known.GetOrAdd((function, dimension, scale), key => new SpherePairs(DualActivation.For(key.Function), key.Dimension, key.Scale));

    /// <summary>E s(z_i)s(z_j).</summary>
    /// <param name="correlation">ρ of the pre-activations.</param>
    public double At(double correlation) => Interpolate(_means, Math.Acos(Math.Clamp(correlation, -1, 1)));

    /// <summary>V_n for two variables on the sphere at a given angle.</summary>
    private static double OfAngle(DualActivation dual, int dimension, double scale, double angle) =>
        dual is LeakyDual leaky ? scale * scale * leaky.Compute(1, 1, Math.Cos(angle)).V : SectorQuadrature.OnSphere(dual.Curve, scale, angle, dimension);

    /// <summary>E V_n(R), integrated over R = tanh ζ.</summary>
    private double Mean(double angle, double[] inner)
    {
        var (n, rho, free) = (_dimension, Math.Cos(angle), Math.Sin(angle) * Math.Sin(angle));
        if (free < 1e-24)
        {
            return Interpolate(inner, rho > 0 ? 0 : Math.PI);
        }

        var constant =
            SpecialFunctions.GammaLn(n) - SpecialFunctions.GammaLn(n + 0.5) + Math.Log(n - 1) - (0.5 * Math.Log(2 * Math.PI)) + (0.5 * n * Math.Log(free));
        var centre = 0.5 * Math.Log((1 + rho) * (1 + rho) / free);
        var step = Step * Math.Min(1, 8 / Math.Sqrt(n));
        var (sum, mass) = (0.0, 0.0);
        foreach (var sign in (int[])[1, -1])
        {
            for (var k = sign == 1 ? 0 : 1; ; k++)
            {
                var zeta = centre + (sign * k * step);
                var (r, rest) = (Math.Tanh(zeta), Math.Pow(Math.Cosh(zeta), -2));
                var logarithm =
                    constant + (0.5 * (n - 1) * Math.Log(rest)) - ((n - 0.5) * Math.Log(1 - (rho * r))) + Math.Log(Hypergeometric(n, 0.5 * (1 + (rho * r))));
                var weight = step * Math.Exp(logarithm);
                (sum, mass) = (sum + (weight * Interpolate(inner, Math.Acos(r))), mass + weight);
                if (k > 0 && logarithm < -Cut)
                {
                    break;
                }
            }
        }

        return sum / mass;
    }

    /// <summary>₂F₁(½, ½; n + ½; x); the terms of the series are positive and decay at least as xᵏ.</summary>
    private static double Hypergeometric(int n, double x)
    {
        var (term, sum) = (1.0, 1.0);
        for (var k = 0; k < 10_000 && term > 1e-17 * sum; k++)
        {
            term *= (k + 0.5) * (k + 0.5) * x / ((n + 0.5 + k) * (k + 1));
            sum += term;
        }

        return sum;
    }

    private static IEnumerable<double> Angles() => Enumerable.Range(0, Nodes).Select(k => 0.5 * Math.PI * (1 - Math.Cos(Math.PI * (k + 0.5) / Nodes)));

    /// <summary>Barycentric interpolation at Chebyshev's nodes of the first kind.</summary>
    private static double Interpolate(double[] values, double angle)
    {
        var (above, below) = (0.0, 0.0);
        for (var k = 0; k < Nodes; k++)
        {
            var phase = Math.PI * (k + 0.5) / Nodes;
            var distance = angle - (0.5 * Math.PI * (1 - Math.Cos(phase)));
            if (Math.Abs(distance) < 1e-15)
            {
                return values[k];
            }

            var weight = (k % 2 == 0 ? 1 : -1) * Math.Sin(phase) / distance;
            (above, below) = (above + (weight * values[k]), below + weight);
        }

        return above / below;
    }
}
