using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>Confidence intervals of several means at once, over mappings: the bootstrap of the largest t (asymptotic in the number of mappings).</summary>
/// <remarks>
/// Mappings are resampled, each with all of its numbers, so whatever correlation there is between depths is kept. Each resample gives the largest
/// studentised distance of its means from those of the sample, and the quantile of these is the common half-width in standard errors. Below <see cref="LeastMappings"/>
/// a resample often consists of copies; there Student's quantile shared by Bonferroni stands in, which is wider.
/// The resampling is a function of the numbers of mappings and of resamples alone: the same data give the same intervals.
/// </remarks>
internal sealed class SimultaneousBands
{
    /// <summary>Fewest mappings to resample.</summary>
    private const int LeastMappings = 10;

    /// <summary>Resamples: the 95 % quantile of 2,000 is known to a standard error of half a per cent of coverage.</summary>
    private const int Resamples = 2000;

    private const ulong Stream = 0x6d61782d74;

    private static readonly int[] Both = [1, -1];

    private readonly double[] _means;
    private readonly double[] _errors;

    private SimultaneousBands(double[] means, double[] errors, double quantile) => (_means, _errors, Quantile) = (means, errors, quantile);

    /// <summary>Half-width of every interval in standard errors.</summary>
    public double Quantile { get; }

    /// <summary>Makes the intervals.</summary>
    /// <param name="columns">For each mean its numbers, one for each mapping; at least two mappings.</param>
    /// <param name="falseRate">Probability that any interval misses its mean.</param>
    /// <param name="sides">The signs that each mean may be given: a mean is missed only by an interval that lies wholly on that side of it. Null where both ends of all intervals count.</param>
    /// <returns>The intervals.</returns>
    public static SimultaneousBands Of(IReadOnlyList<double[]> columns, double falseRate, IReadOnlyList<IReadOnlyList<int>>? sides = null)
    {
        sides ??= [.. columns.Select(_ => Both)];
        var mappings = columns[0].Length;
        double[] means = [.. columns.Select(column => column.Mean())];
        double[] errors = [.. columns.Select((column, i) => ErrorOf(column, means[i]))];
        return new SimultaneousBands(means, errors, mappings < LeastMappings
            ? StudentQuantile.TwoSided(2 * falseRate / sides.Sum(side => side.Count), mappings - 1)
            : Math.Max(StudentQuantile.TwoSided(falseRate, mappings - 1), Resampled(columns, means, errors, falseRate, sides)));
    }

    /// <summary>The interval of a mean.</summary>
    /// <param name="index">Its index.</param>
    /// <returns>Mean, lower and upper end.</returns>
    public (double Mean, double Lower, double Upper) Interval(int index) =>
        (_means[index], _means[index] - (Quantile * _errors[index]), _means[index] + (Quantile * _errors[index]));

    /// <summary>The sign of a mean, if its interval tells: 1, -1, or 0.</summary>
    public int Sign(int index) => Interval(index) is var (_, lower, upper) && lower > 0 ? 1 : upper < 0 ? -1 : 0;

    /// <summary>Standard error of a mean; 0 for numbers that differ by no more than the rounding of their mean.</summary>
    private static double ErrorOf(double[] column, double mean)
    {
        var error = column.StandardDeviation() / Math.Sqrt(column.Length);
        return error <= Math.ScaleB(column.Length, -52) * Math.Abs(mean) ? 0 : error;
    }

    private static double Resampled(IReadOnlyList<double[]> columns, double[] means, double[] errors, double falseRate, IReadOnlyList<IReadOnlyList<int>> sides)
    {
        var mappings = columns[0].Length;
        var largest = new double[Resamples];
        Parallel.For(0, Resamples, resample =>
        {
            var drawn = new int[mappings];
            for (var i = 0; i < mappings; i++)
            {
                var number = Mixing.Mix(Mixing.Mix(Stream ^ (ulong)resample) ^ (ulong)i);
                drawn[i] = (int)Math.BigMul(number, (ulong)mappings, out _);
            }

            for (var index = 0; index < columns.Count; index++)
            {
                if (errors[index] > 0)
                {
                    var distance = Distance(columns[index], drawn, means[index]);
                    foreach (var side in sides[index])
                    {
                        largest[resample] = Math.Max(largest[resample], side * distance);
                    }
                }
            }
        });
        return largest.Quantile(1 - falseRate);
    }

    private static double Distance(double[] column, int[] drawn, double mean)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var index in drawn)
        {
            var apart = column[index] - mean;
            (sum, squares) = (sum + apart, squares + (apart * apart));
        }

        var (n, resampled) = (drawn.Length, sum / drawn.Length);
        var variance = (squares - (n * resampled * resampled)) / (n - 1);
        return variance > 0 ? resampled / Math.Sqrt(variance / n) : 0;
    }
}
