using System.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Mehler's expansion of a dual for many points: <c>V = Σ a_n(q_i)a_n(q_j)cⁿ</c>, a_n the orthonormal Hermite coefficients of s(√q z).</summary>
/// <remarks>
/// The coefficients cost a quadrature for each point, not for each pair, and the sums two operations for each term. The remainder after N terms is at most
/// <c>|c|ᴺ √(r_i r_j)</c>, where r is the remainder of a point's sum of squares, known from <c>E s²</c>. Coefficients of s' are b_n; derivatives follow from
/// coefficients of higher order:
/// <c>2q ∂V/∂q₁ = Σ √((n+1)(n+2)) a_{n+2}(q₁)a_n(q₂)cⁿ</c>, and likewise for T.
/// </remarks>
internal sealed class MehlerTable
{
    private const int MostTerms = 512;

    /// <summary>
    /// Greatest number of terms for a function with kinks, whose coefficients fall as powers; near c = ±1 another method replaces the expansion.
    /// </summary>
    private const int MostTermsWithKinks = 256;

    private const int FewestTerms = 32;

    /// <summary>Additional terms that derivatives need.</summary>
    private const int Ahead = 2;

    /// <summary>Remainder of the sum of squares, relative to the whole, at which an expansion ends.</summary>
    private const double Negligible = 1e-15;

    private readonly ActivationCurve _curve;
    private readonly double[] _variances;
    private readonly double[][] _values;
    private readonly double[][] _slopes;

    private MehlerTable(ActivationCurve curve, double[] variances, double[][] values, double[][] slopes, ActivationMoments[] moments)
    {
        (_curve, _variances, _values, _slopes) = (curve, variances, values, slopes);
        Terms = values.Length - Ahead;
        Moments = moments;
        ValueRest = Rest(values, i => moments[i].Square);
        SlopeRest = Rest(slopes, i => moments[i].SquareSlope);
    }

    /// <summary>Number of terms N.</summary>
    public int Terms { get; }

    /// <summary>Moments of each point.</summary>
    public ActivationMoments[] Moments { get; }

    /// <summary>The remainder r of each point, for V.</summary>
    public double[] ValueRest { get; }

    /// <summary>The remainder r of each point, for T.</summary>
    public double[] SlopeRest { get; }

    /// <summary>Expands a dual.</summary>
    /// <param name="dual">The dual.</param>
    /// <param name="variances">q of each point.</param>
    public static MehlerTable Make(DualActivation dual, double[] variances)
    {
        var moments = new ActivationMoments[variances.Length];
        Parallel.For(0, variances.Length, Sharing.Options(variances.Length), i => moments[i] = dual.Moments(variances[i]));
        var terms = Ahead + TermsFor(dual.Curve, variances, moments);
        var (values, slopes) = (Rows(terms, variances.Length), Rows(terms, variances.Length));
        Parallel.For(
            0,
            variances.Length,
            Sharing.Options(variances.Length),
            i =>
            {
                var (value, slope) = Coefficients(dual.Curve, variances[i], terms);
                for (var n = 0; n < terms; n++)
                {
                    (values[n][i], slopes[n][i]) = (value[n], slope[n]);
                }
            }
        );
        return new MehlerTable(dual.Curve, variances, values, slopes, moments);
    }

    /// <summary>Adds V of one point with several others.</summary>
    public void AddValues(int i, ReadOnlySpan<double> correlations, Span<double> result) => Sum(_values, _values, i, correlations, result);

    /// <summary>Adds T of one point with several others.</summary>
    public void AddSlopes(int i, ReadOnlySpan<double> correlations, Span<double> result) => Sum(_slopes, _slopes, i, correlations, result);

    /// <summary>a_n² of a point.</summary>
    public double[] Squares(int i) => [.. _values.Take(Terms).Select(row => row[i] * row[i])];

    /// <summary>The tables whose sums with those of V or T are derivatives.</summary>
    public MehlerDerivatives Derivatives()
    {
        var (value, slope, curvature) = (Rows(Terms, _variances.Length), Rows(Terms, _variances.Length), Rows(Terms, _variances.Length));
        for (var n = 0; n < Terms; n++)
        {
            for (var i = 0; i < _variances.Length; i++)
            {
                if (_variances[i] == 0)
                {
                    // A point of variance 0 has no noise along it, and a derivative of T is only needed for such noise.
                    (value[n][i], curvature[n][i]) = n == 0 ? (0.5 * _curve.Curvature(0), _curve.Curvature(0)) : (0, 0);
                    continue;
                }

                var factor = 0.5 * Math.Sqrt((n + 1.0) * (n + 2.0)) / _variances[i];
                value[n][i] = factor * _values[n + Ahead][i];
                slope[n][i] = factor * _slopes[n + Ahead][i];
                curvature[n][i] = Math.Sqrt((n + 1.0) / _variances[i]) * _slopes[n + 1][i];
            }
        }

        return new MehlerDerivatives(_values, _slopes, value, slope, curvature);
    }

