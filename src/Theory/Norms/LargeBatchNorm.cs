using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Batch norm of many directions before any activation. Law B3: the first two terms of an expansion in 1/r, <c>r = (Tr S)²/Tr S²</c>.</summary>
/// <remarks>
/// With m = Tr S/P and <c>Ψ(τ, η) = V((S + ηS²)/(τ+ε))</c>: <c>E s(z_i)s(z_j) = V(S/m) + (Tr S²/P²) ∂²Ψ/∂τ² + (2/P) ∂²Ψ/∂τ∂η + O(r⁻²)</c> at (m, 0).
/// For noise T stands for V, and the same terms of E 1/(σ²+ε) are replaced by its exact value. The remainder is of order κ/r² with
/// <c>κ = Tr S³ Tr S/(Tr S²)²</c>, since the third cumulant of σ²/m is 8κ/r²; κ = 1 where all directions are alike.
/// </remarks>
internal static class LargeBatchNorm
{
    /// <summary>The least r for which the expansion is used.</summary>
    public const double LeastDirections = 12;

    /// <summary>
    /// From this r on the expansion also replaces the exact integral. There σ² varies so little that the inverse Laplace transform loses its digits to
    /// cancellation (the error is 3e-6 at r = 57, and no digits are left at 110), while the expansion is accurate to 6e-4.
    /// </summary>
    private const double SharpDirections = 50;

    /// <summary>The same for so many points that the exact integral takes seconds to minutes.</summary>
    private const double FastDirections = 24;

    private const int ManyPoints = 192;

    /// <summary>Whether it stands for the exact integral.</summary>
    /// <param name="norm">The batch norm.</param>
    public static bool IsPreferred(BatchNormKernel norm) => IsPreferred(Directions(norm), norm.Points);

    /// <summary>Whether it stands for the exact integral.</summary>
    /// <param name="directions">r.</param>
    /// <param name="points">P.</param>
    public static bool IsPreferred(double directions, double points) => directions >= (points >= ManyPoints ? FastDirections : SharpDirections);

    /// <summary>
    /// The remainder of mean squares of the signal times r²/κ; it is measured, not proved: at most 0.9 (GELU, erf and sine; r from 12 to 60; κ from 1 to 2.3).
    /// A point that varies in the leading direction alone may err by 4(λ/Tr S)², with λ that direction's eigenvalue.
    /// </summary>
    private const double Rest = 1.5;

    /// <summary>
    /// The same of the noise: measured 1.6 where slopes vary, and 3.2 is the limit of a saturated function, whose noise goes with σ⁻¹ and not with σ⁻².
    /// </summary>
    private const double NoiseRest = 3.5;

    /// <summary>Step of the finite differences, relative to m, and to the largest eigenvalue's inverse.</summary>
    private const double Step = 0.02;

    /// <summary>The effective number of directions r.</summary>
    /// <param name="norm">The batch norm.</param>
    public static double Directions(BatchNormKernel norm)
    {
        if (norm.Split is { } split)
        {
            return split.Directions;
        }

        var total = norm.Eigenvalues.Sum();
        return total == 0 ? 0 : total * total / norm.Eigenvalues.Sum(value => value * value);
    }

    /// <summary>The signal, and the factor for noise that is uncorrelated with it.</summary>
    /// <param name="norm">The batch norm.</param>
    /// <param name="dual">The dual.</param>
    /// <param name="scale">γ.</param>
    /// <param name="noise">Whether the factor for noise is computed.</param>
    /// <returns>E s(z_i)s(z_j) and γ² E s'(z_i)s'(z_j)/(σ²+ε), both P × P, E s(z_i), and the errors of signal and noise.</returns>
    public static (Matrix<double> Signal, Matrix<double>? Noise, Vector<double> Means, double Error, double NoiseError) Apply(
        BatchNormKernel norm,
        DualActivation dual,
        double scale,
        bool noise
    )
    {
        var (signal, slopes, means, inverse, error) = Expand(norm, dual, scale, noise ? square => square : null);

        // The expansion of E 1/σ² alone errs by up to 5/r², and by more where directions differ. What is left to it is the ratio.
        var exact = slopes is null ? null : slopes * (norm.InverseVariance().Value / inverse);
        return (signal, exact, means, Rest * error, exact is null ? 0 : NoiseRest * error);
    }

