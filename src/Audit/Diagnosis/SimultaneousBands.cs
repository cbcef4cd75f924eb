using System.Numerics;
using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>Confidence intervals of several means at once, over mappings: the balanced bootstrap of t (asymptotic in the number of mappings).</summary>
/// <remarks>
/// Mappings are resampled, each with all of its numbers, so that any correlation between depths is kept. Each resample gives the studentised distance of its
/// means from those of the sample. A distance is replaced by its rank among the resamples of the same mean, and the quantile of the largest rank is the level
/// that all intervals share (Beran, J. Amer. Statist. Assoc. 1988). If the largest distance itself were used, one mean of squares would make every other
/// interval as wide as its own: its t is skewed when a resample misses its largest number. Below <see cref="LeastMappings"/> a resample often consists of
/// copies; there Student's quantile shared by Bonferroni is used instead, which is wider. The resampling depends only on the numbers of mappings and of
/// resamples: the same data give the same intervals.
/// </remarks>
internal sealed class SimultaneousBands
{
    /// <summary>The fewest mappings that are resampled.</summary>
    private const int LeastMappings = 20;

    /// <summary>Number of resamples: if some thirty ends of intervals share 5 %, at least ten resamples lie beyond each.</summary>
    private const int Resamples = 4000;

    private const ulong Stream = 0x6d61782d74;

    private static readonly int[] Both = [1, -1];

    private readonly double[] _means;
    private readonly double[] _errors;
    private readonly double[] _widths;

    private SimultaneousBands(double[] means, double[] errors, double[] widths) => (_means, _errors, _widths) = (means, errors, widths);

    /// <summary>Computes the intervals.</summary>
    /// <param name="columns">For each mean its numbers, one for each mapping; there are at least two mappings.</param>
    /// <param name="falseRate">Probability that any interval misses its mean.</param>
    /// <param name="sides">
    /// The signs that each mean may be given. An interval then misses its mean only if it lies wholly on one of these sides of it. Null if both ends of all
    /// intervals count.
    /// </param>
    /// <returns>The intervals.</returns>
    public static SimultaneousBands Compute(IReadOnlyList<double[]> columns, double falseRate, IReadOnlyList<IReadOnlyList<int>>? sides = null)
    {
        sides ??= [.. columns.Select(_ => Both)];
        var mappings = columns[0].Length;
        double[] means = [.. columns.Select(column => column.Mean())];
        double[] errors = [.. columns.Select((column, i) => ErrorOf(column, means[i]))];

        var widths =
            mappings < LeastMappings
                ? Enumerable.Repeat(StudentQuantile.TwoSided(2 * falseRate / sides.Sum(side => side.Count), mappings - 1), columns.Count)
                : Resampled(columns, means, errors, falseRate, sides).Select(width => Math.Max(StudentQuantile.TwoSided(falseRate, mappings - 1), width));
        return new SimultaneousBands(means, errors, [.. widths]);
    }

    /// <summary>The interval of a mean.</summary>
    /// <param name="index">Its index.</param>
    /// <returns>Mean, lower and upper end.</returns>
    public (double Mean, double Lower, double Upper) Interval(int index) =>
        (_means[index], _means[index] - (_widths[index] * _errors[index]), _means[index] + (_widths[index] * _errors[index]));

    /// <summary>The half-width of an interval, in standard errors.</summary>
    /// <param name="index">Its index.</param>
    /// <returns>The half-width.</returns>
    public double WidthOf(int index) => _widths[index];

    /// <summary>The sign of a mean, if its interval determines it: 1 or -1, otherwise 0.</summary>
    public int Sign(int index) =>
        Interval(index) is var (_, lower, upper) && lower > 0 ? 1
        : upper < 0 ? -1
        : 0;

    /// <summary>Standard error of a mean; 0 if the numbers differ by no more than the rounding of their mean.</summary>
    private static double ErrorOf(double[] column, double mean)
    {
        var error = column.StandardDeviation() / Math.Sqrt(column.Length);
        return error <= Math.ScaleB(column.Length, -52) * Math.Abs(mean) ? 0 : error;
    }

    /// <summary>The half-width of each interval, in standard errors.</summary>
    /// <remarks>
    /// If both ends count, they have the same distance from the mean: few mappings determine one distance better than two (Hall, J. R. Statist. Soc. B 1988).
    /// </remarks>
    private static double[] Resampled(
        IReadOnlyList<double[]> columns,
        double[] means,
        double[] errors,
        double falseRate,
        IReadOnlyList<IReadOnlyList<int>> sides
    )
    {
        var (mappings, count) = (columns[0].Length, columns.Count);
        var distances = columns.Select(_ => new double[Resamples]).ToArray();

        // The numbers of all columns side by side, mapping by mapping: a resample adds up rows, and each column in the order in which its mappings were drawn.
        var (apart, squares) = (new double[mappings * count], new double[mappings * count]);
        for (var mapping = 0; mapping < mappings; mapping++)
        {
            for (var index = 0; index < count; index++)
            {
                var distance = columns[index][mapping] - means[index];
                (apart[(mapping * count) + index], squares[(mapping * count) + index]) = (distance, distance * distance);
            }
        }

        Parallel.For(
            0,
            Resamples,
            () => (Sums: new double[count], Squares: new double[count]),
            (resample, state, total) =>
            {
                Array.Clear(total.Sums);
                Array.Clear(total.Squares);
                for (var i = 0; i < mappings; i++)
                {
                    var number = Mixing.Mix(Mixing.Mix(Stream ^ (ulong)resample) ^ (ulong)i);
                    var drawn = (int)Math.BigMul(number, (ulong)mappings, out _);
                    Add(total.Sums, apart.AsSpan(drawn * count, count));
                    Add(total.Squares, squares.AsSpan(drawn * count, count));
                }

                for (var index = 0; index < count; index++)
                {
                    var distance = errors[index] > 0 ? Distance(total.Sums[index], total.Squares[index], mappings) : 0;
                    distances[index][resample] = sides[index] is [var only] ? only * distance : Math.Abs(distance);
                }

                return total;
            },
            _ => { }
        );

        // Equal distances share the lowest rank: so a number that never varies is never the largest.
        var orders = distances.Select(Ordered).ToArray();
        var largest = new int[Resamples];
        foreach (var (column, order) in distances.Zip(orders))
        {
            var rank = 0;
            for (var i = 0; i < Resamples; i++)
            {
                rank = i > 0 && column[order[i]] > column[order[i - 1]] ? i : rank;
                largest[order[i]] = Math.Max(largest[order[i]], rank);
            }
        }

        var level = largest.Order().ElementAt((int)Math.Ceiling((1 - falseRate) * Resamples) - 1);
        return [.. distances.Zip(orders, (column, order) => column[order[level]])];
    }

    /// <summary>Resamples in increasing order of distance; those of equal distance in any order.</summary>
    private static int[] Ordered(double[] column)
    {
        int[] order = [.. Enumerable.Range(0, column.Length)];
        Array.Sort([.. column], order);
        return order;
    }

    private static void Add(Span<double> sums, ReadOnlySpan<double> terms)
    {
        var i = 0;
        for (; i <= sums.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            (new Vector<double>(sums[i..]) + new Vector<double>(terms[i..])).CopyTo(sums[i..]);
        }

        for (; i < sums.Length; i++)
        {
            sums[i] += terms[i];
        }
    }

    private static double Distance(double sum, double squares, int n)
    {
        var resampled = sum / n;
        var variance = (squares - (n * resampled * resampled)) / (n - 1);
        return variance > 0 ? resampled / Math.Sqrt(variance / n) : 0;
    }
}
