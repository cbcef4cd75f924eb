using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>
/// A centred kernel S of many points without its eigendecomposition: its leading directions are found one by one, and the rest S' is kept as a matrix, whose
/// functions are approximated by polynomials with a proven error bound.
/// </summary>
/// <remarks>
/// Batch norm needs <c>S(I + 2tS)⁻¹</c> for those t at which <c>g(t) = det(I + 2tS)^{-½}e^{-tPε}</c> has not vanished. At these, 2t times the largest
/// eigenvalue b of the rest is small if enough directions have been taken out: k of them damp g by at least <c>(1 + 2tb)^{-k/2}</c>. On [0, b] Chebyshev's
/// polynomial p of degree d has <c>|1 - (1+2tλ)p(λ)| ≤ 1/T_{d+1}(1 + 1/(tb))</c>. So S' p(S') lies between (1 ± this bound) S'(I + 2tS')⁻¹, and the relative
/// error of variances, squared distances and duals is no larger. b and the traces in the determinant follow from the powers of S' that p needs anyway: no
/// eigenvalue of S' exceeds (Tr S'^{2d+2})^{1/(2d+2)}, and Gauss's rule for d+1 nodes needs their traces. See docs/theory.md, “Batch norm of many points”.
/// </remarks>
internal sealed class SplitKernel
{
    /// <summary>Eigenvalues below this share of the trace are left in the rest.</summary>
    private const double Small = 3e-4;

    /// <summary>A rest below this share of the largest eigenvalue is a rounding error.</summary>
    private const double Negligible = 1e-12;

    private const int MostDegree = 3;

    private SplitKernel(int points, double trace, LeadingDirections leading, double epsilon) =>
        (Points, Trace, Values, Vectors, Epsilon, _residual) = (points, trace, leading.Values, leading.Vectors, epsilon, leading.Residual);

    private readonly double _residual;
    private double _bound;
    private double _restTrace;
    private int _restNodes;

    /// <summary>P.</summary>
    public int Points { get; }

    /// <summary>Tr S.</summary>
    public double Trace { get; }

    /// <summary>Tr S².</summary>
    public double Squares { get; private set; }

    /// <summary>ε.</summary>
    public double Epsilon { get; }

    /// <summary>Eigenvalues of the leading directions (k).</summary>
    public double[] Values { get; }

    /// <summary>The leading directions (P × k), stored by rows.</summary>
    public double[] Vectors { get; }

    /// <summary>S', S'², … up to S' p(S'), each stored by rows (P × P) and valid in the upper triangle; empty where there is no rest.</summary>
    public double[][] Powers { get; private set; } = [];

    /// <summary>An approximation of the spectrum: the leading eigenvalues, and Gauss's nodes for the rest.</summary>
    public double[] Spectrum { get; private set; } = [];

    /// <summary>The multiplicity of each element of <see cref="Spectrum"/>.</summary>
    public double[] Counts { get; private set; } = [];

    /// <summary>The measure g(t) dt.</summary>
    public LaplaceMeasure Measure { get; private set; } = null!;

    /// <summary>A bound on the relative error of variances and covariances, in the mean over the measure.</summary>
    public double Error { get; private set; }

    /// <summary>d; -1 where there is no rest.</summary>
    private int Degree => Powers.Length - 1;

    /// <summary>Splits a kernel.</summary>
    /// <param name="centred">S, stored by rows (P × P).</param>
    /// <param name="points">P.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="aim">Below this error no further power is computed.</param>
    /// <param name="worst">Above this error the split is not used.</param>
    /// <param name="lowest">An upper bound on the lowest eigenvalue, relative to the largest.</param>
    /// <returns>The split; null where its error is too large, nothing varies, or the measure does not decay.</returns>
    public static SplitKernel? Make(double[] centred, int points, double epsilon, double aim, double worst, out double lowest)
    {
        using var product = new MatrixProduct<double>(Environment.ProcessorCount);
        var trace = 0.0;
        for (var i = 0; i < points; i++)
        {
            trace += centred[i * (points + 1)];
        }

        var leading = LeadingDirections.Find(centred, points, Small * trace, product);
        lowest = leading.Values.Length == 0 ? 0 : leading.Lowest / leading.Values[0];
        if (!(trace > 0))
        {
            return null;
        }

        var split = new SplitKernel(points, trace, leading, epsilon);
        return split.Complete(centred, aim, worst, product) ? split : null;
    }

