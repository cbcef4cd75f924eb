using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>
/// The share of the work of a forecast that each place takes. The cost of a kernel grows faster than the square of its points, and in a convolutional network
/// the first places have most of the points.
/// </summary>
internal sealed class ForecastProgress
{
    /// <summary>The exponent of the cost in the points: between 2, for the entries of a kernel, and 3, for its decompositions.</summary>
    private const double Power = 2.5;

    /// <summary>Seconds that one multiply-add of a sampled network takes.</summary>
    private const double Product = 3e-10;

    private readonly long[] _weights;
    private readonly long _sampled;
    private int _reached;

    /// <summary>Computes the weight of each place.</summary>
    public ForecastProgress(NetworkQuestion question, PointSubset subset, int samples)
    {
        var (places, kernel) = (question.Network.Places, PredictionCost.Count(question.Network.Layers, subset.Shape, subset.Images).Seconds);
        var positions = Math.Max(1, subset.Shape.Positions);
        _weights = [.. places.Select(place => 1 + (long)(1e6 * Math.Pow(Math.Min(1, (double)place.Shape.Positions / positions), Power)))];
        SampleSeconds = samples == 0 ? 0 : samples * FiniteWidthSample.Cost(question.Network.Layers, question.Shape, (int)subset.Points) * Product;
        _sampled = samples == 0 ? 0 : 1 + (long)(_weights.Sum() * (SampleSeconds / Math.Max(kernel, 1e-6)) / ((double)samples * Math.Max(1, places.Count)));
        Total = _weights.Sum() + (_sampled * samples * places.Count);
        First = places.TakeWhile(place => place.Depth <= 1).Select((_, index) => _weights[index]).DefaultIfEmpty(1).Sum();
    }

    /// <summary>Amount of work in all.</summary>
    public long Total { get; }

    /// <summary>Amount up to the end of the first unit.</summary>
    public long First { get; }

    /// <summary>Estimated seconds that the sample takes.</summary>
    public double SampleSeconds { get; }

    /// <summary>The amount of work of the place that was reached just now.</summary>
    public long Next()
    {
        var index = Interlocked.Increment(ref _reached) - 1;
        return index < _weights.Length ? _weights[index] : _sampled;
    }
}
