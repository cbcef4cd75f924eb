namespace Wellbehaved.Experiments;

/// <summary>Runs simulations of an experiment one at a time, in memory that is allocated only once.</summary>
/// <remarks>A simulation is a pure function of the options and its index.</remarks>
internal sealed class Simulation : IDisposable
{
    private readonly ExperimentOptions _options;
    private readonly int _threads;
    private readonly NetworkPropagation<float> _network;
    private readonly NetworkInput _input;
    private readonly MomentRecorder<float>? _recorder;
    private readonly PlaceRecorder<float>? _places;
    private readonly GradientRecorder? _gradients;

    /// <summary>Allocates the memory of a simulation.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="images">The input images.</param>
    /// <param name="threads">Greatest number of threads within a layer; results do not depend on it.</param>
    public Simulation(ExperimentOptions options, ImageSource images, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _threads) = (options, threads);
        _input = new NetworkInput(images, options.Normalize, options.Seed);
        if (options.PreparedNetwork is { } network)
        {
            _network = new NetworkPropagation<float>(network, options.BatchSize, options.Noise, threads);
            _places = new PlaceRecorder<float>(options, threads);
            _gradients = options.Gradients ? new GradientRecorder(options, network, threads) : null;
        }
        else
        {
            var settings = options.Settings(images);
            _network = new NetworkPropagation<float>(settings, threads, options.Noise);
            _recorder = new MomentRecorder<float>(options, settings, threads);
            _gradients = options.Gradients ? new GradientRecorder(options, settings.Description()!, threads) : null;
        }
    }

    /// <summary>Runs one simulation.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="depthReached">Called after each layer or residual unit.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Its moments.</returns>
    /// <exception cref="InvalidInputException">The batch cannot be normalised, by the input's normalisation or by batch norm with ε = 0.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public SimulationMoments Run(int index, Action? depthReached = null, CancellationToken cancellation = default) =>
        Run(index, index, depthReached, cancellation);

    /// <summary>Runs one simulation of a described network on the batch and the noise of another simulation; only its mapping is drawn anew.</summary>
    /// <param name="index">Its index, which determines the mapping.</param>
    /// <param name="batch">Index of the simulation whose batch and noise are used.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The variance of the input signal, and the moments by index of the place in the network.</returns>
    /// <exception cref="InvalidOperationException">The options name an architecture.</exception>
    /// <exception cref="InvalidInputException">See <see cref="Run(int, Action?, CancellationToken)"/>.</exception>
    public (double Mu2InputSignal, IReadOnlyDictionary<int, MomentSet> Moments) RunOnBatchOf(int index, int batch, CancellationToken cancellation = default)
    {
        var places = _options.RecordedPlaces ?? throw new InvalidOperationException("places are those of a network of layers");
        var moments = Run(index, batch, null, cancellation);
        return (moments.Mu2InputSignal, places.Indices.Select((place, i) => (place, moments.AtPlaces[i][0])).ToDictionary());
    }

    private SimulationMoments Run(int index, int batch, Action? depthReached, CancellationToken cancellation)
    {
        try
        {
            var mu2InputSignal = _input.Fill((uint)batch, _network.Input);
            if (_places is not null)
            {
                _places.Start();
                _network.Propagate(new RandomParameters<float>(_options.Seed, (uint)index, _threads), _places, depthReached, cancellation);
                return WithGradients(_places.Finish(mu2InputSignal), index, depthReached, cancellation);
            }

            _recorder!.Start();
            _network.Propagate(new RandomKernels<float>(_options.Seed, (uint)index, _threads), _recorder, depthReached, cancellation);
            return WithGradients(_recorder.Finish(mu2InputSignal), index, depthReached, cancellation);
        }
        catch (DegenerateChannelException exception)
        {
            throw new InvalidInputException(
                _places is null ? ParameterName.Spell(nameof(ExperimentOptions.Epsilon)) : ParameterName.Spell(nameof(ExperimentOptions.Network)),
                $"expected a positive {(_places is null ? "number" : "epsilon in every norm")}, since in simulation {index} {exception.Message}",
                exception
            );
        }
        catch (ArithmeticException exception) when (_places is not null)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Network)),
                $"expected functions that are defined for every signal in the network, but in simulation {index} {exception.Message}",
                exception
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _recorder?.Dispose();
        _places?.Dispose();
        _gradients?.Dispose();
    }

    private SimulationMoments WithGradients(SimulationMoments moments, int index, Action? depthReached, CancellationToken cancellation) =>
        _gradients is null ? moments : moments.WithGradients(_gradients.Run((uint)index, _network.Input.Signal, depthReached, cancellation));
}
