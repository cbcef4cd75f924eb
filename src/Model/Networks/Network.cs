using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Propagates signal and noise through a deep network: the first convolution, then layers or residual units.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// One unit is built and used at every depth, since nothing but the weights changes. All memory is allocated here, once; it does not
/// grow with depth. One network serves one caller at a time.
/// </remarks>
public sealed class Network<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly Place AfterFirstConvolution = new(0, PlaceKind.Convolution);
    private static readonly Place BeforeUnit = new(1, PlaceKind.Before);

    private readonly MatrixProduct<T> _product;
    private readonly Convolution<T> _firstConvolution;
    private readonly Sequence<T> _unit;
    private readonly PropagationState<T> _state;

    /// <summary>Builds a network.</summary>
    /// <param name="settings">Its description.</param>
    /// <param name="threads">Greatest number of threads within a layer; results do not depend on it.</param>
    /// <exception cref="ArgumentException">The kernel is even and the boundary symmetric.</exception>
    public Network(NetworkSettings settings, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        _product = new MatrixProduct<T>(threads);
        _firstConvolution = new Convolution<T>(settings.NetworkInput, settings.FirstKernel, settings.FirstStride, settings.Boundary, _product);
        _unit = new Sequence<T>(settings.Architecture.Unit, new NetworkBuilder<T>(settings, settings.FeatureShape, _product, threads));
        _state = new PropagationState<T>(settings.FeatureShape);
        Input = new SignalAndNoise<T>(settings.NetworkInput);
    }

    /// <summary>The description that the network was built from.</summary>
    public NetworkSettings Settings { get; }

    /// <summary>Signal and noise at the input; fill them before propagating. Propagation leaves them as they are.</summary>
    public SignalAndNoise<T> Input { get; }

    /// <summary>Propagates the input through the network.</summary>
    /// <param name="kernels">Provides the weights.</param>
    /// <param name="observer">Looks at signal and noise on the way; may be null.</param>
    /// <param name="depthReached">Called after each layer or residual unit; may be null.</param>
    /// <param name="cancellation">Asks to stop; checked at every depth.</param>
    /// <returns>Signal and noise at the end, valid until the next propagation.</returns>
    /// <exception cref="DegenerateChannelException">A channel is constant over the batch and ε = 0.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public SignalAndNoise<T> Propagate(IKernelSource<T> kernels, IPropagationObserver<T>? observer = null, Action? depthReached = null, CancellationToken cancellation = default)
    {
        _state.Start(kernels, observer);
        _firstConvolution.Propagate(Input, _state.Current, _state);
        _state.Observe(AfterFirstConvolution);
        for (var depth = 1; depth <= Settings.Depth; depth++)
        {
            cancellation.ThrowIfCancellationRequested();
            _state.EnterDepth(depth);
            _state.Observe(BeforeUnit);
            _unit.Propagate(_state);
            depthReached?.Invoke();
        }

        return _state.Current;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _firstConvolution.Dispose();
        _unit.Dispose();
        _state.Dispose();
        _product.Dispose();
        Input.Dispose();
    }
}
