using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>What travels through a network: signal and noise, a second buffer to write to, and where the weights come from.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class PropagationState<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private int _nextConvolution;
    private IKernelSource<T>? _kernels;
    private IPropagationObserver<T>? _observer;

    internal PropagationState(TensorShape shape)
    {
        Current = new SignalAndNoise<T>(shape);
        Spare = new SignalAndNoise<T>(shape);
    }

    /// <summary>Signal and noise at this point of the network.</summary>
    public SignalAndNoise<T> Current { get; private set; }

    /// <summary>A buffer of the same shape for layers that cannot work in place; see <see cref="Swap"/>.</summary>
    public SignalAndNoise<T> Spare { get; private set; }

    /// <summary>The layer or residual unit that is being propagated through, counted from 1; 0 before them.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether somebody looks at the places of this depth.</summary>
    internal bool IsObserved => _observer is not null && _observer.Observes(Depth);

    /// <summary>Makes the spare buffer, now written, the current one.</summary>
    public void Swap() => (Current, Spare) = (Spare, Current);

    /// <summary>Provides the weights of the next convolution in the order of propagation.</summary>
    /// <param name="shape">Their arrangement.</param>
    /// <param name="kernel">Receives the weights.</param>
    public void FillNextKernel(KernelShape shape, Span<T> kernel) => _kernels!.Fill(_nextConvolution++, shape, kernel);

    /// <summary>Shows signal and noise to the observer, if it wants to see this depth.</summary>
    /// <param name="place">The place that was reached.</param>
    public void Observe(Place place)
    {
        if (IsObserved)
        {
            _observer!.Observe(Depth, place, Current);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Current.Dispose();
        Spare.Dispose();
    }

    internal void Start(IKernelSource<T> kernels, IPropagationObserver<T>? observer)
    {
        (_kernels, _observer, _nextConvolution, Depth) = (kernels, observer, 0, 0);
    }

    internal void EnterDepth(int depth) => Depth = depth;
}
