using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Experiments;

/// <summary>Computes the moments at the recorded places of a described network.</summary>
internal sealed class PlaceRecorder<T> : IPlaceObserver<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ExperimentOptions _options;
    private readonly RecordedPlaces _places;
    private readonly int _threads;
    private readonly int _firstWithWeights;

    /// <summary>The position of each of the network's places among the recorded ones; -1 for places that are not recorded.</summary>
    private readonly int[] _positions;
    private readonly Dictionary<TensorShape, MomentComputation<T>> _computations = [];
    private MomentSet[] _moments = [];

    public PlaceRecorder(ExperimentOptions options, int threads)
    {
        (_options, _places, _threads) = (options, options.RecordedPlaces!, threads);
        _positions = [.. Enumerable.Repeat(-1, options.Network!.Places.Count)];
        foreach (var (index, position) in _places.Indices.Select((index, position) => (index, position)))
        {
            _positions[index] = position;
        }

        _firstWithWeights = options.Network.Places.TakeWhile(place => place.WeightedLayers == 0).Count();
    }

    /// <summary>Drops the moments of the previous simulation.</summary>
    public void Start() => _moments = new MomentSet[_places.Count];

    /// <inheritdoc/>
    public bool Observes(int index, Networks.Place place) => _positions[index] >= 0;

    /// <inheritdoc/>
    public void Observe(int index, Networks.Place place, SignalAndNoise<T> values)
    {
        var position = _positions[index];
        var ranks = _places.HasRanks[position];
        if (!_computations.TryGetValue(values.Shape, out var computation))
        {
            _computations.Add(values.Shape, computation = new MomentComputation<T>(values.Shape, _threads));
        }

        var moments = computation.Compute(values, ranks && _options.ReffSignal, ranks && _options.ReffNoise);
        if (index == _firstWithWeights && values.Shape.Points > 1 && place.After is Networks.Convolution or Dense)
        {
            VaryingInput.Require(_options, moments, values.Shape.Channels, withoutEpsilon: false);
        }

        _moments[position] = moments;
    }

    /// <summary>The recorded moments.</summary>
    public SimulationMoments Finish(double mu2InputSignal) => new(mu2InputSignal, default, [.. _moments.Select(moments => new[] { moments })], null);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var computation in _computations.Values)
        {
            computation.Dispose();
        }
    }
}
