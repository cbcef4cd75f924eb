using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Multi-head self-attention over the positions of each input, and its exact derivative through queries, keys, values and the softmax.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; each head computes in double precision.</typeparam>
/// <remarks>
/// With logits S = QKᵀ/√d_k and A = softmax(S), row by row: <c>dS = (dQ Kᵀ + Q dKᵀ)/√d_k</c>, <c>dA_ij = A_ij (dS_ij - Σ_k A_ik dS_ik)</c> and
/// the output AV has the noise <c>dA V + A dV</c>. The largest logit of a row is subtracted before exponentials are computed.
/// </remarks>
internal sealed unsafe class Attention<T> : ILayer<T>, ISparesInput
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TensorShape _shape;
    private readonly int _heads;
    private readonly ParameterTensor _weights;
    private readonly Biases<T>? _biases;
    private readonly MatrixProduct<T> _product;
    private readonly AlignedBuffer<T> _kernel;
    private readonly SignalAndNoise<T> _queries;
    private readonly SignalAndNoise<T> _keys;
    private readonly SignalAndNoise<T> _values;
    private readonly AttentionHead<T>[] _workers;

    /// <summary>Allocates the memory of the attention.</summary>
    /// <param name="shape">Shape of input and output.</param>
    /// <param name="attention">Its description.</param>
    /// <param name="weights">The weights of one projection.</param>
    /// <param name="product">Computes the projections; not disposed of here.</param>
    public Attention(TensorShape shape, Attention attention, ParameterTensor weights, MatrixProduct<T> product)
    {
        (_shape, _heads, _weights, _product) = (shape, attention.Heads, weights, product);
        _biases = Biases<T>.After(weights);
        _kernel = new AlignedBuffer<T>(checked(shape.Channels * shape.Channels));
        (_queries, _keys, _values) = (new(shape), new(shape), new(shape));
        _workers = [.. Enumerable.Range(0, product.Threads).Select(_ => new AttentionHead<T>(shape, _heads, attention.Causal))];
    }

    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        Project(state.Current, _queries, state);
        Project(state.Current, _keys, state);
        Project(state.Current, _values, state);
        var exponents = AttentionExponents.Align(_queries, _keys, _values);
        Workers.ForEach(
            _shape.Images * _heads,
            _product.Threads,
            (item, worker) => _workers[worker].Attend(_queries, _keys, _values, item / _heads, item % _heads, exponents)
        );

        // A head writes its output over its queries.
        (_queries.SignalExponent, _queries.NoiseExponent) = (_values.SignalExponent, exponents.OutputNoise);
        Rescaling.Apply(_queries, _product.Threads);
        state.Spare.Reshape(_shape);
        Project(_queries, state.Spare, state);
        state.Swap();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel.Dispose();
        _queries.Dispose();
        _keys.Dispose();
        _values.Dispose();
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }
    }

    private void Project(SignalAndNoise<T> source, SignalAndNoise<T> target, PropagationState<T> state)
    {
        var channels = _shape.Channels;
        state.Fill(_weights, _kernel.Span);
        (target.SignalExponent, target.NoiseExponent) = (source.SignalExponent, source.NoiseExponent);
        _product.Multiply(
            MatrixOperand<T>.RowMajor(source.Pointer, channels),
            MatrixOperand<T>.RowMajor(_kernel.Pointer, channels),
            target.Pointer,
            2 * _shape.Points,
            channels,
            channels
        );
        _biases?.Add(target, state);
        Rescaling.Apply(target, _product.Threads);
    }
}
