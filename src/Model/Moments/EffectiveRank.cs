using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>The number of directions of variance: <c>r_eff = Tr C / λ_max(C)</c>, C the covariance of the points.</summary>
/// <remarks>
/// No singular value decomposition: the trace and the largest eigenvalue of the smaller of the two Gram matrices.
/// The rank is put together as <c>1 + (Tr C - λ_max)/λ_max</c>, so that its distance to 1 keeps its digits in a collapsed signal. Law D2.
/// </remarks>
/// <param name="threads">Greatest number of threads; results do not depend on it.</param>
public sealed class EffectiveRank(int threads = 1) : IDisposable
{
    /// <summary>Stands in result files where an effective rank was not computed, or does not exist since nothing varies.</summary>
    public const double NotComputed = -1;

    private readonly GramMatrix _gram = new(threads);

    /// <summary>Computes the effective rank.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="points">The points (P × N), row after row; their scale does not matter.</param>
    /// <param name="means">Mean of each channel (N).</param>
    /// <returns>r_eff in [1, min(N, P-1)], to a relative error of 1e-9 of both r_eff and r_eff - 1; -1 if the points do not vary; NaN if their variance
    /// overflows, or is none.</returns>
    public double Compute<T>(ReadOnlySpan<T> points, ReadOnlySpan<double> means)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Take(points, means);
        return Compute();
    }

    /// <summary>Multiplies the points, which may then change, on all threads.</summary>
    internal void Take<T>(ReadOnlySpan<T> points, ReadOnlySpan<double> means)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => _gram.Centre(points, means);

    /// <summary>Computes the effective rank of the points that were taken last, on one thread.</summary>
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
