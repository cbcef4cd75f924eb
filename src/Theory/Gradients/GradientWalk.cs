using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Walks forward through a network with kernels, records the effect of each layer on independent noise, and walks back with its transpose.</summary>
internal sealed class GradientWalk : PlaceStates<GradientWalk.Traced>
{
    private readonly List<Node> _nodes = [];
    private readonly bool _rescalesSignal;

    private GradientWalk(bool rescalesSignal, Action<Traced?> show, CancellationToken cancellation)
        : base(show, cancellation) => _rescalesSignal = rescalesSignal;

    /// <summary>Natural logarithms of the mean square of the gradient at each place; empty where theory does not reach the output.</summary>
    /// <param name="network">The network.</param>
    /// <param name="input">The state of its input.</param>
    /// <param name="cancellation">Asks to stop.</param>
    public static (IReadOnlyList<double> Logarithms, Validity Validity, TheoryEnd? End) Back(Network network, KernelState input, CancellationToken cancellation)
    {
        var shown = new List<int>();
        var walk = new GradientWalk(Facts.DegreeOf(network.Layers) == 1, state => shown.Add(state?.Node ?? -1), cancellation);
        var end = walk.Walk(network.Layers, walk.Begin(input));
        return end is null && walk.Output is { } output ? (walk.Back(output, shown), output.State.Validity, null) : ([], Validity.Exact, end);
    }

    /// <inheritdoc/>
    protected override Traced Apply(Layer layer, Traced traced)
    {
        // The noise has covariance 1 for all pairs of points. So its covariances after an activation or a norm are the factors for each pair.
        var before = traced.State with
        {
            Noise = Matrix<double>.Build.Dense(traced.State.Points, traced.State.Points, 1),
            Cross = null,
            NoiseMeans = null,
            NoNoise = null,
        };
        var after = KernelStates.Sound(layer, LayerMap.Apply(layer, before));
        if (ReferenceEquals(after.Signal, before.Signal))
        {
            // The layer is the identity, such as a scale of 1: what the norm before it knows is left to an activation after it.
            return traced with { State = after };
        }

        var gain = after.Noise ?? throw after.NoNoise ?? new NoTheoryException(layer, "it has no law of noise");
        if (layer is Activation activation && SlopesAfterNorm(activation, before) is { } slopes)
        {
            // Norm and activation have a joint law: the gradient is passed to the place before the norm. The norm's own place only records the activation's
            // factor: of that gradient only the trace is shown.
            return Add(
                after,
                null,
                new Link(traced.NormInput, kernel => kernel.PointwiseMultiply(gain)),
                new Link(traced.Node, kernel => Matrix<double>.Build.DiagonalOfDiagonalVector(kernel.Diagonal().PointwiseMultiply(slopes)))
                {
                    IsShownOnly = true,
                }
            );
        }

        if (layer is Norm norm && before.RandomLayers == 0)
        {
            (after, gain) = OfInputs(norm, before, after, gain);
        }

        var isJoint = after.Pending is not null || after.Sphere is not null;
        return Add(after, isJoint ? traced.Node : null, new Link(traced.Node, Transpose(layer, traced.State, gain)));
    }

    /// <summary>E s'(z)² after a norm whose joint law with the activation is known; null after another layer.</summary>
    private static Vector<double>? SlopesAfterNorm(Activation activation, KernelState before) =>
        before.Pending is { } pending ? BatchNormMap.Slopes(activation, pending)
        : before.Sphere is { } sphere ? SphereMap.Slopes(activation, sphere)
        : null;

    /// <summary>
    /// The gain of a norm over the few features of an input, whose gradient loses what lies along 1 and along z: with P = I - 11ᵀ/N - a zzᵀ/N of each point and
    /// a = σ²/(σ²+ε), it keeps Tr P_iP_j/N of what is the same in all directions.
    /// </summary>
    private static (KernelState After, Matrix<double> Gain) OfInputs(Norm norm, KernelState before, KernelState after, Matrix<double> gain)
    {
        if (norm is LayerNorm { Over: NormalisedOver.All } or RmsNorm { Over: NormalisedOver.All } && before.Shape.Positions > 1)
        {
            // The positions of an image lose it together; only many features make that negligible.
            return (after with { Validity = LayerMap.Widest(after.Validity, Validity.InfiniteWidth) }, gain);
        }

        // a_i is the normalised feature's mean square over γ², and zᵢzⱼ/N likewise.
        var (channels, square) = (before.Shape.Channels, norm.Scale * norm.Scale);
        var left = channels - (norm is LayerNorm ? 1 : 0);
        double Along(int i, int j) => square == 0 ? 0 : after.Signal[i, j] / square;
        return (after, gain.MapIndexed((i, j, factor) => factor * (left - Along(i, i) - Along(j, j) + Math.Pow(Along(i, j), 2)) / channels));
    }

