using System.Runtime.InteropServices;
using MathNet.Numerics.Distributions;

namespace Wellbehaved.Statistics;

/// <summary>The distance of Kolmogorov and Smirnov between numbers and the standard normal law.</summary>
/// <remarks>
/// Sorting hundreds of thousands of numbers, with a normal distribution function for each, would cost more than drawing them. So the numbers are first assigned
/// to cells of the axis. At the first and the last number of a cell the distance is known. Between them it can exceed neither that of the last rank from the
/// first number nor that of the first rank from the last number. Only cells that may exceed the largest known distance are sorted, and the result is identical,
/// bit for bit, with that of sorting everything.
/// </remarks>
internal static class NormalDistance
{
    /// <summary>Number of cells in a standard deviation. A cell has at most 0.0004 of the probability, a fraction of the distance of 100,000 numbers.</summary>
    private const int CellsToOne = 1024;

    /// <summary>Number of standard deviations on each side that are divided into cells; the two outermost cells take everything beyond.</summary>
    private const int Reach = 4;

    private const int Cells = 2 * Reach * CellsToOne;

    /// <summary>Allowance for rounding: the computed distribution function may decrease by a rounding or two, 1e-15, between neighbours.</summary>
    private const double Rounding = 1e-12;

    /// <summary>Computes the distance.</summary>
    /// <param name="values">Finite numbers.</param>
    /// <returns>The largest difference between the share of numbers and the probability, on either side of a step; 0 if there are no numbers.</returns>
    public static double Measure(List<double> values)
    {
        var (starts, sorted) = (new int[Cells + 1], new double[values.Count]);
        var numbers = CollectionsMarshal.AsSpan(values);
        foreach (var value in numbers)
        {
            starts[CellOf(value) + 1]++;
        }

        for (var cell = 0; cell < Cells; cell++)
        {
            starts[cell + 1] += starts[cell];
        }

        var next = starts.AsSpan(0, Cells).ToArray();
        foreach (var value in numbers)
        {
            sorted[next[CellOf(value)]++] = value;
        }

        var (distance, bounds, n) = (0.0, new double[Cells], values.Count);
        for (var cell = 0; cell < Cells; cell++)
        {
            var (start, end) = (starts[cell], starts[cell + 1]);
            if (start < end)
            {
                var (least, most) = Extremes(sorted.AsSpan(start, end - start));
                var (below, above) = (Normal.CDF(0, 1, least), Normal.CDF(0, 1, most));
                distance = Math.Max(distance, Math.Max(((double)end / n) - above, below - ((double)start / n)));
                bounds[cell] = Rounding + Math.Max(((double)end / n) - below, above - ((double)start / n));
            }
        }

        for (var cell = 0; cell < Cells; cell++)
        {
            if (bounds[cell] > distance)
            {
                distance = Math.Max(distance, Within(sorted, starts[cell], starts[cell + 1]));
            }
        }

        return distance;
    }

    private static int CellOf(double value) => (int)Math.Clamp((value + Reach) * CellsToOne, 0, Cells - 1);

    private static (double Least, double Most) Extremes(ReadOnlySpan<double> values)
    {
        var (least, most) = (values[0], values[0]);
        foreach (var value in values)
        {
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        }

        return (least, most);
    }

    private static double Within(double[] values, int start, int end)
    {
        Array.Sort(values, start, end - start);
        var distance = 0.0;
        for (var i = start; i < end; i++)
        {
            var expected = Normal.CDF(0, 1, values[i]);
            distance = Math.Max(distance, Math.Max(((i + 1.0) / values.Length) - expected, expected - ((double)i / values.Length)));
        }

        return distance;
    }
}
