using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Batch norm of many directions before any activation. Law B3: the first two terms of an expansion in 1/r, <c>r = (Tr S)²/Tr S²</c>.</summary>
/// <remarks>
/// With m = Tr S/P and <c>Ψ(τ, η) = V((S + ηS²)/(τ+ε))</c>: <c>E s(z_i)s(z_j) = V(S/m) + (Tr S²/P²) ∂²Ψ/∂τ² + (2/P) ∂²Ψ/∂τ∂η + O(r⁻²)</c> at (m, 0). The
/// remainder times r² was at most 0.9 in measurements against B2 (GELU; 0.11 for erf; r from 14 to 63). The reported error is 1.5/r².
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

    /// <summary>The remainder of the expansion times r²; it is measured, not proved.</summary>
    private const double Rest = 1.5;

    /// <summary>Step of the finite differences, relative to m.</summary>
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
    /// <returns>E s(z_i)s(z_j) and γ² E s'(z_i)s'(z_j)/(σ²+ε), both P × P, E s(z_i), and the error.</returns>
    public static (Matrix<double> Signal, Matrix<double>? Noise, Vector<double> Means, double Error) Apply(
        BatchNormKernel norm,
        DualActivation dual,
        double scale,
        bool noise
    ) => Expand(norm, dual, scale, noise ? square => square : null);

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
    private static (Matrix<double> Signal, Matrix<double>? Noise, Vector<double> Means, double Error) Expand(
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
        var (h, k) = (Step * mean, Step * mean / largest);
        var (second, mixed) = (variance / (h * h), 2.0 / points / (4 * h * k));

        // The differences of Ψ are summed one value of Ψ after the other.
        var (signal, slopes, means) = (new double[points * points], factor is null ? null : new double[points * points], new double[points]);
        Add(0, 0, 1 - (2 * second));
        Add(-h, 0, second);
        Add(h, 0, second);
        Add(-h, -k, mixed);
        Add(-h, k, -mixed);
        Add(h, -k, -mixed);
        Add(h, k, mixed);
        var r = Directions(norm);
        Matrix<double> Square(double[] entries) => Matrix<double>.Build.Dense(points, points, entries);
        return (Square(signal), slopes is null ? null : Square(slopes), Vector<double>.Build.Dense(means), Rest / (r * r));

        void Add(double ofTau, double eta, double weight)
        {
            var square = scale * scale / (mean + ofTau + norm.Epsilon);
            var kernel = eta == 0 ? s * square : (s + (eta * squared)) * square;
            var mapped = ActivationKernel.Apply(dual, kernel, factor is null ? null : Matrix<double>.Build.Dense(points, points, factor(square)));
            VectorMath.AddScaled(signal, weight, DenseProduct.Columns(mapped.Signal));
            VectorMath.AddScaled(means, weight, mapped.Means);
            if (slopes is not null)
            {
                VectorMath.AddScaled(slopes, weight, DenseProduct.Columns(mapped.Noise!));
            }
        }
    }
}
