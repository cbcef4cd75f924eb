using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>The dual of an activation: expectations over two Gaussian variables after the activation, exact at every width given the previous layer.</summary>
/// <remarks>Closed forms: Y. Cho and L. Saul 2009 (leaky family), C. Williams 1997 (erf); the others were derived for this project.</remarks>
public abstract class DualActivation
{
    /// <summary>Correlations closer to ±1 count as ±1, where both variables have the same kinks and derivatives in p no longer exist.</summary>
    private const double Collinear = 1e-14;

    private protected DualActivation(ActivationCurve curve) => Curve = curve;

    /// <summary>The activation itself.</summary>
    internal ActivationCurve Curve { get; }

    /// <summary>The dual of one of the functions of networks; in closed form where there is one.</summary>
    /// <param name="function">The function.</param>
    /// <returns>The dual.</returns>
    public static DualActivation For(Function function)
    {
        var curve = NamedCurves.Find(function);
        return function.Kind switch
        {
            FunctionKind.Linear => new LeakyDual(curve, 1),
            FunctionKind.Relu => new LeakyDual(curve, 0),
            FunctionKind.LeakyRelu => new LeakyDual(curve, function.Slope),
            FunctionKind.Abs => new LeakyDual(curve, -1),
            FunctionKind.Erf => new ErfDual(curve),
            FunctionKind.Sine => new SineDual(curve),
            FunctionKind.Gelu => new GeluDual(curve),
            FunctionKind.Tanh
            or FunctionKind.GeluTanh
            or FunctionKind.Silu
            or FunctionKind.Elu
            or FunctionKind.Sigmoid
            or FunctionKind.Softplus
            or FunctionKind.HardSwish => new QuadratureDual(curve),
            _ => throw new InvalidOperationException($"no theory of the function {function.Kind}"),
        };
    }

    /// <summary>The dual of any other function, by quadrature.</summary>
    /// <param name="curve">The function, smooth between its kinks.</param>
    /// <returns>The dual.</returns>
    public static DualActivation For(ActivationCurve curve)
    {
        ArgumentNullException.ThrowIfNull(curve);
        return new QuadratureDual(curve);
    }

    /// <summary>Whether V and its derivatives are computed by a formula.</summary>
    internal abstract bool IsClosedForm { get; }

    /// <summary>The moments of one variable after the activation.</summary>
    /// <param name="variance">q ≥ 0.</param>
    /// <returns>Its moments.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The variance is negative or not finite.</exception>
    public virtual ActivationMoments Moments(double variance)
    {
        RequireVariance(variance, nameof(variance));
        return ActivationMoments.Compute(Curve, variance);
    }

