namespace Wellbehaved.Experiments;

/// <summary>Runs simulations of an experiment one at a time, in memory that is allocated once.</summary>
/// <remarks>A simulation is a pure function of the options and its index.</remarks>
public sealed class Simulation : IDisposable
{
    private readonly ExperimentOptions _options;
    private readonly int _threads;
    private readonly Network<float> _network;
    private readonly NetworkInput _input;
    private readonly MomentRecorder<float> _recorder;

    /// <summary>Allocates what a simulation needs.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="images">The input images.</param>
    /// <param name="threads">Greatest number of threads within a layer; results do not depend on it.</param>
    public Simulation(ExperimentOptions options, ImageSource images, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = options.Settings(images);
        _options = options;
        _threads = threads;
        _network = new Network<float>(settings, threads);
        _input = new NetworkInput(images, options.Normalize, options.Seed);
        _recorder = new MomentRecorder<float>(options, settings, threads);
    }

    /// <summary>Runs one simulation.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="depthReached">Called after each layer or residual unit.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Its moments.</returns>
    /// <exception cref="InvalidInputException">The batch cannot be normalised, by the input's normalisation or by batch norm with ε = 0.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public SimulationMoments Run(int index, Action? depthReached = null, CancellationToken cancellation = default)
    {
        try
        {
            _recorder.Start();
            var mu2InputSignal = _input.Fill((uint)index, _network.Input);
            _network.Propagate(new RandomKernels<float>(_options.Seed, (uint)index, _threads), _recorder, depthReached, cancellation);
            return _recorder.Finish(mu2InputSignal);
        }
        catch (DegenerateChannelException exception)
        {
            throw new InvalidInputException("--epsilon", $"expected a positive number, since in simulation {index} {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _recorder.Dispose();
    }
}
