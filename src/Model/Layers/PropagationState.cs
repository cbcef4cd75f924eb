using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>The state of a propagation: signal and noise, a second buffer to write to, and the source of parameters.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class PropagationState<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SignalAndNoise<T>[] _buffers;
    private readonly Stack<SignalAndNoise<T>> _free = [];
    private readonly Stack<(SignalAndNoise<T> Values, double Survival)> _held = [];
    private readonly int[] _next = new int[Enum.GetValues<ParameterKind>().Length];
    private IParameterSource<T>? _parameters;
    private IPropagationObserver<T>? _observer;

    internal PropagationState(TensorShape shape)
        : this(shape, shape.Elements, 2) { }

    /// <summary>Allocates buffers.</summary>
    /// <param name="shape">Their initial shape.</param>
    /// <param name="capacity">Number of elements of the largest shape.</param>
    /// <param name="buffers">Number of buffers: two, and one for each skip connection that is held at the same time.</param>
    internal PropagationState(TensorShape shape, int capacity, int buffers)
    {
        _buffers = [.. Enumerable.Range(0, buffers).Select(_ => new SignalAndNoise<T>(shape, capacity))];
        (Current, Spare) = (_buffers[0], _buffers[1]);
    }

    /// <summary>Signal and noise at this point of the network.</summary>
    public SignalAndNoise<T> Current { get; private set; }

    /// <summary>A buffer for layers that cannot work in place; see <see cref="Swap"/>.</summary>
    public SignalAndNoise<T> Spare { get; private set; }

    /// <summary>The current layer or residual unit, counted from 1; 0 before the first one.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether the places of this depth are observed.</summary>
    internal bool IsObserved => _observer is not null && _observer.Observes(Depth);

    /// <summary>Makes the spare buffer, to which a layer has written, the current one.</summary>
    public void Swap() => (Current, Spare) = (Spare, Current.IsReadOnly ? _free.Pop() : Current);

    /// <summary>Provides the weights of the next convolution in the order of propagation.</summary>
    /// <param name="shape">Their arrangement.</param>
    /// <param name="kernel">Receives the weights.</param>
    public void FillNextKernel(KernelShape shape, Span<T> kernel) => Fill(shape.Tensor(), kernel);

    /// <summary>Reports signal and noise to the observer, if it observes this depth.</summary>
    /// <param name="place">The place that was reached.</param>
    public void Observe(UnitPlace place)
    {
        if (IsObserved)
        {
            _observer!.Observe(Depth, place, Current);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    /// <summary>Provides the next parameters of a kind in the order of propagation; biases have the number of the weights before them.</summary>
    /// <param name="tensor">The tensor, without its number.</param>
    /// <param name="values">Receives its numbers.</param>
    internal void Fill(ParameterTensor tensor, Span<T> values)
    {
        var kind = tensor.Kind;
        var index = kind == ParameterKind.Biases ? _next[(int)ParameterKind.Weights] - 1 : _next[(int)kind]++;
        _parameters!.Fill(tensor with { Index = index }, values);
    }

    /// <summary>Starts with the state's own buffer, for layers that are called one by one.</summary>
    internal void Start(IKernelSource<T> kernels, IPropagationObserver<T>? observer) => Start(new KernelParameters<T>(kernels), observer);

    /// <summary>Starts with an input, which is not changed.</summary>
    internal void Start(IParameterSource<T> parameters, SignalAndNoise<T> input)
    {
        Start(parameters, observer: null);
        _held.Clear();
        _free.Clear();
        foreach (var buffer in _buffers)
        {
            _free.Push(buffer);
        }

        (Current, Spare) = (input.View(input.Shape), _free.Pop());
    }

    internal void EnterDepth(int depth) => Depth = depth;

    /// <summary>Copies the current values if they are read-only, so that a layer may overwrite them.</summary>
    internal void Own(int threads)
    {
        if (Current.IsReadOnly)
        {
            Spare.Reshape(Current.Shape);
            Spare.CopyFrom(Current, threads);
            Swap();
        }
    }

    /// <summary>Gives the current values another shape with the same number of elements.</summary>
    internal void Reshape(TensorShape shape)
    {
        if (Current.IsReadOnly)
        {
            Current = Current.View(shape);
        }
        else
        {
            Current.Reshape(shape);
        }
    }

    /// <summary>Holds a copy of the current values until <see cref="Release"/>.</summary>
    /// <param name="survival">The factor of the branch that begins here: 1 or 0.</param>
    /// <param name="threads">Greatest number of threads.</param>
    internal void Hold(double survival, int threads)
    {
        var held = Current;
        if (!held.IsReadOnly)
        {
            held = _free.Pop();
            held.Reshape(Current.Shape);
            held.CopyFrom(Current, threads);
        }

        _held.Push((held, survival));
    }

    /// <summary>Continues with the values that were held last, and holds the current ones in their place.</summary>
    internal void Exchange()
    {
        var (held, survival) = _held.Pop();
        _held.Push((Current, survival));
        Current = held;
    }

    /// <summary>
    /// Returns the values that were held last. They are valid until a buffer is taken; call <see cref="Return"/> when they are no longer needed.
    /// </summary>
    internal (SignalAndNoise<T> Values, double Survival) Release() => _held.Pop();

    /// <summary>Returns a buffer to the free ones.</summary>
    internal void Return(SignalAndNoise<T> values)
    {
        if (!values.IsReadOnly)
        {
            _free.Push(values);
        }
    }

    private void Start(IParameterSource<T> parameters, IPropagationObserver<T>? observer)
    {
        (_parameters, _observer, Depth) = (parameters, observer, 0);
        Array.Clear(_next);
    }
}
