using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Noise that is correlated with the signal, after batch norm.</summary>
internal sealed partial class BatchNormKernel
{
    /// <summary>The share of the noise in the directions of the centred signal.</summary>
    /// <param name="cross">Covariance of noise and signal, <c>C_ij = E[dy_i y_j]</c> (P × P).</param>
    /// <param name="variances">E dy_i² of each point (P).</param>
    /// <returns><c>(C S⁺ Cᵀ)_ii / E dy_i²</c> for each point (P); 0 where there is no noise, or nothing varies.</returns>
    internal double[] SharedNoise(Matrix<double> cross, IReadOnlyList<double> variances)
    {
        if (_split is not null && SharedByFactor(cross, variances) is { } shares)
        {
            return shares;
        }

        var along = cross * Directions;
        return
        [
            .. Enumerable
                .Range(0, Points)
                .Select(i => variances[i] > 0 ? Enumerable.Range(0, Rank).Sum(k => along[i, k] * along[i, k] / Eigenvalues[k]) / variances[i] : 0),
        ];
    }

    /// <summary>
    /// The share of each point's noise that batch norm can treat as a function of the signal (P). For many points it is less than <see cref="SharedNoise"/>,
    /// and cheaper.
    /// </summary>
    /// <param name="cross"><c>E[dy_i y_j]</c> (P × P).</param>
    /// <param name="variances">E dy_i² of each point (P).</param>
    internal double[] ReachedNoise(Matrix<double> cross, IReadOnlyList<double> variances) =>
        _split?.ReachedNoise(cross, variances) ?? SharedNoise(cross, variances);

    /// <summary>Refuses a kernel whose rounding makes more noise in the directions of the signal than there is.</summary>
    /// <remarks>
    /// No share is above 1 (Cauchy and Schwarz). One that is comes from directions that are lost in the rounding of the largest. These matter unless ε
    /// outweighs them: <see cref="CorrelatedNoise"/> has along²·2t/(1 + 2tλ) of each, which is at most along²/(λ + ε) for the t up to 1/(2ε) that have weight.
    /// </remarks>
    /// <param name="shares">The shares of the points (P).</param>
    /// <param name="cross">Covariance of noise and signal (P × P).</param>
    /// <param name="variances">E dy_i² of each point (P).</param>
    /// <exception cref="UnresolvedKernelException">Rounding decides what becomes of the noise.</exception>
    internal void RequireResolved(double[] shares, Matrix<double> cross, IReadOnlyList<double> variances)
    {
        if (shares.All(share => share <= MostShare))
        {
            return;
        }

        var along = cross * Directions;
        for (var i = 0; i < Points; i++)
        {
            var weighed = Enumerable.Range(0, Rank).Sum(k => along[i, k] * along[i, k] / (Eigenvalues[k] + _epsilon));
            if (!(weighed <= MostShare * variances[i]))
            {
                throw new UnresolvedKernelException(Eigenvalues.Max() / Eigenvalues.Min(), _epsilon);
            }
        }
    }

    /// <summary>1, and room for rounding that changes χ by less than a percent.</summary>
    private const double MostShare = 1.01;

    /// <summary>The share, computed by a Cholesky decomposition instead of an eigendecomposition; null where rounding does not allow it.</summary>
    private double[]? SharedByFactor(Matrix<double> cross, IReadOnlyList<double> variances)
    {
        // The common part of all points is not a direction of S; it is given the mean eigenvalue. Directions that are only rounding hold no noise; a small
        // multiple of the identity avoids divisions by their eigenvalues.
        using var product = new MatrixProduct<double>(Environment.ProcessorCount);
        var (points, common) = (Points, Centred.Trace() / Points / Points);
        var kernel = Array.ConvertAll(DenseProduct.Columns(Centred), entry => entry + common);
        for (var i = 0; i < points; i++)
        {
            kernel[i * (points + 1)] += 10 * RankTolerance * _split!.Largest;
        }

        // Rows are the points of the signal.
        var (solved, shares) = (SplitCross.Centred(DenseProduct.Columns(cross), points), new double[points]);
        if (!BlockedCholesky.Reduce(kernel, points, solved, points, product))
        {
            return null;
        }

        for (var j = 0; j < points; j++)
        {
            for (var i = 0; i < points; i++)
            {
                shares[i] += solved[(j * points) + i] * solved[(j * points) + i];
            }
        }

        return [.. shares.Select((share, i) => variances[i] > 0 ? share / variances[i] : 0)];
    }