    /// <summary>The dual of two variables.</summary>
    /// <param name="q1">Variance of u.</param>
    /// <param name="q2">Variance of v.</param>
    /// <param name="p">Their covariance; a correlation that rounding has brought beyond ±1 counts as ±1.</param>
    /// <returns>The dual and its derivatives.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A variance is negative or not finite, or the correlation is beyond ±1.</exception>
    internal DualDerivatives Evaluate(double q1, double q2, double p)
    {
        RequireVariance(q1, nameof(q1));
        RequireVariance(q2, nameof(q2));
        var largest = Scale(q1, q2);
        if (!(Math.Abs(p) <= largest * (1 + 1e-8)))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, $"expected a covariance within ±{largest}, the square root of the product of the variances");
        }

        return Compute(q1, q2, Math.Clamp(p, -largest, largest));
    }

    /// <summary>N2: <c>E s'(u)s'(v) du dv</c> for noise of any correlation with the signal.</summary>
    /// <param name="q1">Variance of u.</param>
    /// <param name="q2">Variance of v.</param>
    /// <param name="p">Their covariance.</param>
    /// <param name="noise">Second moments of the noise.</param>
    /// <returns>Covariance of the noises after the activation.</returns>
    /// <exception cref="ArgumentOutOfRangeException">See <see cref="Evaluate"/>.</exception>
    internal double NoiseCovariance(double q1, double q2, double p, in NoiseAtPair noise) => NoiseCovariance(Evaluate(q1, q2, p), q1, q2, p, noise);

    /// <summary>N3: <c>E s(u)s'(v) dv = c₂₁T + 2c₂₂ ∂V/∂q₂</c>.</summary>
    /// <param name="q1">Variance of u.</param>
    /// <param name="q2">Variance of v.</param>
    /// <param name="p">Their covariance.</param>
    /// <param name="noise">Second moments of the noise.</param>
    /// <returns>Covariance of the signal at u and the noise at v after the activation.</returns>
    /// <exception cref="ArgumentOutOfRangeException">See <see cref="Evaluate"/>.</exception>
    internal double SignalNoiseCovariance(double q1, double q2, double p, in NoiseAtPair noise)
    {
        var dual = Evaluate(q1, q2, p);
        return (noise.C21 * dual.T) + (2 * noise.C22 * dual.V2);
    }

    /// <summary>N2, from a dual that has been computed before.</summary>
    internal double NoiseCovariance(in DualDerivatives dual, double q1, double q2, double p, in NoiseAtPair noise)
    {
        if (noise.C11 == 0 && noise.C12 == 0 && noise.C21 == 0 && noise.C22 == 0)
        {
            return noise.D12 * dual.T;
        }

        // The correlation neither overflows nor underflows, as products of variances do from 1e154 on and below 1e-162.
        var scale = Scale(q1, q2);
        if (scale == 0)
        {
            return noise.D12 * dual.T;
        }

        var c = p / scale;
        if ((1 - c) * (1 + c) > Collinear || Curve.Jumps.All(jump => jump == 0))
        {
            return (noise.D12 * dual.T)
                + (2 * noise.C11 * noise.C21 * dual.T1)
                + (2 * noise.C12 * noise.C22 * dual.T2)
                + (((noise.C11 * noise.C22) + (noise.C12 * noise.C21)) * dual.Tp);
        }

        return (noise.D12 * dual.T) + (noise.C11 * (noise.C22 / scale) * Along(q1, q2, Math.Sign(p)));
    }

    /// <summary>√(q₁q₂); if both are q, exactly q, so that the correlation of a variable with itself is 1.</summary>
    internal static double Scale(double q1, double q2) => q1 == q2 ? q1 : Math.Sqrt(q1) * Math.Sqrt(q2);

    /// <summary>V, T and derivatives at arguments that have been checked.</summary>
    internal abstract DualDerivatives Compute(double q1, double q2, double p);

    /// <summary>Whether <see cref="Compute(Vector256{double}, Vector256{double}, Vector256{double}, bool, out VectorDual)"/> is implemented.</summary>
    internal virtual bool IsVectorised => false;

    /// <summary>The same for four pairs.</summary>
    internal virtual void Compute(Vector256<double> q1, Vector256<double> q2, Vector256<double> p, bool derivatives, out VectorDual dual) =>
        throw new NotSupportedException($"the dual of {Curve.Name} has no formula in vectors");

    /// <summary>Computes the dual of one point with several others: V, T and, if asked for, the derivatives.</summary>
    /// <param name="q1">Variance of u.</param>
    /// <param name="q2">Variances of the others.</param>
    /// <param name="p">Covariances with them, within the roots of the products of the variances.</param>
    /// <param name="derivatives">Whether derivatives are computed.</param>
    /// <param name="row">Receives the results.</param>
    internal void ComputeRow(double q1, ReadOnlySpan<double> q2, ReadOnlySpan<double> p, bool derivatives, DualRow row)
    {
        var (j, width) = (0, Vector256<double>.Count);
        if (!IsVectorised)
        {
            for (; j < p.Length; j++)
            {
                row[j] = Compute(q1, q2[j], p[j]);
            }

            return;
        }

        // The references are within bounds, because the variances were cut to the covariances' length. The last pairs fill a separate vector.
        ref var variances = ref MemoryMarshal.GetReference(q2[..p.Length]);
        ref var covariances = ref MemoryMarshal.GetReference(p);
        var first = Vector256.Create(q1);
        for (; j <= p.Length - width; j += width)
        {
            Compute(first, Vector256.LoadUnsafe(ref variances, (nuint)j), Vector256.LoadUnsafe(ref covariances, (nuint)j), derivatives, out var dual);
            row.Store(dual, j, derivatives);
        }

        if (j < p.Length)
        {
            Span<double> lastVariances = [q1, q1, q1, q1],
                lastCovariances = [0, 0, 0, 0];
            q2[j..p.Length].CopyTo(lastVariances);
            p[j..].CopyTo(lastCovariances);
            Compute(first, Vector256.Create<double>(lastVariances), Vector256.Create<double>(lastCovariances), derivatives, out var dual);
            row.StoreFirst(dual, j, p.Length - j);
        }
    }

    /// <summary>
    /// N2 where both variables are on one line: <c>E (z² - 1) s'(√q₁ z) s'(±√q₂ z)</c>, with the sign of the correlation; du dv is then regressed on one
    /// variable.
    /// </summary>
    private double Along(double q1, double q2, int sign)
    {
        var (first, second) = (Math.Sqrt(q1), sign * Math.Sqrt(q2));
        var kinks = Curve.Kinks.Select(kink => kink / first).Concat(Curve.Kinks.Select(kink => kink / second)).ToArray();
        return sign * GaussianNodes.Expectation(0, 1, kinks, z => ((z * z) - 1) * Curve.Slope(first * z) * Curve.Slope(second * z));
    }

    /// <summary>Refuses numbers that cannot be a variance.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite; in the latter case a <see cref="UnboundedVarianceException"/>.</exception>
    internal static void RequireVariance(double variance, string name)
    {
        if (!double.IsFinite(variance))
        {
            throw new UnboundedVarianceException(name, variance);
        }

        ArgumentOutOfRangeException.ThrowIfNegative(variance, name);
    }
}
