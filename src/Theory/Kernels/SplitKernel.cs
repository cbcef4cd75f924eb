using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>
/// A centred kernel S of many points without its eigendecomposition: its leading directions one by one, and the rest S' as a matrix, whose functions are
/// polynomials with a proven error.
/// </summary>
/// <remarks>
/// Batch norm asks for <c>S(I + 2tS)⁻¹</c> at the t where <c>g(t) = det(I + 2tS)^{-½}e^{-tPε}</c> has not vanished. There 2t times the largest eigenvalue b of
/// what is left is small once enough directions are taken out: k of them damp g by <c>(1 + 2tb)^{-k/2}</c> at least. On [0, b] Chebyshev's polynomial p of
/// degree d has <c>|1 - (1+2tλ)p(λ)| ≤ 1/T_{d+1}(1 + 1/(tb))</c>: S' p(S') lies between (1 ± that) S'(I + 2tS')⁻¹, so variances and squared distances, and with
/// them the duals, have no larger share of error. b and the traces that the determinant asks for come from the powers of S' that p needs anyway: no eigenvalue
/// of S' exceeds (Tr S'^{2d+2})^{1/(2d+2)}, and Gauss's rule for d+1 nodes has their traces. docs/theory.md, “Batch norm of many points”.
/// </remarks>
internal sealed class SplitKernel
{
    /// <summary>Eigenvalues below this share of the trace stay in the rest.</summary>
    private const double Small = 3e-4;

    /// <summary>A rest below this share of the largest eigenvalue is rounding.</summary>
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

    /// <summary>The directions (P × k), row after row.</summary>
    public double[] Vectors { get; }

    /// <summary>S', S'², … up to S' p(S'), each row after row (P × P), of which the upper triangle holds; none where nothing is left.</summary>
    public double[][] Powers { get; private set; } = [];

    /// <summary>What stands for the spectrum: the leading eigenvalues, and Gauss's nodes for the rest.</summary>
    public double[] Spectrum { get; private set; } = [];

    /// <summary>How often each counts.</summary>
    public double[] Counts { get; private set; } = [];

    /// <summary>The measure g(t) dt.</summary>
    public LaplaceMeasure Measure { get; private set; } = null!;

    /// <summary>A bound on the share by which variances and covariances under the measure are wrong, in its mean.</summary>
    public double Error { get; private set; }

    /// <summary>d, -1 where nothing is left.</summary>
    private int Degree => Powers.Length - 1;

    /// <summary>Splits a kernel.</summary>
    /// <param name="centred">S, row after row (P × P).</param>
    /// <param name="points">P.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="aim">Error that no further power is computed for.</param>
    /// <param name="worst">Error beyond which it is no use.</param>
    /// <param name="lowest">A number that the lowest eigenvalue does not exceed, as a share of the largest.</param>
    /// <returns>The parts; null where their error is too large, nothing varies, or the measure does not end.</returns>
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

    /// <summary>1/(1 + 2tλ) of each leading direction.</summary>
    public double[] Damping(double time) => Array.ConvertAll(Values, value => 1 / (1 + (2 * time * value)));

    /// <summary>Coefficients of p, which stands for 1/(1 + 2tλ) on the rest (d + 1).</summary>
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

    /// <summary>The share by which variances are wrong at t.</summary>
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
            // S'^m from two powers whose exponents add up to m; those that are factors are whole.
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

    /// <summary>Makes the measure and its error: of the polynomials, of the determinant, and of directions that are not quite eigenvectors.</summary>
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

        // Directions that are off by a residual R leave out S' R and its transpose.
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

    /// <summary>Gauss's nodes for the spectrum of the rest under the weight λ, from traces of powers, and how often each counts.</summary>
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

    /// <summary>Golub and Welsch's way from moments to a rule; null where rounding has made them those of no measure.</summary>
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

    /// <summary>Fills the lower triangle, in square blocks: a column of a large matrix is a cache miss for every element.</summary>
    /// <param name="matrix">The matrix, row after row.</param>
    /// <param name="points">Its rows.</param>
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
