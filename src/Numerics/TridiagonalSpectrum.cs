namespace Wellbehaved.Numerics;

/// <summary>An eigenvalue of the small matrix, an approximation to one of the large matrix.</summary>
/// <param name="Value">The eigenvalue.</param>
/// <param name="LastComponent">Absolute value of the last component of its unit eigenvector, to which the residual is proportional.</param>
internal readonly record struct RitzPair(double Value, double LastComponent);

/// <summary>The top of the spectrum of a symmetric tridiagonal matrix.</summary>
/// <remarks>Eigenvalues by bisection on Sturm counts, the eigenvector by the recurrence scaled on the way. Parlett, chapters 3 and 7.</remarks>
internal static class TridiagonalSpectrum
{
    /// <summary>Finds the two largest eigenvalues, and the last component of their unit eigenvectors.</summary>
    /// <param name="diagonal">The m diagonal elements.</param>
    /// <param name="offDiagonal">The m - 1 elements beside the diagonal (further ones are ignored).</param>
    /// <returns>The pairs; the second one is null for m = 1.</returns>
    public static (RitzPair Largest, RitzPair? Second) Top(IReadOnlyList<double> diagonal, IReadOnlyList<double> offDiagonal)
    {
        var (low, high) = GershgorinInterval(diagonal, offDiagonal);
        var largest = KthLargest(diagonal, offDiagonal, 1, low, high);
        if (diagonal.Count == 1)
        {
            return (new RitzPair(largest, 1), null);
        }

        var second = KthLargest(diagonal, offDiagonal, 2, low, largest);
        return (new RitzPair(largest, LastComponent(diagonal, offDiagonal, largest)), new RitzPair(second, LastComponent(diagonal, offDiagonal, second)));
    }

    private static (double Low, double High) GershgorinInterval(IReadOnlyList<double> diagonal, IReadOnlyList<double> offDiagonal)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        for (var i = 0; i < diagonal.Count; i++)
        {
            var radius = (i > 0 ? offDiagonal[i - 1] : 0) + (i < diagonal.Count - 1 ? offDiagonal[i] : 0);
            low = Math.Min(low, diagonal[i] - radius);
            high = Math.Max(high, diagonal[i] + radius);
        }

        return (low, high);
    }

    private static double KthLargest(IReadOnlyList<double> diagonal, IReadOnlyList<double> offDiagonal, int k, double low, double high)
    {
        // Invariant: fewer than k eigenvalues lie above high, at least k above low.
        while (true)
        {
            var middle = 0.5 * (low + high);
            if (middle <= low || middle >= high)
            {
                return high;
            }

            if (CountAbove(diagonal, offDiagonal, middle) >= k)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
    }

    private static int CountAbove(IReadOnlyList<double> diagonal, IReadOnlyList<double> offDiagonal, double shift)
    {
        var count = 0;
        var pivot = 1.0;
        for (var i = 0; i < diagonal.Count; i++)
        {
            var coupling = i == 0 ? 0 : offDiagonal[i - 1];
            pivot = diagonal[i] - shift - (coupling * coupling / pivot);
            if (pivot == 0)
            {
                pivot = double.Epsilon;
            }

            if (pivot > 0)
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Last component of the unit eigenvector, from the backward recurrence, which grows towards the large components.</summary>
    private static double LastComponent(IReadOnlyList<double> diagonal, IReadOnlyList<double> offDiagonal, double value)
    {
        var m = diagonal.Count;
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
