using System.Numerics;

namespace Wellbehaved.Experiments;

/// <summary>Computes the moments at every place, at the depths that are asked for.</summary>
internal sealed class MomentRecorder<T> : IPropagationObserver<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ExperimentOptions _options;
    private readonly MomentComputation<T> _computation;
    private readonly int _places;
    private readonly bool _mayVary;
    private readonly Dictionary<int, int> _indices;
    private MomentSet[][] _moments = [];
    private MomentSet _atDepth0;
    private int? _diedAtDepth;

    public MomentRecorder(ExperimentOptions options, NetworkSettings settings, int threads)
    {
        _options = options;
        _computation = new MomentComputation<T>(settings.FeatureShape, threads);
        _places = settings.Architecture.Places.Length;
        _mayVary = settings.FeatureShape.Points > 1;
        _indices = options.ComputedDepths.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        Start();
    }

    /// <summary>Drops the moments of the previous simulation.</summary>
    public void Start()
    {
        _moments = [.. Enumerable.Range(0, _places).Select(_ => new MomentSet[_options.NumComputations])];
        _diedAtDepth = null;
    }

    /// <inheritdoc/>
    public bool Observes(int depth) => depth == 0 || _indices.ContainsKey(depth);

    /// <inheritdoc/>
    public void Observe(int depth, UnitPlace place, SignalAndNoise<T> values)
    {
        var ranks = place.Kind == UnitPlaceKind.Relu;
        var moments = _computation.Compute(values, ranks && _options.ReffSignal, ranks && _options.ReffNoise);
        if (depth == 0)
        {
            if (_mayVary)
            {
                var withoutEpsilon = _options.Epsilon == 0 && _options.NamedArchitecture.HasBatchNorm;
                VaryingInput.Require(_options, moments, _options.NumChannels, withoutEpsilon);
            }

            _atDepth0 = moments;
            return;
        }

        _moments[place.Number - 1][_indices[depth]] = moments;

        // A dead branch does not end the mapping while the skip connection is alive.
        if (moments.SignalIsDead && place.Number == _places)
        {
            _diedAtDepth ??= depth;
        }
    }

    /// <summary>The recorded moments.</summary>
    public SimulationMoments Finish(double mu2InputSignal) => new(mu2InputSignal, _atDepth0, _moments, _diedAtDepth);

    /// <inheritdoc/>
    public void Dispose() => _computation.Dispose();
}
