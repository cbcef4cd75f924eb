using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Batch norm without a following activation, or followed by an activation of the leaky family. Laws B1 and B5.</summary>
internal sealed partial class BatchNormKernel
{
    /// <summary>ε.</summary>
    internal double Epsilon => _epsilon;

    /// <summary><c>E z_i z_j</c>. It is diagonal in the directions of S, since flipping the sign of one direction changes nothing.</summary>
    /// <returns>Kernel (P × P) and an estimate of the quadrature's relative error.</returns>
    internal (Matrix<double> Kernel, double Error) Linear()
    {
        if (Split is { } split)
        {
            return split.Linear();
        }

        if (Rank == 0)
        {
            return (Matrix<double>.Build.Dense(Points, Points), 0);
        }

        var shares = Integrate(
            Rank,
            (time, weight, sum) =>
            {
                for (var k = 0; k < sum.Length; k++)
                {
                    sum[k] += weight * Eigenvalues[k] / (1 + (2 * time * Eigenvalues[k]));
                }
            },
            Tail.Signal,
            out var error
        );
        var scaled = Directions * Matrix<double>.Build.DiagonalOfDiagonalArray(shares);
        return (DenseProduct.OfTransposed(scaled, Directions), error);
    }

    /// <summary>
    /// Signal and noise after batch norm with held statistics and a homogeneous activation: <c>P∫g(t) F(S_t) dt</c>, where F is given by S1, N2 and N3. Under
    /// the weight of t the noise has the covariances <c>M_t = CG(I + 2tS)⁻¹</c> with the centred signal and <c>D_t = D - 2t CG(I + 2tS)⁻¹GCᵀ</c> with itself.
    /// </summary>
    /// <param name="dual">Dual of the activation.</param>
    /// <param name="noise">Covariance of the noise before batch norm (P × P).</param>
    /// <param name="cross"><c>E[dy_i y_j]</c> (P × P); null where it is zero.</param>
    /// <exception cref="ArgumentException">r ≤ 2 and ε = 0: the noise's expectation is infinite.</exception>
    internal ActivationKernel Homogeneous(LeakyDual dual, Matrix<double>? noise, Matrix<double>? cross)
    {
        if (noise is not null && !VariesEnough)
        {
            RequireFiniteNoise();
        }

        if (Split?.Homogeneous(dual, cross is null ? null : noise, cross, asksSlopes: noise is not null) is { } settled)
        {
            return cross is null && noise is not null ? settled with { Noise = settled.Noise!.PointwiseMultiply(noise) } : settled;
        }

        if (Rank == 0)
        {
            // Nothing varies, so z = 0 everywhere. There the slope is that of the left side, and the noise is divided by √ε.
            return new(Matrix<double>.Build.Dense(Points, Points), noise is null ? null : noise * (dual.Compute(0, 0, 0).T / _epsilon), null, 0);
        }

        if (noise is not null)
        {
            RequireFiniteNoise();
        }

        if (Points >= SharedFrom && OfManyPoints(dual, noise, cross) is { } many)
        {
            return many;
        }

        using var product = new MatrixProduct<double>(Points >= SharedFrom ? Environment.ProcessorCount : 1);
        var (signal, signalError) = IntegratePairs((scale, c) => scale * Unit(dual, c).V, Tail.Signal);
        if (noise is null)
        {
            return new(signal, null, null, signalError);
        }

        if (cross is null)
        {
            var (passed, error) = IntegratePairs((scale, c) => scale == 0 ? 0 : Unit(dual, c).T, Tail.InverseVariance);
            return new(signal, passed.PointwiseMultiply(noise), null, Math.Max(signalError, error));
        }

        var (size, along) = (Points * Points, cross * Directions);
        var values = Integrate(
            2 * size,
            (time, weight, sum) =>
            {
                var damping = Eigenvalues.Select(eigenvalue => 1 / (1 + (2 * time * eigenvalue))).ToArray();
                var damped = along * Matrix<double>.Build.DiagonalOfDiagonalArray(damping);
                AddNoise(
                    dual,
                    Covariance(time, product),
                    DenseProduct.OfTransposed(damped, Directions),
                    noise - (2 * time * DenseProduct.OfTransposed(damped, along)),
                    weight,
                    sum.AsMemory(0, size),
                    sum.AsMemory(size)
                );
            },
            Tail.InverseVariance,
            out var noiseError
        );
        return new(
            signal,
            Matrix<double>.Build.Dense(Points, Points, values[..size]),
            Matrix<double>.Build.Dense(Points, Points, values[size..]),
            Math.Max(signalError, noiseError)
        );
    }

