using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>
/// Passes a batch of signals forward through a network and a gradient backward: reverse-mode differentiation of the mapping through which
/// <see cref="NetworkPropagation{T}"/> propagates noise.
/// </summary>
/// <remarks>
/// Fill <see cref="Input"/>, call <see cref="Forward(IParameterSource{T}, CancellationToken)"/>, fill <see cref="OutputGradient"/> (of the last output), call
/// <see cref="Backward"/>. The adjoint is exact: with J the derivative that propagates the noise, ⟨J dx, w⟩ = ⟨dx, Jᵀ w⟩ up to rounding. Signals that adjoints
/// need are stored, so memory grows with depth. Results have the same bits for any number of threads. A pass must be used by one caller at a time. Source: A.
/// Griewank and A. Walther,
/// <i>Evaluating Derivatives</i>, SIAM 2008, chapter 3.
/// </remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class BackwardPass<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IReadOnlyList<Networks.Place> _places;
    private readonly Lazy<ParameterLayout> _layout;
    private readonly AdjointFactory<T> _factory;
    private readonly AdjointNode<T>[] _nodes;
    private readonly PassContext<T> _context;
    private readonly SignalPlan _plan;
    private readonly TensorPool<T> _pool;
    private readonly ScaledTensor<T>?[] _signals;
    private readonly ScaledTensor<T>?[] _kept;
    private readonly ScaledTensor<T>?[] _gradients;
    private readonly ScaledTensor<T> _outputGradient;
    private bool _isForwardDone;

    /// <summary>Prepares passes through a network.</summary>
    /// <param name="network">Its description.</param>
    /// <param name="images">Inputs in the batch.</param>
    /// <param name="noise">The mapping that is differentiated: <see cref="NoiseKind.Full"/> differentiates batch statistics, as training does;
    /// <see cref="NoiseKind.Mapping"/> holds them.</param>
    /// <param name="threads">Greatest number of threads within a layer; results do not depend on it.</param>
    /// <param name="gradients">Which gradients are computed.</param>
    /// <exception cref="OverflowException">A tensor of the batch, or all parameters together where their gradients are computed, have more elements than memory
    /// can address.</exception>
    public BackwardPass(
        Network network,
        int images,
        NoiseKind noise = NoiseKind.Full,
        int threads = 1,
        Gradients gradients = Gradients.Input | Gradients.Parameters
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(images);
        _places = network.Places;
        _layout = new Lazy<ParameterLayout>(() => new ParameterLayout(network));
        _factory = new AdjointFactory<T>(images, noise, gradients, threads);
        (_nodes, var signalOfPlace) = AdjointWalk<T>.Collect(network, _factory);

        // Weights are drawn tensor by tensor, so all of them together need not fit one vector where no gradient of them does.
        _context = new PassContext<T>(gradients.HasFlag(Gradients.Parameters) ? Layout : null, gradients, threads);
        (InputShape, OutputShape) = (_factory.Tensor(network.Input), _factory.Tensor(network.Output));
        _plan = SignalPlan.Plan(_nodes, signalOfPlace, InputShape, OutputShape, gradients);
        _pool = new TensorPool<T>(_plan.Capacity);
        (_signals, _kept, _gradients) = (new ScaledTensor<T>?[_plan.Signals], new ScaledTensor<T>?[_plan.Signals], new ScaledTensor<T>?[_plan.Signals]);
        for (var signal = 0; signal < _plan.Signals; signal++)
        {
            _kept[signal] = _plan.IsKept(signal) ? new ScaledTensor<T>(_plan.Shapes[signal].Elements) : null;
        }

        _outputGradient = new ScaledTensor<T>(OutputShape.Elements);
        BatchStatistics = [.. _factory.BatchNorms.Select(norm => norm.Statistics)];
    }

    /// <summary>Shape of a batch of inputs.</summary>
    public TensorShape InputShape { get; }

    /// <summary>Shape of a batch of outputs.</summary>
    public TensorShape OutputShape { get; }

    /// <summary>The position of each parameter in <see cref="ParameterGradients"/> and in a <see cref="ParameterVector{T}"/>.</summary>
    /// <exception cref="OverflowException">There are more parameters than memory can address.</exception>
    public ParameterLayout Layout => _layout.Value;

    /// <summary>
    /// The signal at the input (points × channels); fill it before <see cref="Forward(IParameterSource{T}, CancellationToken)"/>, which does not change it.
    /// </summary>
    public Span<T> Input => _kept[0]!.Stored(InputShape);

    /// <summary>The signal at the output (points × channels), in units of 2 to the power of <see cref="OutputExponent"/>.</summary>
    public ReadOnlySpan<T> Output => _kept[^1]!.Stored(OutputShape);

    /// <summary>The power of two of <see cref="Output"/>.</summary>
    public int OutputExponent => _kept[^1]!.Exponent;

    /// <summary>
    /// The gradient at the output (points × channels), in units of 2 to the power of <see cref="OutputGradientExponent"/>; fill it before
    /// <see cref="Backward"/>, which does not change it.
    /// </summary>
    public Span<T> OutputGradient => _outputGradient.Stored(OutputShape);

    /// <summary>
    /// The power of two of <see cref="OutputGradient"/>: 0 unless it is set. A gradient by a huge or tiny signal does not fit the precision itself.
    /// </summary>
    public int OutputGradientExponent { get; set; }

    /// <summary>The gradient at the input (points × channels), in units of 2 to the power of <see cref="InputGradientExponent"/>.</summary>
    /// <exception cref="InvalidOperationException">The gradient was not asked for, or there has been no backward pass.</exception>
    public ReadOnlySpan<T> InputGradient =>
        (_gradients[0] ?? throw new InvalidOperationException("expected a backward pass that computes the gradient at the input")).Stored(InputShape);

    /// <summary>The power of two of <see cref="InputGradient"/>.</summary>
    public int InputGradientExponent => _gradients[0]?.Exponent ?? 0;

    /// <summary>
    /// The gradients of weights and biases, ordered as <see cref="Layout"/>, in true units (infinite where they exceed the precision); empty if not asked for.
    /// </summary>
    public Span<T> ParameterGradients => _context.ParameterGradients;

    /// <summary>Mean and variance before each batch norm, in the order of propagation, for the last batch.</summary>
    internal IReadOnlyList<BatchStatistics> BatchStatistics { get; }

    /// <summary>Passes the input forward.</summary>
    /// <param name="parameters">Provides weights, biases, masks and survivals. It is called for each tensor whenever the tensor is needed, also in
    /// <see cref="Backward"/>, and must give the same numbers each time.</param>
    /// <param name="cancellation">Asks to stop; checked at every layer.</param>
    /// <exception cref="DegenerateChannelException">A norm with ε = 0 meets features that are constant.</exception>
    /// <exception cref="ArithmeticException">A function has no value for so large a signal.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public void Forward(IParameterSource<T> parameters, CancellationToken cancellation = default) => Forward(parameters, null, cancellation);

    /// <summary>Passes the input forward, as in training or in evaluation after it.</summary>
    /// <param name="parameters">As above.</param>
    /// <param name="statistics">Statistics that batch norms use instead of the batch's own, one for each in the order of propagation, as in evaluation after
    /// training; null for the batch's own.</param>
    /// <param name="cancellation">Asks to stop; checked at every layer.</param>
    /// <exception cref="DegenerateChannelException">A norm with ε = 0 meets features that are constant.</exception>
    /// <exception cref="ArithmeticException">A function has no value for so large a signal.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    internal void Forward(IParameterSource<T> parameters, IReadOnlyList<BatchStatistics>? statistics, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _isForwardDone = false;
        (_context.Source, _context.Statistics) = (parameters, statistics);
        _pool.Reset();
        Array.Copy(_kept, _signals, _kept.Length);
        Array.Clear(_gradients);
        for (var i = 0; i < _nodes.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var node = _nodes[i];
            _context.Depth = node.Depth;
            var target = _signals[node.Target] ??= _pool.Rent();
            if (node.Sum is { } sum)
            {
                sum.Forward(_signals[node.Source]!, _signals[node.Branch]!, target, _context);
            }
            else
            {
                node.Layer!.Forward(_signals[node.Source]!, target, _context);
            }

            foreach (var signal in _plan.LastRead(i))
            {
                _pool.Return(_signals[signal]!);
                _signals[signal] = null;
            }
        }

        _isForwardDone = true;
    }

    /// <summary>
    /// Passes the gradient at the output back through the mapping and the signals of the last <see cref="Forward(IParameterSource{T}, CancellationToken)"/>.
    /// </summary>
    /// <param name="observer">Receives the gradients at the places on the way; may be null. The pass must have been built with
    /// <see cref="Gradients.Places"/>.</param>
    /// <param name="cancellation">Asks to stop; checked at every layer.</param>
    /// <exception cref="InvalidOperationException">There has been no forward pass, or it stored no signals.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public void Backward(IGradientObserver<T>? observer = null, CancellationToken cancellation = default)
    {
        if (!_isForwardDone || _context.Keeps == Gradients.None)
        {
            throw new InvalidOperationException("expected a forward pass that keeps what gradients need");
        }

        _pool.Reset();
        Array.Clear(_gradients);
        var output = _pool.Rent();
        _outputGradient.Stored(OutputShape).CopyTo(output.Stored(OutputShape));
        output.Exponent = OutputGradientExponent;
        output.Rescale(OutputShape, _context.Threads);
        _gradients[^1] = output;
        for (var i = _nodes.Length - 1; i >= 0; i--)
        {
            cancellation.ThrowIfCancellationRequested();
            var node = _nodes[i];
            _context.Depth = node.Depth;
            Show(node.Target, observer);
            if (_gradients[node.Target] is { } gradient)
            {
                PassBack(node, gradient);
                _gradients[node.Target] = null;
                _pool.Return(gradient);
            }
        }

        Show(0, observer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            node.Layer?.Dispose();
        }

        foreach (var signal in _kept)
        {
            signal?.Dispose();
        }

        _outputGradient.Dispose();
        _pool.Dispose();
        _factory.Dispose();
        _context.Dispose();
    }

    private void PassBack(AdjointNode<T> node, ScaledTensor<T> gradient)
    {
        if (node.Sum is { } sum)
        {
            if (Target(node.Source) is { } skip)
            {
                sum.BackwardToSkip(gradient, skip, _context);
                Contribute(node.Source, skip);
            }

            if (Target(node.Branch) is { } branch)
            {
                sum.BackwardToBranch(gradient, branch, _context);
                Contribute(node.Branch, branch);
            }

            return;
        }

        // A signal that a layer does not need may have been overwritten; the gradient is passed in its place.
        var target = Target(node.Source);
        node.Layer!.Backward((_kept[node.Source] ?? gradient, _kept[node.Target] ?? gradient), gradient, target, _context);
        if (target is not null)
        {
            Contribute(node.Source, target);
        }
    }

    private ScaledTensor<T>? Target(int signal) => _plan.HasGradient(signal) ? _pool.Rent() : null;

    /// <summary>Adds to the gradient at a signal, or sets it if this is the first contribution.</summary>
    private void Contribute(int signal, ScaledTensor<T> values)
    {
        if (_gradients[signal] is not { } sum)
        {
            _gradients[signal] = values;
            return;
        }

        var one = new ScaledFactor<T>(1);
        ScaledSums.Add(sum, (sum, one), (values, one), _plan.Shapes[signal], _context.Threads);
        _pool.Return(values);
    }

    private void Show(int signal, IGradientObserver<T>? observer)
    {
        if (observer is null || _gradients[signal] is not { } gradient)
        {
            return;
        }

        foreach (var place in _plan.PlacesOf(signal))
        {
            observer.Observe(place, _places[place], gradient.Stored(_plan.Shapes[signal]), gradient.Exponent);
        }
    }
}
