using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>
/// Batch norm of many points before activations of the leaky family: Gauss's rule for the measure g(t) dt needs ten covariances where the trapezoidal rule
/// needs hundreds.
/// </summary>
/// <remarks>
/// The measure is first discretised by a trapezoidal rule that only involves numbers and is exact to rounding. Lanczos's method then gives the rule for
/// polynomials in <c>x = 1/(1 + ct)</c>, <c>c = 2 Tr S²/Tr S</c>: where all eigenvalues are equal, one node is exact. Signal and noise have the same measure,
/// so they share their covariances. Source: W. Gautschi, <i>Orthogonal Polynomials</i>, section 2.2.
/// </remarks>
internal sealed partial class BatchNormKernel
{
    /// <summary>Step in ln t of the rule that discretises the measure; its error is e^{-π²/step}.</summary>
    private const double ScalarStep = 0.25;

    /// <summary>ln t at the first node, relative to the scale of the batch.</summary>
    private const double ScalarFirst = -44;

    /// <summary>Greatest number of nodes; with more, the trapezoidal rule is as good.</summary>
    private const int MostGaussNodes = 64;

    private const int FewestGaussNodes = 4;

    /// <summary>Signal and noise as in <see cref="Homogeneous"/>; null where few nodes are not accurate enough.</summary>
    private ActivationKernel? OfManyPoints(LeakyDual dual, Matrix<double>? noise, Matrix<double>? cross)
    {
        var measure = Measure();
        using var product = new MatrixProduct<double>(Environment.ProcessorCount);
        var along = cross is null ? null : cross * Directions;
        var coarse = WithRule(FewestGaussNodes);
        for (var nodes = 2 * FewestGaussNodes; nodes <= MostGaussNodes; nodes *= 2)
        {
            // Gauss's rule converges geometrically: twice the nodes square the error. Where one direction holds most of the variance, the power is somewhat
            // less (1.4 was measured at r = 3).
            var fine = WithRule(nodes);
            var error = Math.Pow(fine.Zip(coarse, Difference).Largest(), 4.0 / 3);
            if (error <= _tolerance)
            {
                Matrix<double> Part(int k) => Matrix<double>.Build.Dense(Points, Points, fine[k]);
                return new(
                    Part(0),
                    noise is null ? null
                        : cross is null ? Part(1).PointwiseMultiply(noise)
                        : Part(1),
                    cross is null ? null : Part(2),
                    Math.Max(error, _tolerance)
                );
            }

            coarse = fine;
        }

        return null;

        // The parts are the signal; then T, or the noise and its covariance with the signal. Symmetric parts are stored by rows, the last one as C_ij at (j,
        // i).
        double[][] WithRule(int count)
        {
            var (times, weights) = GaussRule(measure, count);
            double[][] parts =
            [
                .. Enumerable
                    .Range(
                        0,
                        noise is null ? 1
                            : cross is null ? 2
                            : 3
                    )
                    .Select(_ => new double[Points * Points]),
            ];
            for (var k = 0; k < times.Length; k++)
            {
                var (time, weight) = (times[k], weights[k]);
                var covariance = Covariance(time, product);
                if (along is null)
                {
                    AddDuals(dual, covariance, weight, parts);
                    continue;
                }

                var damped = along * Matrix<double>.Build.DiagonalOfDiagonalArray([.. Eigenvalues.Select(eigenvalue => 1 / (1 + (2 * time * eigenvalue)))]);
                AddDuals(dual, covariance, weight, [parts[0]]);
                AddNoise(
                    dual,
                    covariance,
                    DenseProduct.OfTransposed(damped, Directions),
                    noise! - (2 * time * DenseProduct.OfTransposed(damped, along)),
                    weight,
                    parts[1],
                    parts[2]
                );
            }

            return parts;
        }

        static double Difference(double[] fine, double[] coarse)
        {
            var (difference, size) = (0.0, 0.0);
            for (var i = 0; i < fine.Length; i++)
            {
                (difference, size) = (Math.Max(difference, Math.Abs(fine[i] - coarse[i])), Math.Max(size, Math.Abs(fine[i])));
            }

            return size == 0 ? 0 : difference / size;
        }
    }

    /// <summary>Adds V of each pair, and T if there is an array for it.</summary>
    private void AddDuals(LeakyDual dual, double[] covariance, double weight, double[][] parts) =>
        Parallel.For(
            0,
            Points,
            i =>
            {
                var (own, row) = (covariance[(i * Points) + i], i * Points);
                for (var j = i; j < Points; j++)
                {
                    var scale = i == j ? own : Math.Sqrt(own * covariance[(j * Points) + j]);
                    var pair = scale == 0 ? default : Unit(dual, i == j ? 1 : Math.Clamp(covariance[row + j] / scale, -1, 1));
                    Add(parts[0], weight * scale * pair.V);
                    if (parts.Length > 1)
                    {
                        Add(parts[1], weight * pair.T);
                    }

                    void Add(double[] part, double value)
                    {
                        part[row + j] += value;
                        if (i != j)
                        {
                            part[(j * Points) + i] += value;
                        }
                    }
                }
            }
        );

    /// <summary>The measure P g(t) dt as points and weights.</summary>
    private (double[] Times, double[] Weights) Measure()
    {
        var (times, weights, total) = (new List<double>(), new List<double>(), 0.0);
        for (var node = 0; node < MostNodes; node++)
        {
            var time = Math.Exp(ScalarFirst + (node * ScalarStep)) / _timeScale;
            var weight = Points * ScalarStep * time * Damping(time);
            times.Add(time);
            weights.Add(weight);
            total += weight;
            if (weight <= 1e-17 * total && time * _timeScale > 1)
            {
                return ([.. times], [.. weights]);
            }
        }

        throw new ArithmeticException($"the measure of {Rank} directions has not ended after {MostNodes} nodes");
    }

    /// <summary>Gauss's rule of a measure, for polynomials in x.</summary>
    private (double[] Times, double[] Weights) GaussRule((double[] Times, double[] Weights) measure, int count)
    {
        var (squares, sum) = (0.0, 0.0);
        foreach (var eigenvalue in Eigenvalues)
        {
            (squares, sum) = (squares + (eigenvalue * eigenvalue), sum + eigenvalue);
        }

        var speed = 2 * squares / sum;
        var x = Array.ConvertAll(measure.Times, time => 1 / (1 + (speed * time)));
        var mass = measure.Weights.Sum();
        var basis = new List<double[]> { Array.ConvertAll(measure.Weights, weight => Math.Sqrt(weight / mass)) };
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
            (times[k], weights[k]) = (((1 / rule.EigenValues[k].Real) - 1) / speed, mass * rule.EigenVectors[0, k] * rule.EigenVectors[0, k]);
        }

        return (times, weights);
    }
}
