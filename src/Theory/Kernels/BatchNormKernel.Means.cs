using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Theory;

/// <summary>Means over channels after batch norm and an activation of the leaky family, of signal and noise; a layer norm after them subtracts these.</summary>
internal sealed partial class BatchNormKernel
{
    /// <summary>Step of the trapezoidal rule in ln w. The rule has converged to rounding, as for every integrand that is analytic in a strip.</summary>
    private const double MeanStep = 1.0 / 8;

    /// <summary><c>E s(z_i)</c> and <c>E s'(z_i) dz_i</c>, with statistics held.</summary>
    /// <remarks>
    /// Both have only the factor (σ²+ε)^{-½}, so they are <c>√(P/π)∫ t^{-½} g(t) F(S_t) dt</c>, here over w = √t. For s, F is <c>½(1-a) E|u_i| =
    /// (1-a)√(S_t,ii/2π)</c>; for the noise, by Stein's lemma, <c>(1-a) (M_t)_ii/√(2π S_t,ii)</c>, where M_t = CG(I + 2tS)⁻¹ is the covariance of noise and
    /// centred signal.
    /// </remarks>
    /// <param name="slope">a.</param>
    /// <param name="cross"><c>E[dy_i y_j]</c> (P × P); null where it is zero.</param>
    /// <returns>Means of each point; null for the noise where they are zero.</returns>
    /// <exception cref="NotFiniteNumberException">The slope is so large that the means are not finite.</exception>
    internal (Vector<double> Signal, Vector<double>? Noise) Means(double slope, Matrix<double>? cross)
    {
        if (_split is not null)
        {
            return _split.Means(slope, cross);
        }

        var (signal, noise) = (new double[Points], cross is null ? null : new double[Points]);
        var along = cross is null ? null : cross * Directions;
        if (Rank == 0)
        {
            return (Vector<double>.Build.Dense(signal), noise is null ? null : Vector<double>.Build.Dense(noise));
        }

        var factor = 2 * (1 - slope) * Math.Sqrt(Points / Math.PI) / Math.Sqrt(2 * Math.PI);
        var first = -9.0;
        Add(0, factor * Math.Exp(first) / (Math.Exp(MeanStep) - 1) * MeanStep);
        var least = Eigenvalues.Min();
        for (var v = first; ; v += MeanStep)
        {
            var time = Math.Exp(2 * v) / _timeScale;
            var weight = factor * MeanStep * Math.Exp(v) * Damping(time);
            var before = signal.Sum();
            Add(time, weight);
            var after = signal.Sum();
            if (!double.IsFinite(after))
            {
                throw new NotFiniteNumberException("the means of the activation are not finite");
            }

            // A slope above 1 makes all of these means negative.
            if (time * least > 1 && Math.Abs(after - before) <= 1e-16 * Math.Abs(after))
            {
                // So far w was in units of 1/√(Tr S + Pε).
                var unit = 1 / Math.Sqrt(_timeScale);
                return (unit * Vector<double>.Build.Dense(signal), noise is null ? null : unit * Vector<double>.Build.Dense(noise));
            }
        }

        void Add(double time, double weight)
        {
            for (var i = 0; i < Points; i++)
            {
                var (variance, shared) = (0.0, 0.0);
                for (var k = 0; k < Rank; k++)
                {
                    var (direction, damped) = (Directions[i, k], 1 / (1 + (2 * time * Eigenvalues[k])));
                    variance += direction * direction * Eigenvalues[k] * damped;
                    shared += along is null ? 0 : along[i, k] * direction * damped;
                }

                var deviation = Math.Sqrt(variance);
                signal[i] += weight * deviation;
                if (noise is not null && deviation > 0)
                {
                    noise[i] += weight * shared / deviation;
                }
            }
        }
    }

    /// <summary>
    /// Noise after batch norm alone, with statistics held: its covariance, and its covariance with the signal. Under the weight of t they are
    /// <c>D - 2t CG(I + 2tS)⁻¹GCᵀ</c> and <c>CG(I + 2tS)⁻¹</c>, diagonal in the directions of S, so one integral for each direction is enough.
    /// </summary>
    /// <param name="noise">Covariance of the noise before batch norm (P × P).</param>
    /// <param name="cross"><c>E[dy_i y_j]</c> (P × P); null where it is zero.</param>
    /// <exception cref="ArgumentException">r ≤ 2 and ε = 0: the noise's expectation is infinite.</exception>
    internal (Matrix<double> Noise, Matrix<double>? Cross, double Error) LinearNoise(Matrix<double> noise, Matrix<double>? cross)
    {
        if (_split is not null)
        {
            RequireFiniteNoise();
            return _split.LinearNoise(noise, cross);
        }

        if (Rank == 0)
        {
            return (noise / _epsilon, cross is null ? null : Matrix<double>.Build.Dense(Points, Points), 0);
        }

        RequireFiniteNoise();
        var shares = Integrate(
            1 + Rank,
            (time, weight, sum) =>
            {
                sum[0] += weight;
                for (var k = 0; k < Rank; k++)
                {
                    sum[1 + k] += weight / (1 + (2 * time * Eigenvalues[k]));
                }
            },
            Tail.InverseVariance,
            out var error
        );
        if (cross is null)
        {
            return (noise * shares[0], null, error);
        }

        // 2tλ/(1+2tλ) = 1 - 1/(1+2tλ) is the share that is subtracted from the noise along a direction.
        var along = cross * Directions;
        var damped = along * Matrix<double>.Build.DiagonalOfDiagonalArray(shares[1..]);
        var taken =
            along * Matrix<double>.Build.DiagonalOfDiagonalArray([.. Enumerable.Range(0, Rank).Select(k => (shares[0] - shares[1 + k]) / Eigenvalues[k])]);
        return ((noise * shares[0]) - DenseProduct.OfTransposed(taken, along), DenseProduct.OfTransposed(damped, Directions), error);
    }
}