    /// <inheritdoc/>
    protected override Traced Sum(Residual residual, Traced skip, Traced? branch, Unit unit)
    {
        var (skipScale, branchScale) = (residual.SkipScale.ValueAt(unit.Number, unit.Count), residual.BranchScale.ValueAt(unit.Number, unit.Count));
        var state = KernelStates.Sound(residual, ResidualMap.Sum(residual, skip.State, branch?.State, unit));
        var links = new List<Link> { new(skip.Node, kernel => kernel * (skipScale * skipScale)) };
        if (branch is not null && branchScale != 0)
        {
            links.Add(new(branch.Node, kernel => kernel * (branchScale * branchScale * residual.Survival)));
        }

        return Add(state, null, [.. links]);
    }

    /// <inheritdoc/>
    protected override Traced Rescaled(Traced traced) =>
        // The noise is 1 at each layer here, so that before a pending norm is not rescaled.
        traced with
        {
            State = traced.State.Rescaled(_rescalesSignal) with { Pending = traced.State.Pending },
        };

    private Traced Begin(KernelState input) => Add(input, null);

    private Traced Add(KernelState state, int? normInput, params Link[] links)
    {
        _nodes.Add(new Node(state.Shape, state.Points, links));
        return new Traced(state, _nodes.Count - 1, normInput ?? -1);
    }

    /// <summary>The transpose of a layer's effect on the noise's kernel.</summary>
    private static Func<Matrix<double>, Matrix<double>> Transpose(Layer layer, KernelState before, Matrix<double> gain) =>
        layer switch
        {
            Convolution convolution => LayerMap.KernelOf(convolution, before) is var map
                ? kernel => map.Transpose(kernel, convolution.Parameters.WeightVariance)
                : throw new UnknownLayerException(layer),
            Dense dense => kernel => kernel * dense.Parameters.WeightVariance,
            Norm norm when PositionNormMap.ChannelsOf(norm, before.Shape) is { } channels => kernel =>
                PositionNormMap.Transpose(norm, before, channels, kernel),
            Activation or Norm or Scaling or Dropout => kernel => kernel.PointwiseMultiply(gain),
            Pooling or GlobalAveragePool => LayerMap.PoolingOf(layer, before) is var pooling
                ? kernel => pooling.TransposeThisAndMultiply(kernel) * pooling
                : throw new UnknownLayerException(layer),
            Flatten => kernel => Spread(kernel, (int)before.Shape.Positions),
            Attention => throw new NoTheoryException(layer, "the law of the gradients that come back through its weights is not derived"),
            _ => throw new UnknownLayerException(layer),
        };

    /// <summary>Spreads the kernel of single positions over all positions of an image; each position is only paired with itself.</summary>
    private static Matrix<double> Spread(Matrix<double> kernel, int positions)
    {
        var size = kernel.RowCount * positions;
        return Matrix<double>.Build.Dense(size, size, (i, j) => i % positions == j % positions ? kernel[i / positions, j / positions] / positions : 0);
    }

    private double[] Back(Traced output, List<int> shown)
    {
        var (flowing, seen) = (new GradientKernel?[_nodes.Count], new GradientKernel?[_nodes.Count]);
        var start = GradientKernel.Normalise(Matrix<double>.Build.DenseIdentity(_nodes[output.Node].Points), 0);
        (flowing[output.Node], seen[output.Node]) = (start, start);
        for (var node = output.Node; node >= 0; node--)
        {
            if (flowing[node] is not { } kernel)
            {
                continue;
            }

            foreach (var link in _nodes[node].Links)
            {
                var contribution = GradientKernel.Normalise(link.Transpose(kernel.Values), kernel.Logarithm);
                seen[link.Parent] = GradientKernel.Sum(seen[link.Parent], contribution);
                if (!link.IsShownOnly)
                {
                    flowing[link.Parent] = GradientKernel.Sum(flowing[link.Parent], contribution);
                }
            }
        }

        var channels = Math.Log(_nodes[output.Node].Shape.Channels);

        // Theory may end within a branch that adds nothing; the gradient in it is 0.
        return
        [
            .. shown.Select(node =>
                node >= 0 && seen[node] is { } kernel
                    ? channels + Math.Log(kernel.Values.Trace()) + kernel.Logarithm - Math.Log(_nodes[node].Points * (double)_nodes[node].Shape.Channels)
                    : double.NegativeInfinity
            ),
        ];
    }

    /// <summary>A state and its node.</summary>
    /// <param name="State">The state.</param>
    /// <param name="Node">Number of the node.</param>
    /// <param name="NormInput">The node before the norm whose joint law with an activation the state knows; -1 if it knows none.</param>
    internal sealed record Traced(KernelState State, int Node, int NormInput);

    /// <summary>A signal of the network, with links to the signals that it depends on.</summary>
    private sealed record Node(Shape Shape, int Points, Link[] Links);

    /// <summary>The map from the gradient at a signal to the gradient at an earlier signal.</summary>
    private sealed record Link(int Parent, Func<Matrix<double>, Matrix<double>> Transpose)
    {
        /// <summary>
        /// Whether the gradient is only recorded at the earlier place and not passed on, because another link passes it to the places before.
        /// </summary>
        public bool IsShownOnly { get; init; }
    }
}
