using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>Compares channels of a convolution with each other, all simulations together.</summary>
internal static class ChannelPairs
{
    /// <summary>Compares any two output channels by their weights from all inputs.</summary>
    /// <param name="simulations">The simulations.</param>
    /// <param name="rates">The permitted error rates.</param>
    /// <param name="network">The network in words, for messages.</param>
    public static Measurement Outputs(IReadOnlyList<RecoveredSimulation> simulations, ErrorRates rates, string network) =>
        Compare(
            simulations,
            new Asked(rates, WeightDiscrepancies.Channels, $"correlation of two output channels, {network}"),
            convolution => convolution.Shape.OutputChannels,
            (convolution, rows) => (Transposed(convolution, rows), convolution.OutputErrors, VectorMath.Dot(convolution.InputErrors, convolution.InputErrors))
        );

    /// <summary>Compares any two inputs by their weights to all outputs; a kernel has an input for each channel and offset.</summary>
    /// <param name="simulations">The simulations.</param>
    /// <param name="rates">The permitted error rates.</param>
    /// <param name="discrepancy">The correlation that must be seen.</param>
    /// <param name="network">The network in words, for messages.</param>
    public static Measurement Inputs(IReadOnlyList<RecoveredSimulation> simulations, ErrorRates rates, double discrepancy, string network) =>
        Compare(
            simulations,
            new Asked(rates, discrepancy, $"correlation of two inputs, {network}"),
            convolution => convolution.Shape.FanIn,
            (convolution, _) => (convolution.Weights, convolution.InputErrors, VectorMath.Dot(convolution.OutputErrors, convolution.OutputErrors))
        );

    private static Measurement Compare(
        IReadOnlyList<RecoveredSimulation> simulations,
        Asked asked,
        Func<RecoveredConvolution, int> count,
        Func<RecoveredConvolution, double[], (double[] Rows, double[] Errors, double OtherErrors)> rowsOf
    )
    {
        var counts = simulations[0].Convolutions.Select(count).ToArray();
        var test = new CosineTest(asked.Rates, counts.Sum(rows => (long)rows * (rows - 1) / 2));
        for (var index = 0; index < counts.Length; index++)
        {
            var (rows, convolution) = (counts[index], index);
            var sums = new Sums(rows);
            var transposed = new double[simulations[0].Convolutions[index].Shape.Length];
            foreach (var simulation in simulations)
            {
                sums.Add(rowsOf(simulation.Convolutions[index], transposed), simulation.Convolutions[index]);
            }

            for (var i = 0; i < rows; i++)
            {
                for (var j = i + 1; j < rows; j++)
                {
                    var (first, second) = (i, j);
                    test.Add(sums.Cosine(i, j), () => $"{first} and {second} of convolution {convolution}");
                }
            }
        }

        return test.Conclude(asked.Quantity, asked.Discrepancy);
    }

    private static double[] Transposed(RecoveredConvolution convolution, double[] target)
    {
        var (weights, inputs, outputs) = (convolution.Weights, convolution.Shape.FanIn, convolution.Shape.OutputChannels);
        for (var input = 0; input < inputs; input++)
        {
            for (var output = 0; output < outputs; output++)
            {
                target[(output * inputs) + input] = weights[(input * outputs) + output];
            }
        }

        return target;
    }

    private sealed record Asked(ErrorRates Rates, double Discrepancy, string Quantity);

    /// <summary>Scalar products of all rows with each other.</summary>
    private sealed class Sums(int rows)
    {
        private readonly double[] _products = new double[rows * rows];
        private readonly double[] _errors = new double[rows];
        private long _length;

        public void Add((double[] Rows, double[] Errors, double OtherErrors) matrix, RecoveredConvolution convolution)
        {
            var length = convolution.Shape.Length / rows;
            for (var i = 0; i < rows; i++)
            {
                var row = matrix.Rows.AsSpan(i * length, length);
                for (var j = i; j < rows; j++)
                {
                    _products[(i * rows) + j] += VectorMath.Dot(row, matrix.Rows.AsSpan(j * length, length));
                }

                _errors[i] += matrix.Errors[i] * matrix.Errors[i] * matrix.OtherErrors;
            }

            _length += length;
        }

        public Cosine Cosine(int i, int j) =>
            Statistics.Cosine.FromSums(_products[(i * rows) + j], (_products[(i * rows) + i], _products[(j * rows) + j]), (_errors[i], _errors[j]), _length);
    }
}
