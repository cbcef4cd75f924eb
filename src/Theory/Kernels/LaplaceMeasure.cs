using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>
/// The measure <c>P g(t) dt</c>, <c>g(t) = det(I + 2tS)^{-½} e^{-tPε}</c>, as points and weights. Expectations with a factor 1/(σ²+ε) are integrals over it.
/// </summary>
/// <remarks>
/// It is discretised by a trapezoidal rule in ln t that only involves numbers and is exact to rounding. Lanczos's method gives Gauss's rule for polynomials in
/// <c>x = 1/(1 + ct)</c>, <c>c = 2 Tr S²/Tr S</c>: where all eigenvalues are equal, one node is exact. Source: W. Gautschi, <i>Orthogonal Polynomials</i>,
/// section 2.2.
/// </remarks>
internal sealed class LaplaceMeasure
{
    /// <summary>Step in ln t of the rule that discretises the measure; its error is e^{-π²/step}.</summary>
    private const double Step = 0.25;

    /// <summary>ln t at the first node, relative to the scale of the batch.</summary>
    private const double First = -44;

    /// <summary>Greatest number of nodes, far more than are needed.</summary>
    private const int MostNodes = 100_000;

    /// <summary>c.</summary>
    private readonly double _scale;

    /// <summary>Discretises the measure.</summary>
    /// <param name="points">P.</param>
    /// <param name="eigenvalues">Eigenvalues of S.</param>
    /// <param name="counts">Multiplicity of each eigenvalue; null for 1.</param>
    /// <param name="epsilon">ε.</param>
    /// <exception cref="ArithmeticException">The measure does not decay: there are at most two directions, and ε = 0.</exception>
    public LaplaceMeasure(int points, double[] eigenvalues, double[]? counts, double epsilon)
    {
        var (sum, squares) = (0.0, 0.0);
        for (var k = 0; k < eigenvalues.Length; k++)
        {
            var count = counts?[k] ?? 1;
            (sum, squares) = (sum + (count * eigenvalues[k]), squares + (count * eigenvalues[k] * eigenvalues[k]));
        }

        _scale = 2 * squares / sum;
        var (scale, times, weights, total) = (sum + (points * epsilon), new List<double>(), new List<double>(), 0.0);
        for (var node = 0; node < MostNodes; node++)
        {
            var time = Math.Exp(First + (node * Step)) / scale;
            var logarithm = -time * points * epsilon;
            for (var k = 0; k < eigenvalues.Length; k++)
            {
                logarithm -= 0.5 * (counts?[k] ?? 1) * Math.Log(1 + (2 * time * eigenvalues[k]));
            }

            var weight = points * Step * time * Math.Exp(logarithm);
            times.Add(time);
            weights.Add(weight);
            total += weight;
            if (weight <= 1e-17 * total && time * scale > 1)
            {
                (Times, Weights) = ([.. times], [.. weights]);
                return;
            }
        }

        throw new ArithmeticException($"the measure of {eigenvalues.Length} directions has not ended after {MostNodes} nodes");
    }

    /// <summary>The points t.</summary>
    public double[] Times { get; }

    /// <summary>Their weights.</summary>
    public double[] Weights { get; }

    /// <summary>Gauss's rule of the measure, for polynomials in x.</summary>
    /// <param name="count">Number of nodes; there are fewer where fewer are exact.</param>
    public (double[] Times, double[] Weights) Gauss(int count)
    {
        var x = Array.ConvertAll(Times, time => 1 / (1 + (_scale * time)));
        var mass = Weights.Sum();
        var basis = new List<double[]> { Array.ConvertAll(Weights, weight => Math.Sqrt(weight / mass)) };
        var jacobi = Matrix<double>.Build.Dense(count, count);
        for (var k = 0; k < count; k++)
        {
            var next = basis[k].Zip(x, (value, at) => value * at).ToArray();
            jacobi[k, k] = VectorMath.Dot(next, basis[k]);

            // The vector is orthogonalised twice, so that the basis stays orthogonal.
            for (var pass = 0; pass < 2; pass++)
            {
                foreach (var earlier in basis)
                {
                    VectorMath.AddScaled(next, -VectorMath.Dot(next, earlier), earlier);
                }
            }

            var norm = Math.Sqrt(VectorMath.Dot(next, next));
            if (k + 1 == count || norm < 1e-14)
            {
                jacobi = jacobi.SubMatrix(0, k + 1, 0, k + 1);
                break;
            }

            jacobi[k, k + 1] = jacobi[k + 1, k] = norm;
            VectorMath.Scale(next, 1 / norm);
            basis.Add(next);
        }

        var rule = jacobi.Evd(Symmetricity.Symmetric);
        var (times, weights) = (new double[jacobi.RowCount], new double[jacobi.RowCount]);
        for (var k = 0; k < times.Length; k++)
        {
            (times[k], weights[k]) = (((1 / rule.EigenValues[k].Real) - 1) / _scale, mass * rule.EigenVectors[0, k] * rule.EigenVectors[0, k]);
        }

        return (times, weights);
    }
}