    /// <summary>
    /// Mean squares and covariances of noise after batch norm and ReLU, for noise that is correlated with the signal: <c>E[dx_i²]</c> and <c>E[dx_i x_j]</c>,
    /// where <c>dx_i = 1{z_i &gt; 0} dy_i/sqrt(σ² + ε)</c> and <c>x_j = relu(z_j)</c>.
    /// </summary>
    /// <remarks>
    /// Both have the factor 1/(σ² + ε), so they are <c>P∫ g(t) F dt</c>, where F is for Gaussian variables under the weight of t: there the centred signal u
    /// has the covariance <c>S_t</c>, and noise and centred signal have <c>M_t = C G (I + 2tS)⁻¹</c>, as dy is the sum of a linear function of y and of an
    /// independent rest. So <c>E dy_i² = E[dy_i²] - 2t (C G (I + 2tS)⁻¹ G Cᵀ)_ii</c>, of which the ReLU passes half, since flipping the signs of all y and dy
    /// changes no square. And by Stein's lemma <c>E[dy_i 1{u_i &gt; 0} relu(u_j)] = (M_t)_ii E[δ(u_i) relu(u_j)] + (M_t)_ij E[1{u_i &gt; 0} 1{u_j &gt; 0}]</c>,
    /// where
    /// <c>E[δ(u_i) relu(u_j)] = sqrt((1 - c²) S_jj/S_ii)/2π</c> and the last expectation is <c>½ k₀(c)</c>, with c the correlation of u_i and u_j. This is S5
    /// of theory.md, where the noise is regressed on the signal, but without the inverse of K.
    /// </remarks>
    /// <param name="cross">Covariance of noise and signal before batch norm, <c>C_ij = E[dy_i y_j]</c> (P × P).</param>
    /// <param name="variances">E dy_i² of each point (P).</param>
    /// <returns>E[dx_i²] (P), E[dx_i x_j] (P × P), and an estimate of the quadrature's relative error.</returns>
    /// <exception cref="ArgumentException">Sizes differ; or r ≤ 2 and ε = 0, so that the expectation is infinite.</exception>
    internal (double[] Noise, Matrix<double> Cross, double Error) CorrelatedNoise(Matrix<double> cross, IReadOnlyList<double> variances)
    {
        ArgumentNullException.ThrowIfNull(cross);
        ArgumentNullException.ThrowIfNull(variances);
        if (cross.RowCount != Points || cross.ColumnCount != Points || variances.Count != Points)
        {
            throw new ArgumentException($"expected a cross-covariance and noise for {Points} points", nameof(cross));
        }

        RequireFiniteNoise();
        if (_split?.Homogeneous(Rectifier, null, cross, asksSlopes: false) is { } settled)
        {
            return (_split.NoiseSquares(cross, variances, 0), settled.Cross!, settled.Error);
        }

        if (Rank == 0 || variances.All(variance => variance == 0))
        {
            return (new double[Points], Matrix<double>.Build.Dense(Points, Points), 0);
        }

        // Entries are scaled to order 1, so that one estimate of the error is valid for all of them.
        var noiseScale = variances.Average() / ((_timeScale / Points) + _epsilon);
        var (crossScale, along) = (Math.Sqrt(noiseScale), cross * Directions);
        using var product = new MatrixProduct<double>(Points >= SharedFrom ? Environment.ProcessorCount : 1);
        var values = Integrate(
            Points * (Points + 1),
            (time, weight, sum) =>
            {
                var damping = Vector<double>.Build.DenseOfEnumerable(Eigenvalues.Select(eigenvalue => 1 / (1 + (2 * time * eigenvalue))));
                AddSquares(along, damping, variances, time, weight / noiseScale, sum);
                AddProducts(
                    DenseProduct.OfTransposed(along * Matrix<double>.Build.DiagonalOfDiagonalVector(damping), Directions),
                    Covariance(time, product),
                    weight / crossScale,
                    sum
                );
            },
            Tail.InverseVariance,
            out var error
        );
        return (
            [.. values.Take(Points).Select(value => value * noiseScale)],
            Matrix<double>.Build.Dense(Points, Points, (i, j) => values[Points + (i * Points) + j] * crossScale),
            error
        );
    }

    /// <summary>Half the mean squares of the noise under the weight of t.</summary>
    private void AddSquares(Matrix<double> along, Vector<double> damping, IReadOnlyList<double> variances, double time, double weight, double[] sum)
    {
        for (var i = 0; i < Points; i++)
        {
            var shared = 0.0;
            for (var k = 0; k < Rank; k++)
            {
                shared += along[i, k] * along[i, k] * damping[k];
            }

            sum[i] += weight * 0.5 * (variances[i] - (2 * time * shared));
        }
    }

    /// <summary>Adds the covariances of noise and signal after the ReLU, under the weight of t.</summary>
    /// <param name="joint">M_t, covariance of noise and centred signal there (P × P).</param>
    /// <param name="covariance">S_t, of which the triangle j ≥ i is used.</param>
    /// <param name="weight">The factor to multiply by.</param>
    /// <param name="sum">Receives them, row after row, after the P squares.</param>
    private void AddProducts(Matrix<double> joint, double[] covariance, double weight, double[] sum)
    {
        Parallel.For(
            0,
            Points,
            Sharing.Options(Points),
            i =>
            {
                var own = covariance[(i * Points) + i];
                for (var j = 0; j < Points && own > 0; j++)
                {
                    var other = covariance[(j * Points) + j];
                    if (other > 0)
                    {
                        var correlation = i == j ? 1 : Math.Clamp(covariance[(Math.Min(i, j) * Points) + Math.Max(i, j)] / Math.Sqrt(own * other), -1, 1);
                        var switched = Math.Sqrt((1 - correlation) * (1 + correlation) * other / own) / (2 * Math.PI);
                        sum[Points + (i * Points) + j] += weight * ((joint[i, i] * switched) + (joint[i, j] * 0.5 * ArcCosineKernel.Order0(correlation)));
                    }
                }
            }
        );
    }
}
