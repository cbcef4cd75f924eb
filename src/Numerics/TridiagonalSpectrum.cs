using System.Runtime.Intrinsics;

namespace Wellbehaved.Numerics;

/// <summary>An eigenvalue of the small matrix, which approximates one of the large matrix.</summary>
/// <param name="Value">The eigenvalue.</param>
/// <param name="LastComponent">Absolute value of the last component of its unit eigenvector, to which the residual is proportional.</param>
internal readonly record struct RitzPair(double Value, double LastComponent);

/// <summary>Computes the largest eigenvalues of a symmetric tridiagonal matrix.</summary>
/// <remarks>
/// Eigenvalues are found by dividing an interval into seventeen parts and counting the eigenvalues above each cut by Sturm sequences, repeatedly. Sixteen
/// counts run in parallel in registers, since each must wait for its divisions. The eigenvector follows from the recurrence, scaled on the way. Parlett,
/// chapters 3, 7.
/// </remarks>
internal static class TridiagonalSpectrum
{
    /// <summary>Number of parts into which an interval is divided.</summary>
    private const int Parts = 17;

    /// <summary>The cuts within an interval of length 1.</summary>
    private static readonly (Vector512<double> Lower, Vector512<double> Upper) Cuts = (
        Vector512.Create(1.0, 2, 3, 4, 5, 6, 7, 8) / Vector512.Create((double)Parts),
        Vector512.Create(9.0, 10, 11, 12, 13, 14, 15, 16) / Vector512.Create((double)Parts)
    );

    /// <summary>Finds the two largest eigenvalues, and the last component of their unit eigenvectors.</summary>
    /// <param name="diagonal">The m diagonal elements.</param>
    /// <param name="offDiagonal">At least m - 1 elements beside the diagonal; further ones are ignored.</param>
    /// <returns>The pairs; the second one is null for m = 1.</returns>
    public static (RitzPair Largest, RitzPair? Second) Top(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal)
    {
        var (low, high) = GershgorinInterval(diagonal, offDiagonal);
        var largest = KthLargest(diagonal, offDiagonal, 1, low, high);
        if (diagonal.Length == 1)
        {
            return (new RitzPair(largest, 1), null);
        }

        var second = KthLargest(diagonal, offDiagonal, 2, low, largest);
        return (new RitzPair(largest, LastComponent(diagonal, offDiagonal, largest)), new RitzPair(second, LastComponent(diagonal, offDiagonal, second)));
    }

    /// <summary>The largest eigenvalue, to the last digit that counts of eigenvalues can determine.</summary>
    /// <param name="diagonal">The m diagonal elements.</param>
    /// <param name="offDiagonal">At least m - 1 elements beside the diagonal; further ones are ignored.</param>
    /// <returns>The eigenvalue.</returns>
    public static double Largest(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal)
    {
        var (low, high) = GershgorinInterval(diagonal, offDiagonal);
        foreach (var element in diagonal)
        {
            // The largest eigenvalue is at least every diagonal element, so the search need not go below these.
            low = Math.Max(low, element - (1e-12 * Math.Abs(element)));
        }

        return KthLargest(diagonal, offDiagonal, 1, low, high);
    }

    private static (double Low, double High) GershgorinInterval(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal)
    {
        double low = double.PositiveInfinity,
            high = double.NegativeInfinity;
        for (var i = 0; i < diagonal.Length; i++)
        {
            var radius = (i > 0 ? Math.Abs(offDiagonal[i - 1]) : 0) + (i < diagonal.Length - 1 ? Math.Abs(offDiagonal[i]) : 0);
            low = Math.Min(low, diagonal[i] - radius);
            high = Math.Max(high, diagonal[i] + radius);
        }

        return (low, high);
    }

    private static double KthLargest(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, int k, double low, double high)
    {
        // Invariant, up to rounding: fewer than k eigenvalues are above high, and at least k are above low.
        Span<double> cuts = stackalloc double[Parts + 1];
        while (true)
        {
            var width = high - low;
            var (lower, upper) = (
                Vector512.FusedMultiplyAdd(Cuts.Lower, Vector512.Create(width), Vector512.Create(low)),
                Vector512.FusedMultiplyAdd(Cuts.Upper, Vector512.Create(width), Vector512.Create(low))
            );
            var above = CountWithAtLeast(diagonal, offDiagonal, lower, upper, k);
            cuts[0] = low;
            lower.CopyTo(cuts[1..]);
            upper.CopyTo(cuts[9..]);
            cuts[Parts] = high;
            var (next, last) = (cuts[above], cuts[above + 1]);
            if (!(last - next < width) || next >= last)
            {
                return high;
            }

            (low, high) = (next, last);
        }
    }

    /// <summary>Counts how many of sixteen increasing numbers have at least k eigenvalues above them.</summary>
    private static int CountWithAtLeast(
        ReadOnlySpan<double> diagonal,
        ReadOnlySpan<double> offDiagonal,
        Vector512<double> lower,
        Vector512<double> upper,
        int k
    )
    {
        var (pivot0, pivot1) = (Vector512<double>.One, Vector512<double>.One);
        var (count0, count1) = (Vector512<long>.Zero, Vector512<long>.Zero);
        var smallest = Vector512.Create(double.Epsilon);
        for (var i = 0; i < diagonal.Length; i++)
        {
            var coupling = i == 0 ? 0 : offDiagonal[i - 1];
            var (element, square) = (Vector512.Create(diagonal[i]), Vector512.Create(coupling * coupling));
            pivot0 = element - lower - (square / pivot0);
            pivot1 = element - upper - (square / pivot1);
            pivot0 = Vector512.ConditionalSelect(Vector512.Equals(pivot0, Vector512<double>.Zero), smallest, pivot0);
            pivot1 = Vector512.ConditionalSelect(Vector512.Equals(pivot1, Vector512<double>.Zero), smallest, pivot1);
            count0 -= Vector512.GreaterThan(pivot0, Vector512<double>.Zero).AsInt64();
            count1 -= Vector512.GreaterThan(pivot1, Vector512<double>.Zero).AsInt64();
        }

        // The counts decrease as the numbers increase.
        var enough = Vector512.Create((long)k - 1);
        return (int)-Vector512.Sum(Vector512.GreaterThan(count0, enough) + Vector512.GreaterThan(count1, enough));
    }

    /// <summary>Last component of the unit eigenvector, from the backward recurrence, which grows in the direction of the large components.</summary>
    private static double LastComponent(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, double value)
    {
        var m = diagonal.Length;
        var (next, current) = (0.0, 1.0);
        var (sum, last) = (1.0, 1.0);
        for (var i = m - 1; i > 0; i--)
        {
            var beyond = i < m - 1 ? offDiagonal[i] * next : 0;
            var previous = (((value - diagonal[i]) * current) - beyond) / offDiagonal[i - 1];
            (next, current) = (current, previous);
            sum += previous * previous;
            if (sum > 1e200)
            {
                (next, current, last, sum) = (next * 1e-100, current * 1e-100, last * 1e-100, sum * 1e-200);
            }
        }

        return last / Math.Sqrt(sum);
    }
}