    /// <summary>E s'(z)²: the factor for gradients at the place between norm and activation.</summary>
    /// <param name="norm">The batch norm.</param>
    /// <param name="dual">The dual.</param>
    /// <param name="scale">γ.</param>
    /// <returns>The factor at each point (P).</returns>
    public static Vector<double> Slopes(BatchNormKernel norm, DualActivation dual, double scale) => Expand(norm, dual, scale, _ => 1).Noise!.Diagonal();

    /// <summary>The expansion.</summary>
    /// <param name="norm">The batch norm.</param>
    /// <param name="dual">The dual.</param>
    /// <param name="scale">γ.</param>
    /// <param name="factor">What E s'(z_i)s'(z_j) is multiplied by, given γ²/(τ+ε); null where it is not computed.</param>
    /// <returns>Signal, noise, means, E 1/(σ²+ε) by the same terms, and κ/r².</returns>
    private static (Matrix<double> Signal, Matrix<double>? Noise, Vector<double> Means, double Inverse, double Error) Expand(
        BatchNormKernel norm,
        DualActivation dual,
        double scale,
        Func<double, double>? factor
    )
    {
        var points = norm.Points;
        var s = KernelMatrix.Symmetric(norm.Centred);
        var (squared, mean, largest) = (DenseProduct.OfTransposed(s, s), s.Trace() / points, norm.Split?.Largest ?? norm.Eigenvalues.Max());
        var variance = squared.Trace() / ((double)points * points);

        // η multiplies S², so that its step is one over an eigenvalue, whatever the scale of S; and S + ηS² remains a kernel.
        var (h, k) = (Step * mean, Step / largest);
        var (second, mixed) = (variance / (h * h), 2.0 / points / (4 * h * k));

        // The differences of Ψ are summed one value of Ψ after the other.
        var (signal, slopes, means) = (new double[points * points], factor is null ? null : new double[points * points], new double[points]);
        var inverse = 0.0;
        Add(0, 0, 1 - (2 * second));
        Add(-h, 0, second);
        Add(h, 0, second);
        Add(-h, -k, mixed);
        Add(-h, k, -mixed);
        Add(h, -k, -mixed);
        Add(h, k, mixed);

        // With T₂ = Tr S² and so on, κ/r² = T₃T₁/T₂² · T₂²/T₁⁴ = T₃/T₁³; each S is divided by its trace, so that the cube does not overflow.
        var trace = mean * points;
        var third = DenseProduct.Columns(s / trace).Zip(DenseProduct.Columns(squared / trace / trace), (one, other) => one * other).Sum();
        Matrix<double> Square(double[] entries) => Matrix<double>.Build.Dense(points, points, entries);
        return (Square(signal), slopes is null ? null : Square(slopes), Vector<double>.Build.Dense(means), inverse, third);

        void Add(double ofTau, double eta, double weight)
        {
            var square = scale * scale / (mean + ofTau + norm.Epsilon);
            var kernel = eta == 0 ? s * square : (s + (eta * squared)) * square;
            var mapped = ActivationKernel.Apply(dual, kernel, factor is null ? null : Matrix<double>.Build.Dense(points, points, factor(square)));
            VectorMath.AddScaled(signal, weight, DenseProduct.Columns(mapped.Signal));
            inverse += weight / (mean + ofTau + norm.Epsilon);
            VectorMath.AddScaled(means, weight, mapped.Means);
            if (slopes is not null)
            {
                VectorMath.AddScaled(slopes, weight, DenseProduct.Columns(mapped.Noise!));
            }
        }
    }
}
