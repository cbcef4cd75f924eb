using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>Compares the weights of a simulation, as one stream, with the same stream shifted by every lag.</summary>
/// <remarks>
/// Products at a lag L share numbers: the second factor of one is the first factor of another. So only indices i with an even ⌊i/L⌋ are first factors. Then
/// ⌊(i + L)/L⌋ is odd, the two vectors have no number in common, and the law of their cosine is exact.
/// </remarks>
internal static class LaggedWeights
{
    /// <summary>The fewest products that a lag must leave; with fewer, the interval of a correlation would not lie inside the discrepancy.</summary>
    private const long FewestDimensions = 2048;

    /// <summary>Tests every lag, all simulations together.</summary>
    /// <param name="simulations">The simulations.</param>
    /// <param name="rates">The permitted error rates.</param>
    /// <param name="network">The network in words, for messages.</param>
    public static Measurement Measure(IReadOnlyCollection<RecoveredSimulation> simulations, ErrorRates rates, string network)
    {
        Stream[] streams = [.. simulations.Select(simulation => new Stream(simulation))];
        int[] lags = [.. Enumerable.Range(1, streams[0].Length - 1).Where(lag => streams.Length * Firsts(streams[0].Length, lag) >= FewestDimensions)];
        var test = new CosineTest(rates, Math.Max(1, lags.Length));
        foreach (var lag in lags)
        {
            var sums = new CosineSums();
            foreach (var stream in streams)
            {
                stream.AddTo(sums, lag);
            }

            test.Add(sums.Cosine, () => $"at lag {lag}");
        }

        return test.Conclude($"correlation of a simulation's weights with those a lag further, {network}", WeightDiscrepancies.Lag);
    }

    /// <summary>Number of indices i below n - L whose ⌊i/L⌋ is even.</summary>
    private static long Firsts(int length, int lag)
    {
        var (pairs, last) = ((length - lag) / (2 * lag), (length - lag) % (2 * lag));
        return ((long)pairs * lag) + Math.Min(last, lag);
    }

    private sealed class Stream
    {
        private readonly double[] _values;
        private readonly double[] _squares;
        private readonly double _error;

        public Stream(RecoveredSimulation simulation)
        {
            _values = [.. simulation.Convolutions.SelectMany(convolution => convolution.Weights)];
            _error = simulation.Convolutions.Sum(convolution => convolution.SquaredError);
            _squares = new double[_values.Length + 1];
            for (var i = 0; i < _values.Length; i++)
            {
                _squares[i + 1] = _squares[i] + (_values[i] * _values[i]);
            }
        }

        public int Length => _values.Length;

        public void AddTo(CosineSums sums, int lag)
        {
            var (product, squares, dimensions) = (0.0, (A: 0.0, B: 0.0), 0L);
            for (var start = 0; start + lag < Length; start += 2 * lag)
            {
                var end = Math.Min(start + lag, Length - lag);
                product += VectorMath.Dot(_values.AsSpan(start, end - start), _values.AsSpan(start + lag, end - start));
                squares = (squares.A + _squares[end] - _squares[start], squares.B + _squares[end + lag] - _squares[start + lag]);
                dimensions += end - start;
            }

            sums.Add(product, squares, (_error, _error), dimensions);
        }
    }
}
