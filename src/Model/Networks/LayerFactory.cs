using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Builds the layers that compute. Equal layers of equal shapes are built only once, since only their parameters differ.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="images">Inputs in the batch.</param>
/// <param name="noise">The mapping whose derivative the noise is.</param>
/// <param name="product">Computes matrix products with scratch memory that all layers share.</param>
internal sealed class LayerFactory<T>(int images, NoiseKind noise, MatrixProduct<T> product) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<(Layer Layer, Shape Input), ILayer<T>?> _layers = [];
    private readonly Dictionary<(double SkipScale, double BranchScale, bool SkipIsCurrent), Addition<T>> _additions = [];
    private readonly SkipStart<T> _skipStart = new();

    private int Threads => product.Threads;

    /// <summary>Makes the layer for a description that is neither a repeat nor a residual layer; null for the identity.</summary>
    /// <param name="layer">The description.</param>
    /// <param name="input">Shape of the features of one input.</param>
    /// <exception cref="UnknownLayerException">The layer is not implemented.</exception>
    public ILayer<T>? Make(Layer layer, Shape input)
    {
        if (!_layers.TryGetValue((layer, input), out var made))
        {
            made = Build(layer, input, Tensor(input));
            _layers.Add((layer, input), made);
        }

        return made;
    }

    /// <summary>The beginning of a residual layer.</summary>
    public ILayer<T> Start(Residual residual, Shape input)
    {
        if (!_layers.TryGetValue((residual, input), out var made))
        {
            made = new BranchStart<T>(residual.Survival < 1 ? new(ParameterKind.Survival, 0, residual, 1, 1) : null, Threads);
            _layers.Add((residual, input), made);
        }

        return made!;
    }

    /// <summary>The change from a branch to the layers of its skip connection.</summary>
    public ILayer<T> SkipStart() => _skipStart;

    /// <summary>The end of a residual layer.</summary>
    /// <param name="residual">The residual layer.</param>
    /// <param name="unit">Number of units of its stack before it.</param>
    /// <param name="units">Number of units of its stack.</param>
    public ILayer<T> End(Residual residual, int unit, int units)
    {
        var key = (residual.SkipScale.ValueAt(unit, units), residual.BranchScale.ValueAt(unit, units), residual.Skip.Count > 0);
        if (!_additions.TryGetValue(key, out var made))
        {
            made = new Addition<T>(key.Item1, key.Item2, key.Item3, Threads);
            _additions.Add(key, made);
        }

        return made;
    }

    /// <summary>The shape of a batch of features.</summary>
    public TensorShape Tensor(Shape shape) => new(images, shape.Height, shape.Width, shape.Channels);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _layers.Values)
        {
            layer?.Dispose();
        }
    }

    private ILayer<T>? Build(Layer layer, Shape input, TensorShape shape) =>
        layer switch
        {
            Convolution convolution => Build(convolution, input, shape),
            Dense dense => new Convolution<T>(
                shape,
                Weights(dense, input.Channels, dense.Channels ?? input.Channels, dense.Parameters),
                1,
                Boundary.Periodic,
                1,
                product
            ),
            Activation activation => Build(activation.Function),
            BatchNorm norm => new BatchNorm<T>(shape, norm.Epsilon, norm.Scale, noise, Threads),
            LayerNorm or RmsNorm or GroupNorm or InstanceNorm => Build((Norm)layer),
            Scaling scaling => new ScalingLayer<T>(scaling.Factor, Threads),
            AveragePool pool => new AveragePool<T>(PoolingWindows.Divide(shape, pool.Size), Threads),
            MaxPool pool => new MaxPool<T>(PoolingWindows.Divide(shape, pool.Size), Threads),
            GlobalAveragePool => new AveragePool<T>(PoolingWindows.Whole(shape), Threads),
            Flatten => new FlattenLayer<T>(),
            Dropout dropout => new DropoutLayer<T>(
                shape,
                new(ParameterKind.Mask, 0, dropout, dropout.Mask == DropoutMask.Shared ? 1 : 0, input.Channels),
                Threads
            ),
            Attention attention => new Attention<T>(shape, attention, Weights(attention, input.Channels, input.Channels, attention.Parameters), product),
            _ => throw new UnknownLayerException(layer),
        };

    private ILayer<T> Build(Convolution convolution, Shape input, TensorShape shape)
    {
        var output = convolution.OutputOf(input);
        var weights = Weights(convolution, convolution.FanInOf(input.Channels), output.Channels, convolution.Parameters);
        return convolution.GroupsOf(input.Channels) == 1
            ? new Convolution<T>(shape, weights, convolution.Stride, convolution.Boundary, convolution.Dilation, product)
            : new GroupedConvolution<T>(shape, Tensor(output), weights, convolution, product);
    }

    private InputNorm<T> Build(Norm norm) => new(NormBlocks.Divide(norm), norm.Word, norm.Epsilon, norm.Scale, Threads);

    private ILayer<T>? Build(Function function) =>
        function.Kind switch
        {
            FunctionKind.Linear => null,
            FunctionKind.Relu => new Relu<T>(Threads),
            FunctionKind.LeakyRelu => new LeakyRelu<T>(function.Slope, Threads),
            FunctionKind.Abs => new LeakyRelu<T>(-1, Threads),
            FunctionKind.Tanh => new ActivationLayer<T, TanhFunction>(Threads),
            FunctionKind.Erf => new ActivationLayer<T, ErfFunction>(Threads),
            FunctionKind.Sine => new ActivationLayer<T, SineFunction>(Threads),
            FunctionKind.Gelu => new ActivationLayer<T, GeluFunction>(Threads),
            FunctionKind.GeluTanh => new ActivationLayer<T, GeluTanhFunction>(Threads),
            FunctionKind.Silu => new ActivationLayer<T, SiluFunction>(Threads),
            FunctionKind.Elu => new ActivationLayer<T, EluFunction>(Threads),
            FunctionKind.Sigmoid => new ActivationLayer<T, SigmoidFunction>(Threads),
            FunctionKind.Softplus => new ActivationLayer<T, SoftplusFunction>(Threads),
            FunctionKind.HardSwish => new ActivationLayer<T, HardSwishFunction>(Threads),
            _ => throw new InvalidOperationException($"no interpretation of the function {function.Kind}"),
        };

    private static ParameterTensor Weights(Layer layer, long fanIn, int outputs, Initialisation parameters) =>
        new(ParameterKind.Weights, 0, layer, fanIn, outputs) { Variance = parameters.WeightVariance / fanIn, Law = parameters.Law };
}
