namespace Wellbehaved.Theory;

/// <summary>Mean and variance over the points of each neuron, without cancellation.</summary>
/// <param name="points">P.</param>
/// <param name="width">N.</param>
internal sealed class NeuronStatistics(int points, int width)
{
    /// <summary>Means over the points (N).</summary>
    public double[] Means { get; } = new double[width];

    /// <summary>Variances over the points (N).</summary>
    public double[] Variances { get; } = new double[width];

    /// <summary>Computes both.</summary>
    /// <param name="neurons">Signal at the points, stored by rows (P × N or more rows).</param>
    public void Compute(ReadOnlySpan<double> neurons)
    {
        Array.Clear(Means);
        Array.Clear(Variances);
        for (var point = 0; point < points; point++)
        {
            var row = neurons.Slice(point * width, width);
            for (var neuron = 0; neuron < row.Length; neuron++)
            {
                Means[neuron] += row[neuron];
            }
        }

        for (var neuron = 0; neuron < width; neuron++)
        {
            Means[neuron] /= points;
        }

        for (var point = 0; point < points; point++)
        {
            var row = neurons.Slice(point * width, width);
            for (var neuron = 0; neuron < row.Length; neuron++)
            {
                var centred = row[neuron] - Means[neuron];
                Variances[neuron] += centred * centred;
            }
        }

        for (var neuron = 0; neuron < width; neuron++)
        {
            Variances[neuron] /= points;
        }
    }
}
