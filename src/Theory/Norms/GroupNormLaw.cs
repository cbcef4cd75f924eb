using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Theory;

/// <summary>
/// Group norm over n positions and g channels of one image, at finite size. It is exact given the previous layer; g = 1 is instance norm. See docs/theory.md,
/// “Norms over few channels”.
/// </summary>
internal static class GroupNormLaw
{
    private const double Step = 1.0 / 32;
    private const double Negligible = 1e-16;

    /// <summary>
    /// <c>E 1/(σ²+ε) = ng ∫ det(I+2tK)^{-(g-1)/2} det(I+2tGKG)^{-½} e^{-tngε} dt</c>: the norm's factor for independent noise, with held statistics.
    /// </summary>
    /// <param name="kernel">Kernel of the positions of one image (n × n).</param>
    /// <param name="channels">g ≥ 1.</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <returns>The expectation.</returns>
    /// <exception cref="ArgumentException">The matrix is not a kernel, or there are so few directions that the expectation is infinite.</exception>
    public static double InverseVariance(Matrix<double> kernel, int channels, double epsilon)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        var centred = KernelMatrix.Centred(kernel);
        var (own, within) = (Eigenvalues(kernel), Eigenvalues(centred));
        var directions = ((channels - 1) * own.Length) + within.Length;
        if (epsilon == 0 && directions <= 2)
        {
            throw new ArgumentException(
                $"expected more than three features that vary in more than two directions when ε = 0, got {directions}: the expectation is infinite",
                nameof(kernel)
            );
        }

        // With t = e^v the integrand decays as e^v on the left and as e^{-v(r-2)/2} on the right.
        var (size, total, sum) = (kernel.RowCount * channels, ((channels - 1) * own.Sum()) + within.Sum(), 0.0);
        for (var v = -Math.Log(total + (size * epsilon)) - 40; ; v += Step)
        {
            var t = Math.Exp(v);
            var logarithm =
                v
                - (t * size * epsilon)
                - (0.5 * (channels - 1) * own.Sum(value => Math.Log(1 + (2 * t * value))))
                - (0.5 * within.Sum(value => Math.Log(1 + (2 * t * value))));
            var term = Math.Exp(logarithm);
            sum += Step * term;
            if (t * (total + (size * epsilon)) > 1 && term < Negligible * sum)
            {
                return size * sum;
            }
        }
    }

    private static double[] Eigenvalues(Matrix<double> kernel)
    {
        var values = kernel.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).ToArray();
        var largest = values.Max();
        return [.. values.Where(value => value > 1e-13 * largest)];
    }
}
