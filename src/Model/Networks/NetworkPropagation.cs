using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Propagates signal and noise through any described network.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// Equal layers of equal shapes are built once and used wherever they occur, since only their parameters differ. All memory is allocated once, when the network
/// is built, for the largest shape; it does not grow with depth. A network must be used by one caller at a time.
/// </remarks>
public sealed class NetworkPropagation<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _threads;
    private readonly NetworkSettings? _settings;
    private readonly MatrixProduct<T> _product;
    private readonly LayerFactory<T>? _factory;
    private readonly PropagationState<T>? _state;
    private readonly StepwisePropagation<T>? _steps;
    private readonly PropagationStep<T>[] _sequence = [];
    private readonly IReadOnlyList<Networks.Place> _places = [];

    /// <summary>Builds a network.</summary>
    /// <param name="network">Its description.</param>
    /// <param name="images">Inputs in the batch.</param>
    /// <param name="noise">The mapping whose derivative the noise is.</param>
    /// <param name="threads">Greatest number of threads within a layer; results do not depend on it.</param>
    /// <exception cref="OverflowException">A tensor of the batch has more elements than memory can address.</exception>
    public NetworkPropagation(Network network, int images, NoiseKind noise = NoiseKind.Mapping, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(images);
        _threads = threads;
        _places = network.Places;
        _product = new MatrixProduct<T>(threads);
        _factory = new LayerFactory<T>(images, noise, _product);
        (_sequence, var memory) = PropagationStepWalk<T>.Collect(network, _factory);
        _state = new PropagationState<T>(new TensorShape(images, 1, 1, 0), checked((int)memory.Capacity), memory.Buffers);
        Input = new SignalAndNoise<T>(_factory.Tensor(network.Input));
    }

    /// <summary>Builds a network.</summary>
    /// <param name="settings">Its description.</param>
    /// <param name="threads">Greatest number of threads within a layer; results do not depend on it.</param>
    /// <param name="noise">The mapping whose derivative the noise is.</param>
    /// <exception cref="ArgumentException">The kernel size is even and the boundary is symmetric; or there are steps without a description as layers, and the
    /// noise is not that of the mapping.</exception>
    internal NetworkPropagation(NetworkSettings settings, int threads = 1, NoiseKind noise = NoiseKind.Mapping)
        : this(settings, settings?.Description(), threads, noise) { }

    private NetworkPropagation(NetworkSettings? settings, Network? description, int threads, NoiseKind noise)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _threads) = (settings, threads);
        _product = new MatrixProduct<T>(threads);
        Input = new SignalAndNoise<T>(settings.NetworkInput);
        if (description is null)
        {
            if (noise != NoiseKind.Mapping)
            {
                throw new ArgumentException($"expected the noise of the mapping for steps that no layers describe, got {noise}", nameof(noise));
            }

            _steps = new StepwisePropagation<T>(settings, _product, threads);
            return;
        }

        _places = description.Places;
        _factory = new LayerFactory<T>(settings.Input.Images, noise, _product);
        (_sequence, var memory) = PropagationStepWalk<T>.Collect(description, _factory);
        _state = new PropagationState<T>(new TensorShape(settings.Input.Images, 1, 1, 0), checked((int)memory.Capacity), memory.Buffers);
    }

    /// <summary>The settings that the network was built from.</summary>
    /// <exception cref="InvalidOperationException">The network was built from a description.</exception>
    internal NetworkSettings Settings => _settings ?? throw new InvalidOperationException("expected a network that was built from settings");

    /// <summary>Signal and noise at the input; fill them before propagating. Propagation does not change them.</summary>
    public SignalAndNoise<T> Input { get; }

    /// <summary>Propagates the input through the network.</summary>
    /// <param name="parameters">Provides weights, biases, masks and survivals.</param>
    /// <param name="observer">Receives signal and noise on the way; may be null.</param>
    /// <param name="depthReached">Called after each unit; may be null.</param>
    /// <param name="cancellation">Asks to stop; checked at every unit.</param>
    /// <returns>Signal and noise at the end, valid until the next propagation.</returns>
    /// <exception cref="DegenerateChannelException">A norm with ε = 0 meets features that are constant.</exception>
    /// <exception cref="ArithmeticException">A function has no value for so large a signal.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public SignalAndNoise<T> Propagate(
        IParameterSource<T> parameters,
        IPlaceObserver<T>? observer = null,
        Action? depthReached = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var state = _state ?? throw new InvalidOperationException("expected a network of described layers, got steps of another kind");
        state.Start(parameters, Input);
        for (var i = 0; i < _sequence.Length; i++)
        {
            var step = _sequence[i];
            if (step.Depth != state.Depth)
            {
                cancellation.ThrowIfCancellationRequested();
                state.EnterDepth(step.Depth);
            }

            if (step.WithNext is { } withNext && !Observes(observer, step.Place))
            {
                state.Own(_threads);
                withNext(state);
                step = _sequence[++i];
            }
            else
            {
                Propagate(step.Layer, state);
            }

            if (Observes(observer, step.Place))
            {
                observer!.Observe(step.Place, _places[step.Place], state.Current);
            }

            if (step.EndsUnit)
            {
                depthReached?.Invoke();
            }
        }

        return state.Current;
    }

    /// <summary>Propagates the input through the network.</summary>
    /// <param name="kernels">Provides the weights.</param>
    /// <param name="observer">Receives signal and noise on the way; may be null.</param>
    /// <param name="depthReached">Called after each layer or residual unit; may be null.</param>
    /// <param name="cancellation">Asks to stop; checked at every depth.</param>
    /// <returns>Signal and noise at the end, valid until the next propagation.</returns>
    /// <exception cref="DegenerateChannelException">A channel is constant over the batch and ε = 0.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    internal SignalAndNoise<T> Propagate(
        IKernelSource<T> kernels,
        IPropagationObserver<T>? observer = null,
        Action? depthReached = null,
        CancellationToken cancellation = default
    ) =>
        _steps is null
            ? Propagate(new KernelParameters<T>(kernels), observer is null ? null : new DepthObserver<T>(observer), depthReached, cancellation)
            : _steps.Propagate(Input, kernels, observer, depthReached, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _factory?.Dispose();
        _state?.Dispose();
        _steps?.Dispose();
        _product.Dispose();
        Input.Dispose();
    }

    private void Propagate(ILayer<T>? layer, PropagationState<T> state)
    {
        if (layer is not null and not ISparesInput)
        {
            state.Own(_threads);
        }

        layer?.Propagate(state);
    }

    private bool Observes(IPlaceObserver<T>? observer, int place) =>
        observer is not null && place != PropagationStep<T>.NoPlace && observer.Observes(place, _places[place]);
}
