namespace Wellbehaved.Training;

/// <summary>
/// Means and variances before each batch norm, averaged over the batches of training, for evaluation. During the first ten batches they are the mean over all
/// batches so far; from then on each new batch has a weight of a tenth (Ioffe, Szegedy 2015; PyTorch's momentum 0.1).
/// </summary>
/// <remarks>Variances are divided by the number of points minus one, like PyTorch's running variances.</remarks>
internal sealed class RunningStatistics
{
    private const double Momentum = 0.1;
    private readonly BatchStatistics[] _averages;
    private readonly int[] _points;
    private int _batches;

    /// <summary>Begins without any batch.</summary>
    /// <param name="norms">Number of channels of each batch norm, and number of points over which its statistics are taken.</param>
    public RunningStatistics(IReadOnlyList<(int Channels, int Points)> norms)
    {
        _averages = [.. norms.Select(norm => new BatchStatistics(norm.Channels))];
        _points = [.. norms.Select(norm => norm.Points)];
    }

    /// <summary>The averages, in the order of propagation.</summary>
    public IReadOnlyList<BatchStatistics> Averages => _averages;

    /// <summary>Adds the statistics of a batch.</summary>
    /// <param name="batch">The statistics of each batch norm, in the order of propagation.</param>
    public void Add(IReadOnlyList<BatchStatistics> batch)
    {
        _batches++;
        var weight = Math.Max(Momentum, 1.0 / _batches);
        for (var norm = 0; norm < _averages.Length; norm++)
        {
            var unbiased = _points[norm] / (_points[norm] - 1.0);
            Average(_averages[norm].Means, batch[norm].Means, weight, 1);
            Average(_averages[norm].Variances, batch[norm].Variances, weight, unbiased);
        }
    }

    private static void Average(Span<double> averages, ReadOnlySpan<double> values, double weight, double factor)
    {
        for (var i = 0; i < averages.Length; i++)
        {
            averages[i] += weight * ((values[i] * factor) - averages[i]);
        }
    }
}
