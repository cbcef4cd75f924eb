namespace Wellbehaved.Theory;

/// <summary>Nodes t of an integral under the measure of batch norm, with the coefficients and diagonals of a split kernel at each node.</summary>
internal sealed class SplitRule
{
    /// <summary>Prepares the nodes.</summary>
    /// <param name="split">The kernel.</param>
    /// <param name="cross">Covariance of noise and signal; null where it is zero.</param>
    /// <param name="times">t.</param>
    /// <param name="weights">Their weights.</param>
    public SplitRule(SplitKernel split, SplitCross? cross, double[] times, double[] weights)
    {
        (Times, Weights) = (times, weights);
        Damping = Array.ConvertAll(times, split.Damping);
        Polynomials = Array.ConvertAll(times, split.Polynomial);
        Variances =
        [
            .. Enumerable
                .Range(0, times.Length)
                .Select(node => Diagonal(split.Vectors, split.Vectors, split.Powers, Scaled(split.Values, Damping[node]), Polynomials[node], split.Points)),
        ];
        Joint = cross is null
            ? []
            :
            [
                .. Enumerable
                    .Range(0, times.Length)
                    .Select(node => Diagonal(cross.Along, split.Vectors, cross.Powers, Damping[node], Polynomials[node], split.Points)),
            ];
    }

    public double[] Times { get; }

    public double[] Weights { get; }

    /// <summary>1/(1 + 2tλ) of the leading directions, at each node.</summary>
    public double[][] Damping { get; }

    /// <summary>Coefficients for the rest, at each node.</summary>
    public double[][] Polynomials { get; }

    /// <summary>The diagonal of S_t, at each node.</summary>
    public double[][] Variances { get; }

    /// <summary>The diagonal of M_t, at each node.</summary>
    public double[][] Joint { get; }

    /// <summary>The diagonal of A diag(f) Bᵀ + Σ coefficient·power.</summary>
    /// <param name="a">A (P × k).</param>
    /// <param name="b">B (P × k).</param>
    /// <param name="powers">The powers (P × P).</param>
    /// <param name="factors">f (k).</param>
    /// <param name="coefficients">The coefficient of each power.</param>
    /// <param name="points">P.</param>
    public static double[] Diagonal(double[] a, double[] b, double[][] powers, double[] factors, double[] coefficients, int points)
    {
        var (diagonal, k) = (new double[points], factors.Length);
        for (var i = 0; i < points; i++)
        {
            var sum = 0.0;
            for (var c = 0; c < k; c++)
            {
                sum += a[(i * k) + c] * b[(i * k) + c] * factors[c];
            }

            for (var m = 0; m < powers.Length; m++)
            {
                sum += coefficients[m] * powers[m][i * (points + 1)];
            }

            diagonal[i] = sum;
        }

        return diagonal;
    }

    /// <summary>The products of corresponding numbers.</summary>
    public static double[] Scaled(double[] values, double[] factors) => [.. values.Zip(factors, (value, factor) => value * factor)];
}