    /// <summary>
    /// B5: the mean square of noise after batch norm whose statistics are also differentiated, <c>dz = (dy - mean dy - z·mean(z dy))/σ</c>, for noise that is
    /// independent of the signal, averaged over the points:
    /// <c>(Tr GD/P) E 1/σ² - ∫ t g(t) Tr(D S_t) dt</c>. A leaky activation multiplies it by (1+a²)/2. ε = 0.
    /// </summary>
    /// <param name="noise">D, covariance of the noise over the points (P × P).</param>
    /// <returns>The mean square and an estimate of the quadrature's relative error.</returns>
    /// <exception cref="ArgumentException">ε is not 0, sizes differ, or r ≤ 2, so that the expectation is infinite.</exception>
    internal (double Value, double Error) FullNoise(Matrix<double> noise)
    {
        if (_epsilon != 0)
        {
            throw new ArgumentException($"expected ε = 0, got {_epsilon}: the law of noise with differentiated statistics is known for it alone");
        }

        if (noise.RowCount != Points || noise.ColumnCount != Points)
        {
            throw new ArgumentException($"expected noise for {Points} points", nameof(noise));
        }

        RequireFiniteNoise();
        var along = (Directions.Transpose() * noise * Directions).Diagonal();
        var total = KernelMatrix.Centred(noise).Trace() / Points;
        var values = Integrate(
            1,
            (time, weight, sum) =>
            {
                var removed = 0.0;
                for (var k = 0; k < Rank; k++)
                {
                    removed += along[k] * time * Eigenvalues[k] / (1 + (2 * time * Eigenvalues[k]));
                }

                sum[0] += weight * (total - (removed / Points));
            },
            Tail.InverseVariance,
            out var error
        );
        return (values[0], error);
    }

    /// <summary>The dual of two variables of variance 1.</summary>
    private static DualDerivatives Unit(LeakyDual dual, double correlation) => dual.Compute(1, 1, correlation);

    private void AddNoise(
        LeakyDual dual,
        double[] covariance,
        Matrix<double> joint,
        Matrix<double> noise,
        double weight,
        Memory<double> squares,
        Memory<double> products
    )
    {
        Parallel.For(
            0,
            Points,
            Sharing.Options(Points),
            i =>
            {
                var ofNoise = squares.Span;
                var ofBoth = products.Span;
                var qi = covariance[(i * Points) + i];

                // For a homogeneous activation E s'(u)² does not depend on the variance, so the correlation drops out.
                var half = 0.5 * (1 + (dual.Slope * dual.Slope));
                ofNoise[(i * Points) + i] += weight * half * noise[i, i];
                ofBoth[(i * Points) + i] += weight * half * joint[i, i];
                for (var j = 0; j < i; j++)
                {
                    var qj = covariance[(j * Points) + j];
                    var scale = DualActivation.Scale(qi, qj);
                    var p = Math.Clamp(covariance[(j * Points) + i], -scale, scale);
                    var pair = dual.Compute(qi, qj, p);
                    var at = new NoiseAtPair(noise[i, j], joint[i, i], joint[i, j], joint[j, i], joint[j, j]);
                    var both = weight * dual.NoiseCovariance(pair, qi, qj, p, at);
                    ofNoise[(j * Points) + i] += both;
                    ofNoise[(i * Points) + j] += both;
                    ofBoth[(j * Points) + i] += weight * ((joint[i, j] * pair.T) + (2 * joint[i, i] * pair.V1));
                    ofBoth[(i * Points) + j] += weight * ((joint[j, i] * pair.T) + (2 * joint[j, j] * pair.V2));
                }
            }
        );
    }
}
