using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Computes the moments at every place of the depths that are asked for.</summary>
internal sealed class MomentRecorder<T> : IPropagationObserver<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// A convolution of up to 4,096 terms rounds by some 64·2⁻²⁴ of its outputs' size, where the errors of its terms add up like a random walk: a variance
    /// below the square of that, relative to the mean square, is rounding.
    /// </summary>
    private const double LeastVariation = 1.0 / (1L << 36);

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

    /// <summary>Forgets the last simulation.</summary>
    public void Start()
    {
        _moments = [.. Enumerable.Range(0, _places).Select(_ => new MomentSet[_options.NumComputations])];
        _diedAtDepth = null;
    }

    /// <inheritdoc/>
    public bool Observes(int depth) => depth == 0 || _indices.ContainsKey(depth);

    /// <inheritdoc/>
    public void Observe(int depth, Place place, SignalAndNoise<T> values)
    {
        var ranks = place.Kind == PlaceKind.Relu;
        var moments = _computation.Of(values, ranks && _options.ReffSignal, ranks && _options.ReffNoise);
        if (depth == 0)
        {
            RequireVariation(moments);
            _atDepth0 = moments;
            return;
        }

        _moments[place.Number - 1][_indices[depth]] = moments;

        // A branch that dies ends nothing while the skip connection lives.
        if (moments.SignalIsDead && place.Number == _places)
        {
            _diedAtDepth ??= depth;
        }
    }

    /// <summary>Refuses a batch of which the first convolution leaves nothing that varies: all that follows would be rounding.</summary>
    /// <remarks>Not for a single channel, of which two points come as close to each other once in 100,000 times whatever the images.</remarks>
    private void RequireVariation(MomentSet moments)
    {
        var share = Math.Exp(moments.LogMu2Signal - moments.LogNu2Signal);
        if (!_mayVary || (share > (_options.NumChannels == 1 ? 0 : LeastVariation) && !moments.SignalIsDead))
        {
            return;
        }

        // Batch norm with ε = 0 would divide by this variance: then ε is wrong for the images, too.
        var withoutEpsilon = _options.Epsilon == 0 && Architecture.Named(_options.Architecture, _options.ResDepth).HasBatchNorm;
        var found = share < 1e-300
            ? "its output does not vary"
            : $"the variance of its output is {share:g2} of its mean square, less than single precision holds";
        throw new InvalidInputException(
            withoutEpsilon ? "--epsilon, --dataset" : "--dataset",
            $"expected images that vary within a batch{(withoutEpsilon ? " with --epsilon 0" : string.Empty)}, but those of {_options.Dataset} are all equal "
            + $"to the first convolution: {found}, so there is no χ and no effective rank; use other images"
            + (_options.Normalize == InputNormalization.Channel ? string.Empty : ", or --normalize channel, which takes their mean off"));
    }

    /// <summary>Hands over what was recorded.</summary>
    public SimulationMoments Finish(double mu2InputSignal) => new(mu2InputSignal, _atDepth0, _moments, _diedAtDepth);

    /// <inheritdoc/>
    public void Dispose() => _computation.Dispose();
}
