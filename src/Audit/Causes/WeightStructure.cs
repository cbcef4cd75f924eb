using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>
/// Finds what makes the weights of one convolution dependent: orthogonal, symmetric or equal channels, a low rank, or a stream of numbers that repeats.
/// </summary>
internal static class WeightStructure
{
    /// <summary>The largest cosine of orthogonal channels; random channels of this many weights have cosines of a tenth.</summary>
    private const double Orthogonal = 0.01,
        Copied = 0.999;

    /// <summary>The longest period that is searched for in a stream.</summary>
    private const int LongestPeriod = 2048;

    /// <summary>Explains the dependence.</summary>
    /// <param name="simulations">Simulations of the wide network.</param>
    /// <returns>The cause, and how many convolutions show it; null if there is none.</returns>
    public static (string Cause, string Evidence)? Explain(IReadOnlyList<RecoveredSimulation> simulations)
    {
        RecoveredConvolution[] known =
        [
            .. simulations
                .Take(4)
                .SelectMany(simulation => simulation.Convolutions)
                .Where(convolution => convolution.IsWellKnown && convolution.KnownInputs == convolution.Shape.FanIn),
        ];
        var found = known
            .Select(convolution => (convolution.Index, Cause: Explain(convolution)))
            .Where(one => one.Cause is not null)
            .GroupBy(one => one.Cause!)
            .MaxBy(group => group.Count());
        if (found is not null && found.Count() * 2 > known.Count(convolution => convolution.Index > 0))
        {
            return (found.Key, $"so are {found.Count()} of {Files.Counted.Spell(known.Length, "recovered convolution")}, to rounding");
        }

        return Correlated(simulations);
    }

    private static string? Explain(RecoveredConvolution convolution)
    {
        var (inputs, outputs) = (convolution.Shape.FanIn, convolution.Shape.OutputChannels);
        if (convolution.KnownInputs < inputs)
        {
            return null;
        }

        if (Period(convolution.Weights) is { } period)
        {
            return $"a stream of weights that repeats after {period} numbers";
        }

        var matrix = Matrix<double>.Build.Dense(inputs, outputs, (input, output) => convolution.Weights[(input * outputs) + output]);
        var (columns, rows) = (Cosines(matrix), Cosines(matrix.Transpose()));
        if ((inputs >= outputs ? columns : rows).All(pair => Math.Abs(pair.Cosine) < Orthogonal))
        {
            return "orthogonal weights";
        }

        foreach (var (pairs, what) in new[] { (columns, "output"), (rows, "input") })
        {
            if (pairs.Where(pair => Math.Abs(pair.Cosine) > Copied).ToArray() is [var first, ..])
            {
                return $"{what} channels {first.One} and {first.Other} of equal weights";
            }
        }

        if (inputs == outputs && (matrix - matrix.Transpose()).FrobeniusNorm() < 1e-2 * matrix.FrobeniusNorm())
        {
            return "symmetric weights";
        }

        var singular = matrix.Svd(computeVectors: false).S;
        var rank = singular.Count(value => value > 1e-2 * singular[0]);
        return 3 * rank < 2 * Math.Min(inputs, outputs) ? $"weights of rank {rank}, where {Math.Min(inputs, outputs)} are possible" : null;
    }

    /// <summary>Whether convolutions correlate with the next one of the same shape, and by how much.</summary>
    private static (string Cause, string Evidence)? Correlated(IReadOnlyList<RecoveredSimulation> simulations)
    {
        var (product, one, other, count) = (0.0, 0.0, 0.0, 0L);
        foreach (
            var (first, second) in simulations
                .SelectMany(simulation => simulation.Convolutions.Zip(simulation.Convolutions.Skip(1)))
                .Where(pair =>
                    pair.First.Weights.Length == pair.Second.Weights.Length && pair.First.Index > 0 && pair.First.IsWellKnown && pair.Second.IsWellKnown
                )
        )
        {
            product += VectorMath.Dot(first.Weights, second.Weights);
            one += VectorMath.Dot(first.Weights, first.Weights);
            other += VectorMath.Dot(second.Weights, second.Weights);
            count += first.Weights.Length;
        }

        var (correlation, error) = (product / Math.Sqrt(one * other), 1 / Math.Sqrt(Math.Max(1, count)));
        return Math.Abs(correlation) > 5 * error
            ? (
                string.Create(CultureInfo.InvariantCulture, $"successive convolutions correlated by {correlation:0.000}"),
                string.Create(CultureInfo.InvariantCulture, $"± {2 * error:0.000}, over {count} pairs of weights")
            )
            : null;
    }

    private static int? Period(double[] weights)
    {
        for (var lag = 1; lag <= Math.Min(LongestPeriod, weights.Length / 2); lag++)
        {
            var i = 0;
            while (i + lag < weights.Length && Math.Abs(weights[i] - weights[i + lag]) < 1e-2)
            {
                i++;
            }

            if (i + lag == weights.Length)
            {
                return lag;
            }
        }

        return null;
    }

    private static (int One, int Other, double Cosine)[] Cosines(Matrix<double> matrix)
    {
        var gram = matrix.TransposeThisAndMultiply(matrix);
        return
        [
            .. from i in Enumerable.Range(0, gram.RowCount)
            from j in Enumerable.Range(i + 1, gram.RowCount - i - 1)
            select (i, j, gram[i, j] / Math.Sqrt(gram[i, i] * gram[j, j])),
        ];
    }
}