    /// <summary>1/(1 + 2tλ) for each leading direction.</summary>
    public double[] Damping(double time) => Array.ConvertAll(Values, value => 1 / (1 + (2 * time * value)));

    /// <summary>Coefficients of p, which approximates 1/(1 + 2tλ) on the rest (d + 1).</summary>
    public double[] Polynomial(double time)
    {
        if (Degree < 0)
        {
            return [];
        }

        // Chebyshev's polynomials shifted to [0, 1].
        ReadOnlySpan<double> shifted = Degree switch
        {
            0 => [-1, 2],
            1 => [1, -8, 8],
            2 => [-1, 18, -48, 32],
            _ => [1, -32, 160, -256, 128],
        };
        var (scale, power, coefficients, before) = ((Degree % 2 == 0 ? -1 : 1) / Chebyshev(Degree + 1, time), 1.0, new double[Degree + 1], 0.0);
        for (var m = 0; m <= Degree; m++)
        {
            before = ((m == 0 ? 1 : 0) - (scale * shifted[m] * power)) - (2 * time * before);
            coefficients[m] = before;
            power /= _bound;
        }

        return coefficients;
    }

    /// <summary>The relative error of variances at t.</summary>
    public double ErrorAt(double time) => Degree < 0 ? 0 : 1 / Chebyshev(Degree + 1, time);

    /// <summary>T_n(1 + 1/(tb)).</summary>
    private double Chebyshev(int n, double time)
    {
        var x = 1 + (1 / Math.Max(time * _bound, 1e-30));
        var (before, now) = (1.0, x);
        for (var k = 1; k < n; k++)
        {
            (before, now) = (now, (2 * x * now) - before);
        }

        return now;
    }

    private bool Complete(double[] centred, double aim, double worst, MatrixProduct<double> product)
    {
        var (rest, k) = ((double[])centred.Clone(), Values.Length);
        var scaled = new double[Vectors.Length];
        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = -Vectors[i] * Values[i % k];
        }

        if (k > 0)
        {
            DenseProduct.Multiply(product, new(scaled, k), new(Vectors, k, true), rest, Points, k, Points, accumulate: true);
        }

        double[] traces = [Diagonal(rest), Along(rest, rest)];
        Squares = traces[1] + VectorMath.Dot(Values, Values);
        if (k > 0 && Math.Sqrt(traces[1]) <= Negligible * Values[0])
        {
            (Spectrum, Counts) = (Values, [.. Values.Select(_ => 1.0)]);
            return Measured() && Error <= worst;
        }

        _restTrace = traces[0];
        double[][] powers = [rest];
        while (Powers.Length <= MostDegree)
        {
            // S'^m is the product of two powers whose exponents add up to m. Of powers that are factors, the whole matrix is stored.
            var m = powers.Length + 1;
            var next = new double[rest.Length];
            DenseProduct.Multiply(
                product,
                new(powers[(m / 2) - 1], Points),
                new(powers[m - (m / 2) - 1], Points),
                next,
                Points,
                Points,
                Points,
                upperOnly: true
            );
            if (m == 2)
            {
                Mirror(next, Points);
            }

            traces = [.. traces, Along(powers[^1], next), Along(next, next)];
            powers = [.. powers, next];
            Powers = powers;
            _bound = Math.Pow(traces[^1], 1.0 / traces.Length);
            var (nodes, counts) = Nodes(traces, _bound);
            _restNodes = nodes.Length;
            (Spectrum, Counts) = ([.. Values, .. nodes], [.. Values.Select(_ => 1.0), .. counts]);
            if (!(_bound > 0) || !Measured())
            {
                return false;
            }

            if (Error <= aim || m > MostDegree)
            {
                break;
            }
        }

