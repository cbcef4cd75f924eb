using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// Maps a kernel state to the state after a layer: one law for each layer, for the noise of the mapping (statistics of batches are held, others
/// differentiated).
/// </summary>
/// <remarks>
/// See docs/theory.md, “Any network of layers”. A layer without a law throws. Where only the noise has no law, it is left out of the state, with the reason.
/// </remarks>
internal static class LayerMap
{
    /// <summary>Number of channels of a group from which on its statistics count as those of infinitely many channels.</summary>
    internal const int ManyChannels = 32;

    /// <summary>Applies layers one after the other; a repeat that is not in another stack counts its units from 0.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="state">The state before them.</param>
    /// <param name="observe">Receives every layer that contains no other layers, and the state after it; null for none.</param>
    /// <returns>The state after them.</returns>
    /// <exception cref="NoTheoryException">Theory has no law for a layer.</exception>
    public static KernelState Apply(Layers layers, KernelState state, Action<Layer, KernelState>? observe = null)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(state);
        return Stack(layers, state, Unit.Alone, observe);
    }

    /// <summary>Applies a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="state">The state before it.</param>
    /// <returns>The state after it.</returns>
    /// <exception cref="NoTheoryException">Theory has no law for the layer.</exception>
    /// <exception cref="InvalidNetworkException">The layer does not fit the shape.</exception>
    public static KernelState Apply(Layer layer, KernelState state)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(state);
        return Apply(layer, state, Unit.Alone, null);
    }

    private static KernelState Stack(Layers layers, KernelState state, Unit unit, Action<Layer, KernelState>? observe)
    {
        foreach (var layer in layers)
        {
            state = Apply(layer, state, unit, observe);
            if (layer is not (Repeat or Residual))
            {
                observe?.Invoke(layer, state);
            }
        }

        return state;
    }

    private static KernelState Apply(Layer layer, KernelState state, Unit unit, Action<Layer, KernelState>? observe) =>
        layer switch
        {
            Convolution convolution => Convolve(convolution, state),
            Dense dense => AfterWeights(dense.OutputOf(state.Shape), state, dense.Parameters, matrix => matrix),
            Activation activation => ActivationMap.Apply(activation, state),
            BatchNorm norm => BatchNormMap.Apply(norm, state),
            LayerNorm norm => PointNormMap.Apply(norm, state, subtractsMean: true, norm.Over == NormalisedOver.All),
            RmsNorm norm => PointNormMap.Apply(norm, state, subtractsMean: false, norm.Over == NormalisedOver.All),
            GroupNorm norm => Grouped(norm, state),
            InstanceNorm norm => OverPositions(norm, state, 1),
            AveragePool pool => Pool(pool, state, pool.Size),
            GlobalAveragePool => Pool(layer, state, Math.Max(state.Shape.Height, state.Shape.Width)),
            MaxPool pool => pool.Size == 1 ? state : throw new NoTheoryException(layer, "products of largest values over two windows have no closed form"),
            Flatten flatten => Flattened(flatten, state),
            Scaling { Factor: 1 } => state,
            Scaling scaling => Scaled(state, scaling.Factor),
            Dropout dropout => Dropped(dropout, state),
            Attention attention => AttentionMap.Apply(attention, state),
            Residual residual => ResidualMap.Sum(
                residual,
                Stack(residual.Skip, state, unit, observe),
                ResidualMap.IsSilent(residual, unit) ? null : Stack(residual.Branch, state, unit, observe),
                unit
            ),
            Repeat repeat => Repeated(repeat, state, observe),
            _ => throw new UnknownLayerException(layer),
        };

    private static KernelState Repeated(Repeat repeat, KernelState state, Action<Layer, KernelState>? observe)
    {
        for (var repetition = 0; repetition < repeat.Times; repetition++)
        {
            state = Stack(repeat.Unit, state, new Unit(repetition, repeat.Times), observe);
        }

        return state;
    }

    private static KernelState Convolve(Convolution convolution, KernelState state)
    {
        var (shape, output) = (state.Shape, convolution.OutputOf(state.Shape));
        var map = KernelOf(convolution, state);
        var after = AfterWeights(output, state, convolution.Parameters, matrix => map.ApplyToCross(matrix, 1));
        var groups = convolution.GroupsOf(shape.Channels);
        var few = groups > 1 && shape.Channels / groups < ManyChannels;

        // Each group has its own kernel. Means over channels are linear in the kernels, but activations are not. With the width the kernels of groups of many
        // channels become one, except at the input: groups of pixels' channels are other numbers, however many they are.
        var differ = few || state.RandomLayers == 0;
        return groups == 1 ? after : after with { IsGaussian = after.IsGaussian && !differ, Validity = Widest(after.Validity, Validity.InfiniteWidth) };
    }

    /// <summary>The map of a convolution for kernels over the points of a state.</summary>
    internal static ConvolutionKernel KernelOf(Convolution convolution, KernelState state) =>
        new(state.Images, state.Shape.Height, state.Shape.Width, convolution.Kernel, convolution.Boundary, convolution.Stride, convolution.Dilation);

    /// <summary>Second moments after fresh weights. The map is linear, so expectations remain exact at any depth.</summary>
    private static KernelState AfterWeights(Shape output, KernelState state, Initialisation parameters, Func<Matrix<double>, Matrix<double>> map)
    {
        var signal = KernelMatrix.Symmetric(map(state.Signal), parameters.WeightVariance, parameters.BiasVariance);
        return state.With(
            output,
            signal,
            state.Noise is null ? null : KernelMatrix.Symmetric(map(state.Noise), parameters.WeightVariance),
            state.Cross is null ? null : map(state.Cross) * parameters.WeightVariance
        ) with
        {
            IsGaussian = !state.IsMixture,
            IsGaussianInTheLimit = false,
            RandomLayers = state.RandomLayers + 1,
            Validity = parameters.Law == WeightLaw.Normal ? state.Validity : Widest(state.Validity, Validity.InfiniteWidth),
        };
    }

    private static KernelState Pool(Layer layer, KernelState state, int size)
    {
        var output = layer.OutputOf(state.Shape);
        var pooling = PoolingOf(layer, state);
        Matrix<double>? Pooled(Matrix<double>? matrix) => matrix is null ? null : pooling * matrix * pooling.Transpose();
        return size == 1
            ? state with
            {
                Shape = output,
            }
            : state.With(output, Symmetric(Pooled(state.Signal)!), Pooled(state.Noise), Pooled(state.Cross)) with
            {
                Means = state.Means is null ? null : pooling * state.Means,
                NoiseMeans = state.NoiseMeans is null ? null : pooling * state.NoiseMeans,
            };
    }

    /// <summary>The means over windows as a matrix (output points × input points).</summary>
    internal static Matrix<double> PoolingOf(Layer layer, KernelState state)
    {
        var (shape, output) = (state.Shape, layer.OutputOf(state.Shape));
        var pooling = Matrix<double>.Build.Dense((int)(state.Images * output.Positions), state.Points);
        var (down, right) = (shape.Height / output.Height, shape.Width / output.Width);
        for (var image = 0; image < state.Images; image++)
        {
            for (var row = 0; row < shape.Height; row++)
            {
                for (var column = 0; column < shape.Width; column++)
                {
                    var target = (((image * output.Height) + (row / down)) * output.Width) + (column / right);
                    pooling[target, (((image * shape.Height) + row) * shape.Width) + column] = 1.0 / (down * right);
                }
            }
        }

        return pooling;
    }

    private static KernelState Flattened(Flatten flatten, KernelState state)
    {
        var (output, positions) = (flatten.OutputOf(state.Shape), (int)state.Shape.Positions);
        if (positions == 1)
        {
            return state with { Shape = output };
        }

        // Only features of the same position are averaged: the diagonals of the blocks.
        Matrix<double> Mean(Matrix<double> matrix) =>
            Matrix<double>.Build.Dense(
                state.Images,
                state.Images,
                (a, b) => Enumerable.Range(0, positions).Sum(s => matrix[(a * positions) + s, (b * positions) + s]) / positions
            );
        Vector<double>? MeanOf(Vector<double>? vector) =>
            vector is null
                ? null
                : Vector<double>.Build.Dense(state.Images, a => Enumerable.Range(0, positions).Sum(s => vector[(a * positions) + s]) / positions);
        return state.With(output, Mean(state.Signal), state.Noise is null ? null : Mean(state.Noise), state.Cross is null ? null : Mean(state.Cross)) with
        {
            IsGaussian = false,
            Means = MeanOf(state.Means),
            NoiseMeans = MeanOf(state.NoiseMeans),
        };
    }

    private static KernelState Grouped(GroupNorm norm, KernelState state)
    {
        _ = norm.OutputOf(state.Shape);
        if (state.Shape.Positions == 1 && !state.IsMixture && SphereMap.Holds(state, norm, state.Shape.Channels / norm.Groups, subtractsMean: true))
        {
            // Over one position, a group of any number of channels is a layer norm of its own.
            return PointNormMap.Apply(norm, state, subtractsMean: true, overPositions: false);
        }

        var channels = state.Shape.Channels / norm.Groups;
        if (channels >= ManyChannels && state.IsGaussian)
        {
            return PointNormMap.Apply(norm, state, subtractsMean: true, overPositions: true);
        }

        return state.Shape.Positions > 1 || !state.IsGaussian
            ? OverPositions(norm, state, channels)
            : throw new NoTheoryException(
                norm,
                $"groups of {channels} channels have scales that are random at every width; from {ManyChannels} channels on they count as constant"
            );
    }

    private static KernelState OverPositions(Norm norm, KernelState state, int channels) =>
        state.IsGaussian
            ? PositionNormMap.Apply(norm, state, channels)
            : throw new NoTheoryException(norm, state.WhyNotGaussian("each group of channels that are not Gaussian has statistics of its own"));

    private static KernelState Dropped(Dropout dropout, KernelState state)
    {
        if (dropout.Keep == 1)
        {
            return state;
        }

        Matrix<double>? Kept(Matrix<double>? matrix)
        {
            if (matrix is null || dropout.Mask == DropoutMask.Shared)
            {
                return matrix is null ? null : matrix / dropout.Keep;
            }

            var kept = matrix.Clone();
            kept.SetDiagonal(matrix.Diagonal() / dropout.Keep);
            return kept;
        }

        // Features that may be dropped are mixtures and not Gaussian. Their means over channels do not change, since kept features are scaled up.
        return state.With(state.Shape, Kept(state.Signal)!, Kept(state.Noise), Kept(state.Cross)) with
        {
            IsGaussian = false,
            HasMasks = true,
            Means = state.Means,
            NoiseMeans = state.NoiseMeans,
        };
    }

    /// <summary>Multiplies signal and noise by a number.</summary>
    internal static KernelState Scaled(KernelState state, double factor)
    {
        if (factor == 1)
        {
            return state with { Pending = null, Sphere = null };
        }

        var square = factor * factor;
        return state with
        {
            Signal = state.Signal * square,
            Noise = state.Noise is null ? null : state.Noise * square,
            Cross = state.Cross is null ? null : state.Cross * square,
            Means = state.Means is null ? null : state.Means * factor,
            NoiseMeans = state.NoiseMeans is null ? null : state.NoiseMeans * factor,
            Pending = null,
            Sphere = null,
            IsGaussian = state.IsGaussian,
        };
    }

    /// <summary>The wider of two scopes.</summary>
    internal static Validity Widest(Validity one, Validity other) => one > other ? one : other;

    /// <summary>
    /// The scope after a layer that is not linear: after a second layer with weights, or a mask, the kernel itself is random at finite width.
    /// </summary>
    internal static Validity AfterNonlinear(KernelState state) =>
        state.RandomLayers > 1 || state.HasMasks || state.IsGaussianInTheLimit ? Widest(state.Validity, Validity.InfiniteWidth) : state.Validity;

    private static Matrix<double> Symmetric(Matrix<double> matrix) => KernelMatrix.Symmetric(matrix);
}
