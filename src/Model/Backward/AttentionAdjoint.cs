using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Multi-head self-attention and its adjoint through values, softmax, keys and queries.</summary>
/// <remarks>
/// With A = softmax(QKᵀ/√d_k), O = AV and the gradient G at O: <c>dV = Aᵀ G</c>, <c>dA = G Vᵀ</c>, <c>dS_ij = A_ij (dA_ij - Σ_k A_ik dA_ik)</c>,
/// <c>dQ = dS K/√d_k</c>, <c>dK = dSᵀ Q/√d_k</c>; the projections are dense layers.
/// </remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; each head computes in double precision.</typeparam>
internal sealed class AttentionAdjoint<T> : AdjointLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _heads;
    private readonly ConvolutionAdjoint<T>[] _projections;
    private readonly ScaledTensor<T>[] _projected;
    private readonly ScaledTensor<T>[] _gradients;
    private readonly ScaledTensor<T> _output;
    private readonly ScaledTensor<T> _part;
    private readonly AttentionHeadAdjoint<T>[] _workers;
    private readonly bool _needsInput;

    /// <summary>Allocates the memory of the attention.</summary>
    /// <param name="shape">Shape of input and output.</param>
    /// <param name="attention">Its description.</param>
    /// <param name="weights">The weights of queries, keys, values and output.</param>
    /// <param name="ofParameters">Whether the gradients of its parameters are computed.</param>
    /// <param name="workers">The heads, one for each thread, which layers of equal shape share; not disposed of here.</param>
    public AttentionAdjoint(TensorShape shape, Attention attention, ParameterTensor[] weights, bool ofParameters, AttentionHeadAdjoint<T>[] workers)
        : base(shape, shape)
    {
        (_heads, _needsInput, _workers) = (attention.Heads, ofParameters, workers);
        _projections = [.. weights.Select(tensor => new ConvolutionAdjoint<T>(shape, shape, tensor, attention.Parameters.BiasVariance, null, ofParameters))];
        _projected = [.. Enumerable.Range(0, 3).Select(_ => new ScaledTensor<T>(shape.Elements))];
        _gradients = [.. Enumerable.Range(0, 3).Select(_ => new ScaledTensor<T>(shape.Elements))];
        (_output, _part) = (new(shape.Elements), new(shape.Elements));
    }

    /// <inheritdoc/>
    public override bool NeedsInput => _needsInput;

    /// <inheritdoc/>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context)
    {
        for (var i = 0; i < 3; i++)
        {
            _projections[i].Forward(source, _projected[i], context);
        }

        var exponent = LogitExponent();
        Workers.ForEach(
            Input.Images * _heads,
            context.Threads,
            (item, worker) => _workers[worker].Attend(_projected, _output, item / _heads, item % _heads, exponent)
        );
        _output.Exponent = _projected[2].Exponent;
        _output.Rescale(Output, context.Threads);
        _projections[3].Forward(_output, target, context);
    }

    /// <inheritdoc/>
    public override void Backward(
        (ScaledTensor<T> Input, ScaledTensor<T> Output) signals,
        ScaledTensor<T> gradient,
        ScaledTensor<T>? target,
        PassContext<T> context
    )
    {
        _projections[3].Backward((_output, gradient), gradient, _part, context);
        var exponent = LogitExponent();
        Workers.ForEach(
            Input.Images * _heads,
            context.Threads,
            (item, worker) => _workers[worker].Differentiate(_projected, _part, _gradients, item / _heads, item % _heads, exponent)
        );

        // The gradient of queries is that of logits times keys, and that of keys is that of logits times queries: true units, although the softmax does not
        // change beyond a certain power of two of the logits, which takes the place of greater ones.
        var ofLogits = _part.Exponent + _projected[2].Exponent;
        (_gradients[0].Exponent, _gradients[1].Exponent, _gradients[2].Exponent) = (
            ofLogits + _projected[1].Exponent,
            ofLogits + _projected[0].Exponent,
            _part.Exponent
        );
        for (var i = 0; i < 3; i++)
        {
            _gradients[i].Rescale(Input, context.Threads);
            var part = i == 0 || target is null ? target : _part;
            _projections[i].Backward((signals.Input, gradient), _gradients[i], part, context);
            if (i > 0 && target is not null)
            {
                var one = new ScaledFactor<T>(1);
                ScaledSums.Add(target, (target, one), (_part, one), Input, context.Threads);
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var tensor in _projected.Concat(_gradients).Append(_output).Append(_part))
        {
            tensor.Dispose();
        }

        base.Dispose();
    }

    private int LogitExponent() => AttentionExponents.OfLogits(_projected[0].Exponent, _projected[1].Exponent);
}
