using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>The number of directions of variance: <c>r_eff = Tr C / λ_max(C)</c>, where C is the covariance of the points.</summary>
/// <remarks>
/// It is computed from the trace and the largest eigenvalue of the smaller of the two Gram matrices, without a singular value decomposition.
/// The result is computed as <c>1 + (Tr C - λ_max)/λ_max</c>, so that its distance to 1 is accurate for a collapsed signal, up to the rounding of
/// a number near 1. Law D2.
/// </remarks>
/// <param name="threads">Greatest number of threads; results do not depend on it.</param>
public sealed class EffectiveRank(int threads = 1) : IDisposable
{
    /// <summary>The value in result files for an effective rank that was not computed, or that does not exist because nothing varies.</summary>
    public const double NotComputed = -1;

    private readonly GramMatrix _gram = new(threads);

    /// <summary>Computes the effective rank.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="points">The points (P × N), stored by rows; their scale does not matter as long as their variances are within the range of normal
    /// numbers.</param>
    /// <param name="means">Mean of each channel (N).</param>
    /// <returns>r_eff in [1, min(N, P-1)], with a relative error of 1e-9; that of r_eff - 1 is 1e-9 too, but at least 1e-15, the rounding of r_eff itself, in
    /// absolute terms. -1 if the points do not vary; NaN if their variance overflows or is NaN.</returns>
    public double Compute<T>(ReadOnlySpan<T> points, ReadOnlySpan<double> means)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Take(points, means);
        return Compute();
    }

    /// <summary>Computes the Gram matrix of the points on all threads; the points may change afterwards.</summary>
    internal void Take<T>(ReadOnlySpan<T> points, ReadOnlySpan<double> means)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => _gram.Centre(points, means);

    /// <summary>Computes the effective rank for the last Gram matrix, on one thread.</summary>
    internal double Compute()
    {
        var size = _gram.Size;
        var gram = _gram.Elements;
        var trace = 0.0;
        for (var i = 0; i < size; i++)
        {
            trace += gram[(i * size) + i];
        }

        if (!double.IsFinite(trace))
        {
            return double.NaN;
        }

        var largest = LargestEigenvalue.OfSymmetric(gram, size);
        return largest == 0 ? NotComputed : 1 + Math.Max(0, (trace - largest) / largest);
    }

    /// <inheritdoc/>
    public void Dispose() => _gram.Dispose();
}
