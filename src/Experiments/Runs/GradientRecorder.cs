using Wellbehaved.Networks;

namespace Wellbehaved.Experiments;

/// <summary>Passes a gradient of independent normal numbers back through a mapping and takes its mean square at the recorded places.</summary>
/// <remarks>
/// The pass has its own signals, without noise and with direct convolutions, so that recording gradients changes no other number. The gradient is that of
/// the mapping whose derivative the noise is: with <see cref="NoiseKind.Full"/>, batch statistics are differentiated.
/// </remarks>
internal sealed class GradientRecorder : IGradientObserver<float>, IDisposable
{
    private readonly ExperimentOptions _options;
    private readonly BackwardPass<float> _pass;
    private readonly int _threads;

    /// <summary>For each of the network's places, the position at which its gradient is recorded; null for places that are not recorded.</summary>
    private readonly (int Place, int Depth)?[] _positions;
    private readonly (int Places, int Depths, bool Gradients) _extent;
    private double[][] _gradients = [];

    /// <summary>Allocates the memory of a pass.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="network">The network, in the form that the input is prepared for.</param>
    /// <param name="threads">Greatest number of threads; results do not depend on it.</param>
    public GradientRecorder(ExperimentOptions options, Network network, int threads)
    {
        (_options, _threads, _extent) = (options, threads, JournalRecord.Extent(options));
        _pass = new BackwardPass<float>(network, options.BatchSize, options.Noise, threads, Gradients.Places);
        _positions = new (int, int)?[network.Places.Count];
        if (options.RecordedPlaces is { } places)
        {
            foreach (var (position, index) in places.Indices.Index())
            {
                _positions[index] = (position, 0);
            }

            return;
        }

        foreach (var (position, depth) in options.ComputedDepths.Index())
        {
            foreach (var (index, place) in network.Places.Index().Where(one => one.Item.Depth == depth && one.Item.Kind != Networks.PlaceKind.BranchEnd))
            {
                _positions[index] = (place.Number - 1, position);
            }
        }
    }

    /// <summary>Passes the signal forward and a gradient back.</summary>
    /// <param name="index">Index of the simulation.</param>
    /// <param name="signal">The signal at the input.</param>
    /// <param name="depthReached">Called for each unit after the pass forward, and again after the one back; may be null.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Natural logarithms of the mean square of the gradient (places × depths).</returns>
    public double[][] Run(uint index, ReadOnlySpan<float> signal, Action? depthReached, CancellationToken cancellation)
    {
        _gradients = [.. Enumerable.Range(0, _extent.Places).Select(_ => new double[_extent.Depths])];
        signal.CopyTo(_pass.Input);
        new RandomNumbers(_options.Seed, index, 0, RandomPurpose.OutputGradients).FillNormal(_pass.OutputGradient, 1);
        _pass.Forward(new RandomParameters<float>(_options.Seed, index, _threads), null, cancellation);
        Advance(depthReached);
        _pass.Backward(this, cancellation);
        Advance(depthReached);
        return _gradients;
    }

    private void Advance(Action? depthReached)
    {
        for (var unit = 0; unit < _options.Units; unit++)
        {
            depthReached?.Invoke();
        }
    }

    /// <inheritdoc/>
    public void Observe(int index, Networks.Place place, ReadOnlySpan<float> stored, int exponent)
    {
        if (_positions[index] is not var (position, depth))
        {
            return;
        }

        var sum = 0.0;
        foreach (double value in stored)
        {
            sum += value * value;
        }

        _gradients[position][depth] = sum == 0 ? MomentSet.LogOfZero : Math.Log(sum / stored.Length) + (2 * exponent * Math.Log(2));
    }

    /// <inheritdoc/>
    public void Dispose() => _pass.Dispose();
}
