using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>A network of finite width whose layers mix only channels, drawn and propagated. Its law is exact at every width, tails included.</summary>
/// <remarks>
/// Given signal and noise of one layer, those of the next are drawn from their exact law (<see cref="SampledWeights"/>). So all layers together have the law of
/// the network, with its norms, activations, biases, scales, masks and orthogonal weights. Where theory ends at a layer, the sample continues. A seed gives the
/// same numbers on every processor and for any number of threads. The class shares no code with the model.
/// </remarks>
internal sealed class SampledNetwork : PlaceStates<SampledFeatures>
{
    private readonly NormalSequence _random;
    private readonly SampledWeights _weights;

    /// <summary>The curves of the activations that were met. Describing a curve takes longer than applying it to a few numbers.</summary>
    private readonly Dictionary<Function, ActivationCurve> _curves = [];
    private readonly bool _rescalesSignal;
    private readonly bool _differentiatesBatch;

    private SampledNetwork(ulong seed, bool rescalesSignal, bool differentiatesBatch, Action<SampledFeatures?> show, CancellationToken cancellation)
        : base(show, cancellation)
    {
        _random = new NormalSequence(seed);
        _weights = new SampledWeights(_random);
        (_rescalesSignal, _differentiatesBatch) = (rescalesSignal, differentiatesBatch);
    }

    /// <summary>Draws a network and shows its features at each place.</summary>
    /// <param name="layers">The layers, none of which mixes positions.</param>
    /// <param name="signal">x (points × channels).</param>
    /// <param name="noise">dx.</param>
    /// <param name="seed">The seed of the network.</param>
    /// <param name="differentiatesBatch">Whether the noise is the full derivative.</param>
    /// <param name="show">Receives the features at each place; null after the end.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Where the sample ends; null if it reaches the output.</returns>
    public static TheoryEnd? Walk(
        Layers layers,
        Matrix<double> signal,
        Matrix<double> noise,
        ulong seed,
        bool differentiatesBatch,
        Action<SampledFeatures?> show,
        CancellationToken cancellation
    )
    {
        var input = new SampledFeatures(signal.RowCount, signal.ColumnCount, [.. signal.ToRowMajorArray(), .. noise.ToRowMajorArray()]);
        return new SampledNetwork(seed, Facts.DegreeOf(layers) == 1, differentiatesBatch, show, cancellation).Walk(layers, input);
    }

    /// <inheritdoc/>
    protected override SampledFeatures Apply(Layer layer, SampledFeatures state) =>
        layer switch
        {
            Dense dense => _weights.Apply(state, dense.Channels ?? state.Width, dense.Parameters),
            Convolution { Kernel: 1, Stride: 1, Groups: 1 } convolution => _weights.Apply(state, convolution.Channels ?? state.Width, convolution.Parameters),
            Activation activation => Activated(activation, state),
            Norm norm => SampledNorms.Apply(norm, state, _differentiatesBatch),
            Scaling scaling => state.Scaled(scaling.Factor),
            Dropout dropout => Dropped(dropout, state),
            Flatten or AveragePool or MaxPool or GlobalAveragePool => state,
            Convolution or Attention => throw new NoTheoryException(
                layer,
                "it mixes positions or has groups; only layers that mix all channels of a position can be sampled"
            ),
            _ => throw new UnknownLayerException(layer),
        };

    /// <inheritdoc/>
    protected override SampledFeatures Sum(Residual residual, SampledFeatures skip, SampledFeatures? branch, Unit unit)
    {
        var (branchScale, skipScale) = (residual.BranchScale.ValueAt(unit.Number, unit.Count), residual.SkipScale.ValueAt(unit.Number, unit.Count));
        var survives = residual.Survival == 1 || _random.NextUniform() <= residual.Survival;
        var sum = skip.Scaled(skipScale);
        if (branch is null || !survives || branchScale == 0)
        {
            return sum;
        }

        // A norm in the branch or the skip connection may have changed its scale.
        var half = branch.Points * branch.Width;
        Numerics.VectorMath.AddScaled(sum.Values.AsSpan(0, half), branchScale * Math.Exp(0.5 * (branch.LogSignalScale - skip.LogSignalScale)), branch.Signal);
        Numerics.VectorMath.AddScaled(sum.Values.AsSpan(half), branchScale * Math.Exp(0.5 * (branch.LogNoiseScale - skip.LogNoiseScale)), branch.Noise);
        return sum;
    }

    /// <inheritdoc/>
    protected override SampledFeatures Rescaled(SampledFeatures state) => state.Rescaled(_rescalesSignal);

    private SampledFeatures Activated(Activation activation, SampledFeatures state)
    {
        if (!_curves.TryGetValue(activation.Function, out var curve))
        {
            _curves[activation.Function] = curve = NamedCurves.Find(activation.Function);
        }

        var (half, values) = (state.Points * state.Width, new double[state.Values.Length]);
        for (var i = 0; i < half; i++)
        {
            (values[i], values[half + i]) = (curve.Value(state.Values[i]), curve.Slope(state.Values[i]) * state.Values[half + i]);
        }

        return state with
        {
            Values = values,
        };
    }

    private SampledFeatures Dropped(Dropout dropout, SampledFeatures state)
    {
        var values = new double[state.Values.Length];
        var (half, mask) = (state.Points * state.Width, new double[state.Width]);
        for (var point = 0; point < state.Points; point++)
        {
            for (var channel = 0; channel < state.Width; channel++)
            {
                if (point == 0 || dropout.Mask == DropoutMask.ByPoint)
                {
                    mask[channel] = _random.NextUniform() <= dropout.Keep ? 1 / dropout.Keep : 0;
                }

                var i = (point * state.Width) + channel;
                (values[i], values[half + i]) = (mask[channel] * state.Values[i], mask[channel] * state.Values[half + i]);
            }
        }

        return state with
        {
            Values = values,
        };
    }
}