    /// <summary>Horner's scheme in c, for one point with several others.</summary>
    internal static void Sum(double[][] left, double[][] right, int i, ReadOnlySpan<double> correlations, Span<double> result, int terms)
    {
        var width = Vector<double>.Count;
        var j = 0;
        for (; j <= correlations.Length - (2 * width); j += 2 * width)
        {
            var (c0, c1) = (new Vector<double>(correlations[j..]), new Vector<double>(correlations[(j + width)..]));
            Vector<double> sum0 = default,
                sum1 = default;
            for (var n = terms - 1; n >= 0; n--)
            {
                var factor = new Vector<double>(left[n][i]);
                sum0 = Vector.FusedMultiplyAdd(sum0, c0, factor * new Vector<double>(right[n], j));
                sum1 = Vector.FusedMultiplyAdd(sum1, c1, factor * new Vector<double>(right[n], j + width));
            }

            sum0.CopyTo(result[j..]);
            sum1.CopyTo(result[(j + width)..]);
        }

        for (; j < correlations.Length; j++)
        {
            var sum = 0.0;
            for (var n = terms - 1; n >= 0; n--)
            {
                sum = Math.FusedMultiplyAdd(sum, correlations[j], left[n][i] * right[n][j]);
            }

            result[j] = sum;
        }
    }

    private void Sum(double[][] left, double[][] right, int i, ReadOnlySpan<double> correlations, Span<double> result) =>
        Sum(left, right, i, correlations, result, Terms);

    /// <summary>The least number of terms whose remainder is negligible at the smallest and at the largest variance.</summary>
    private static int TermsFor(ActivationCurve curve, double[] variances, ActivationMoments[] moments)
    {
        var (terms, most) = (FewestTerms, curve.Kinks.Count == 0 ? MostTerms : MostTermsWithKinks);
        foreach (var index in (int[])[Array.IndexOf(variances, variances.Min()), Array.IndexOf(variances, variances.Max())])
        {
            var (_, slopes) = Coefficients(curve, variances[index], most);
            var (left, needed) = (moments[index].SquareSlope, 0);
            while (needed < most && left > Negligible * moments[index].SquareSlope)
            {
                left -= slopes[needed] * slopes[needed];
                needed++;
            }

            terms = Math.Max(terms, needed);
        }

        return Math.Min(most, terms + 4);
    }

    private static (double[] Values, double[] Slopes) Coefficients(ActivationCurve curve, double variance, int terms)
    {
        var (deviation, a, b) = (Math.Sqrt(variance), new double[terms], new double[terms]);
        if (variance == 0)
        {
            (a[0], b[0]) = (curve.Value(0), curve.Slope(0));
            return (a, b);
        }

        var (nodes, weights) = GaussianNodes.Make(0, deviation, curve.Kinks);
        var (before, now, next) = (new double[nodes.Length], new double[nodes.Length], new double[nodes.Length]);
        var (values, slopes) = (new double[nodes.Length], new double[nodes.Length]);
        for (var k = 0; k < nodes.Length; k++)
        {
            (now[k], values[k], slopes[k]) = (1, weights[k] * curve.Value(deviation * nodes[k]), weights[k] * curve.Slope(deviation * nodes[k]));
        }

        for (var n = 0; n < terms; n++)
        {
            a[n] = Numerics.VectorMath.Dot(values, now);
            b[n] = Numerics.VectorMath.Dot(slopes, now);
            Step(nodes, before, now, next, Math.Sqrt(n), 1 / Math.Sqrt(n + 1.0));
            (before, now, next) = (now, next, before);
        }

        return (a, b);
    }

    /// <summary>h_{n+1} = (z h_n - √n h_{n-1})/√(n+1).</summary>
    private static void Step(double[] nodes, double[] before, double[] now, double[] next, double root, double inverse)
    {
        var k = 0;
        for (; k <= nodes.Length - Vector<double>.Count; k += Vector<double>.Count)
        {
            ((((new Vector<double>(nodes, k) * new Vector<double>(now, k)) - (root * new Vector<double>(before, k))) * inverse)).CopyTo(next, k);
        }

        for (; k < nodes.Length; k++)
        {
            next[k] = ((nodes[k] * now[k]) - (root * before[k])) * inverse;
        }
    }

    private double[] Rest(double[][] coefficients, Func<int, double> square)
    {
        var rest = new double[_variances.Length];
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] = square(i);
            for (var n = 0; n < Terms; n++)
            {
                rest[i] -= coefficients[n][i] * coefficients[n][i];
            }

            rest[i] = Math.Max(0, rest[i]);
        }

        return rest;
    }

    private static double[][] Rows(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];
}
