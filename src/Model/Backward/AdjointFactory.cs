using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Builds the layers of a pass, a separate one for each position in the network, since each stores what its adjoint needs.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="images">Inputs in the batch.</param>
/// <param name="noise">The mapping whose adjoint is computed.</param>
/// <param name="keeps">Which gradients are computed.</param>
/// <param name="threads">Greatest number of threads.</param>
internal sealed class AdjointFactory<T>(int images, NoiseKind noise, Gradients keeps, int threads) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<(Layer Layer, Shape Input), ConvolutionTables> _tables = [];
    private readonly Dictionary<(TensorShape Shape, int Heads, bool Causal), AttentionHeadAdjoint<T>[]> _heads = [];
    private readonly List<BatchNormAdjoint<T>> _batchNorms = [];
    private readonly int[] _next = new int[Enum.GetValues<ParameterKind>().Length];

    /// <summary>The batch norms in the order of propagation.</summary>
    public IReadOnlyList<BatchNormAdjoint<T>> BatchNorms => _batchNorms;

    /// <summary>The heads of all attention: for each shape, one for each thread. Layers use them one after the other.</summary>
    public IReadOnlyCollection<AttentionHeadAdjoint<T>[]> Heads => _heads.Values;

    private bool OfParameters => keeps.HasFlag(Gradients.Parameters);

    /// <summary>The shape of a batch of features.</summary>
    public TensorShape Tensor(Shape shape) => new(images, shape.Height, shape.Width, shape.Channels);

    /// <summary>Makes the layer for a description that is neither a repeat nor a residual layer; null for the identity.</summary>
    /// <param name="layer">The description.</param>
    /// <param name="input">Shape of the features of one input.</param>
    /// <exception cref="UnknownLayerException">The layer is not implemented.</exception>
    public AdjointLayer<T>? Make(Layer layer, Shape input)
    {
        var shape = Tensor(input);
        return layer switch
        {
            Dense dense => new ConvolutionAdjoint<T>(
                shape,
                Tensor(layer.OutputOf(input)),
                Weights(dense, input.Channels, dense.Channels ?? input.Channels, dense.Parameters),
                dense.Parameters.BiasVariance,
                null,
                OfParameters
            ),
            Convolution convolution => Make(convolution, input),
            Activation activation => Make(activation.Function, shape),
            BatchNorm norm => Make(norm, shape),
            LayerNorm or RmsNorm or GroupNorm or InstanceNorm => new InputNormAdjoint<T>(shape, (Norm)layer),
            Scaling scaling => new ScalingAdjoint<T>(shape, scaling.Factor),
            AveragePool pool => new AveragePoolAdjoint<T>(PoolingWindows.Divide(shape, pool.Size)),
            MaxPool pool => new MaxPoolAdjoint<T>(PoolingWindows.Divide(shape, pool.Size)),
            GlobalAveragePool => new AveragePoolAdjoint<T>(PoolingWindows.Whole(shape)),
            Dropout dropout => new DropoutAdjoint<T>(shape, Mask(dropout, input.Channels)),
            Attention attention => Make(attention, shape),
            Flatten => null,
            _ => throw new UnknownLayerException(layer),
        };
    }

    /// <summary>The random number that a residual layer draws at its beginning; null where nothing is drawn.</summary>
    public ParameterTensor? Survival(Residual residual) =>
        residual.Survival < 1 ? new(ParameterKind.Survival, _next[(int)ParameterKind.Survival]++, residual, 1, 1) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tables in _tables.Values)
        {
            tables.Dispose();
        }

        foreach (var head in _heads.Values.SelectMany(workers => workers))
        {
            head.Dispose();
        }
    }

    private AdjointLayer<T> Make(Convolution convolution, Shape input)
    {
        var (shape, output) = (Tensor(input), Tensor(convolution.OutputOf(input)));
        var weights = Weights(convolution, convolution.FanInOf(input.Channels), output.Channels, convolution.Parameters);
        var isGrouped = convolution.GroupsOf(input.Channels) > 1;
        var tables = convolution is { Kernel: 1, Stride: 1 } && !isGrouped ? null : Tables(convolution, input, output);
        return isGrouped
            ? new GroupedConvolutionAdjoint<T>(shape, output, weights, convolution, tables!, OfParameters)
            : new ConvolutionAdjoint<T>(shape, output, weights, convolution.Parameters.BiasVariance, tables, OfParameters);
    }

    private ConvolutionTables Tables(Convolution convolution, Shape input, TensorShape output)
    {
        if (!_tables.TryGetValue((convolution, input), out var tables))
        {
            tables = ConvolutionTables.Tabulate(Tensor(input), output, convolution);
            _tables.Add((convolution, input), tables);
        }

        return tables;
    }

    private AttentionAdjoint<T> Make(Attention attention, TensorShape shape)
    {
        ParameterTensor[] weights = [.. Enumerable.Range(0, 4).Select(_ => Weights(attention, shape.Channels, shape.Channels, attention.Parameters))];
        var key = (shape, attention.Heads, attention.Causal);
        if (!_heads.TryGetValue(key, out var workers))
        {
            workers = [.. Enumerable.Range(0, threads).Select(_ => new AttentionHeadAdjoint<T>(shape, attention.Heads, attention.Causal))];
            _heads.Add(key, workers);
        }

        return new AttentionAdjoint<T>(shape, attention, weights, OfParameters, workers);
    }

    private ParameterTensor Mask(Dropout dropout, int channels) =>
        new(ParameterKind.Mask, _next[(int)ParameterKind.Mask]++, dropout, dropout.Mask == DropoutMask.Shared ? 1 : 0, channels);

    private BatchNormAdjoint<T> Make(BatchNorm norm, TensorShape shape)
    {
        var made = new BatchNormAdjoint<T>(shape, norm, _batchNorms.Count, noise, threads);
        _batchNorms.Add(made);
        return made;
    }

    private AdjointLayer<T>? Make(Function function, TensorShape shape) =>
        function.Kind switch
        {
            FunctionKind.Linear => null,
            FunctionKind.Relu => new ReluAdjoint<T>(shape),
            FunctionKind.LeakyRelu => new LeakyReluAdjoint<T>(shape, function.Slope),
            FunctionKind.Abs => new LeakyReluAdjoint<T>(shape, -1),
            FunctionKind.Tanh => Make<TanhFunction>(shape),
            FunctionKind.Erf => Make<ErfFunction>(shape),
            FunctionKind.Sine => Make<SineFunction>(shape),
            FunctionKind.Gelu => Make<GeluFunction>(shape),
            FunctionKind.GeluTanh => Make<GeluTanhFunction>(shape),
            FunctionKind.Silu => Make<SiluFunction>(shape),
            FunctionKind.Elu => Make<EluFunction>(shape),
            FunctionKind.Sigmoid => Make<SigmoidFunction>(shape),
            FunctionKind.Softplus => Make<SoftplusFunction>(shape),
            FunctionKind.HardSwish => Make<HardSwishFunction>(shape),
            _ => throw new InvalidOperationException($"no interpretation of the function {function.Kind}"),
        };

    private ActivationAdjoint<T, TFunction> Make<TFunction>(TensorShape shape)
        where TFunction : struct, IScalarFunction => new(shape, keeps != Gradients.None);

    private ParameterTensor Weights(Layer layer, long fanIn, int outputs, Initialisation parameters) =>
        new(ParameterKind.Weights, _next[(int)ParameterKind.Weights]++, layer, fanIn, outputs)
        {
            Variance = parameters.WeightVariance / fanIn,
            Law = parameters.Law,
        };
}
