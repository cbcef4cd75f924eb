using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// Propagates through settings that cannot be described as layers: steps that other programs derive from <see cref="Step"/>, kernels that are larger than the
/// features inside the network, and more layers than a description may have.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>One unit is built, and is used at every depth.</remarks>
internal sealed class StepwisePropagation<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly UnitPlace AfterFirstConvolution = new(0, UnitPlaceKind.Convolution);
    private static readonly UnitPlace BeforeUnit = new(1, UnitPlaceKind.Before);

    private readonly NetworkSettings _settings;
    private readonly Convolution<T> _firstConvolution;
    private readonly Sequence<T> _unit;
    private readonly PropagationState<T> _state;

    /// <summary>Builds the unit.</summary>
    public StepwisePropagation(NetworkSettings settings, MatrixProduct<T> product, int threads)
    {
        _settings = settings;
        _firstConvolution = new Convolution<T>(settings.NetworkInput, settings.FirstKernel, settings.FirstStride, settings.Boundary, product);
        _unit = new Sequence<T>(settings.Architecture.Unit, new NetworkBuilder<T>(settings, settings.FeatureShape, product, threads));
        _state = new PropagationState<T>(settings.FeatureShape);
    }

    /// <summary>Propagates an input through the network.</summary>
    public SignalAndNoise<T> Propagate(
        SignalAndNoise<T> input,
        IKernelSource<T> kernels,
        IPropagationObserver<T>? observer,
        Action? depthReached,
        CancellationToken cancellation
    )
    {
        _state.Start(kernels, observer);
        _firstConvolution.Propagate(input, _state.Current, _state);
        _state.Observe(AfterFirstConvolution);
        for (var depth = 1; depth <= _settings.Depth; depth++)
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
    }
}
