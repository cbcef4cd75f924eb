using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>
/// How much of a forecast each place is: kernels cost more than the square of their points, and the first places of a convolutional network have most of them.
/// </summary>
internal sealed class ForecastProgress
{
    /// <summary>Between the square of a kernel's entries and the cube of its decompositions.</summary>
    private const double Power = 2.5;

    /// <summary>Seconds of one multiply-add of a sampled network.</summary>
    private const double Product = 3e-10;

    private readonly long[] _weights;
    private readonly long _sampled;
    private int _reached;

    /// <summary>Weighs the places.</summary>
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

    /// <summary>About this long the sample takes.</summary>
    public double SampleSeconds { get; }

    /// <summary>The amount of the place that was reached just now.</summary>
    public long Next()
    {
        var index = Interlocked.Increment(ref _reached) - 1;
        return index < _weights.Length ? _weights[index] : _sampled;
    }
}