        return Error <= worst;
    }

    /// <summary>Computes the measure and its error: from the polynomials, from the determinant, and from directions that are not exact eigenvectors.</summary>
    private bool Measured()
    {
        try
        {
            Measure = new LaplaceMeasure(Points, Spectrum, Counts, Epsilon);
        }
        catch (ArithmeticException)
        {
            return false;
        }

        // Directions with a residual R neglect S' R and its transpose.
        var (sum, total) = (0.0, 0.0);
        for (var k = 0; k < Measure.Times.Length; k++)
        {
            var (time, weight) = (Measure.Times[k], Measure.Weights[k]);
            var determinant = Degree < 0 ? 0 : 2 * time * _restTrace / Chebyshev(2 * _restNodes, time);
            sum += weight * Math.Min(1, ErrorAt(time) + determinant);
            total += weight;
        }

        Error = (sum / total) + (2 * _residual * Points / Trace);
        return true;
    }

    /// <summary>Gauss's nodes for the spectrum of the rest under the weight λ, from traces of powers, and the multiplicity of each node.</summary>
    private static (double[] Nodes, double[] Counts) Nodes(double[] traces, double bound)
    {
        var mass = traces[0];
        double[] moments = [.. traces.Select((trace, k) => trace / Math.Pow(bound, k) / mass)];
        for (var count = traces.Length / 2; count > 1; count--)
        {
            if (Rule(moments, count) is { } rule && rule.Nodes.All(node => node > 0))
            {
                return ([.. rule.Nodes.Select(node => node * bound)], [.. rule.Nodes.Zip(rule.Weights, (node, weight) => mass * weight / (node * bound))]);
            }
        }

        return ([traces[1] / traces[0]], [traces[0] * traces[0] / traces[1]]);
    }

    /// <summary>A rule from its moments, by the method of Golub and Welsch; null where rounded moments are not those of any measure.</summary>
    private static (double[] Nodes, double[] Weights)? Rule(double[] moments, int count)
    {
        var factor = new double[count, count + 1];
        for (var i = 0; i < count; i++)
        {
            for (var j = i; j <= count; j++)
            {
                var value = moments[i + j];
                for (var k = 0; k < i; k++)
                {
                    value -= factor[k, i] * factor[k, j];
                }

                if (i == j)
                {
                    if (!(value > 1e-13 * moments[2 * i]))
                    {
                        return null;
                    }

                    factor[i, i] = Math.Sqrt(value);
                    continue;
                }

                factor[i, j] = value / factor[i, i];
            }
        }

        var jacobi = Matrix<double>.Build.Dense(count, count);
        for (var k = 0; k < count; k++)
        {
            jacobi[k, k] = (factor[k, k + 1] / factor[k, k]) - (k == 0 ? 0 : factor[k - 1, k] / factor[k - 1, k - 1]);
            if (k > 0)
            {
                jacobi[k, k - 1] = jacobi[k - 1, k] = factor[k, k] / factor[k - 1, k - 1];
            }
        }

        var spectrum = jacobi.Evd(Symmetricity.Symmetric);
        return (
            [.. Enumerable.Range(0, count).Select(k => spectrum.EigenValues[k].Real)],
            [.. Enumerable.Range(0, count).Select(k => spectrum.EigenVectors[0, k] * spectrum.EigenVectors[0, k])]
        );
    }

    private double Diagonal(double[] matrix)
    {
        var sum = 0.0;
        for (var i = 0; i < Points; i++)
        {
            sum += matrix[i * (Points + 1)];
        }

        return sum;
    }

    /// <summary>Tr AB of two symmetric matrices, from their upper triangles.</summary>
    private double Along(double[] a, double[] b)
    {
        var sums = new double[Points];
        Parallel.For(
            0,
            Points,
            i =>
            {
                var first = i * (Points + 1);
                sums[i] = (a[first] * b[first]) + (2 * VectorMath.Dot(a.AsSpan(first + 1, Points - i - 1), b.AsSpan(first + 1, Points - i - 1)));
            }
        );
        return sums.Sum();
    }

    /// <summary>Fills the lower triangle in square blocks, because each element of a column of a large matrix is a cache miss.</summary>
    /// <param name="matrix">The matrix, stored by rows.</param>
    /// <param name="points">Number of its rows.</param>
    public static void Mirror(double[] matrix, int points)
    {
        const int block = 32;
        Parallel.For(
            0,
            (points + block - 1) / block,
            part =>
            {
                var (first, end) = (part * block, Math.Min(points, (part + 1) * block));
                for (var start = 0; start < end; start += block)
                {
                    for (var i = first; i < end; i++)
                    {
                        for (var j = start; j < Math.Min(i, start + block); j++)
                        {
                            matrix[(i * points) + j] = matrix[(j * points) + i];
                        }
                    }
                }
            }
        );
    }
}
