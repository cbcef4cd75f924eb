using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>A convolution in one group, or a dense layer: <c>y = X W + b</c>, with the patches of the points as rows of X.</summary>
/// <remarks>
/// The gradient of the weights is <c>Xᵀ g</c>. The gradient at the input is <c>g Wᵀ</c>, where each point gathers it from the outputs that read the point.
/// Both are matrix products as in the forward pass, always computed directly.
/// </remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed unsafe class ConvolutionAdjoint<T> : AdjointLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ParameterTensor _weights;
    private readonly SignalBiases<T>? _biases;
    private readonly ConvolutionTables? _tables;
    private readonly bool _needsInput;
    private readonly int _fanIn;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="input">Shape of its input.</param>
    /// <param name="output">Shape of its output.</param>
    /// <param name="weights">Its weights, in one group.</param>
    /// <param name="biasVariance">Variance of its biases; 0 if there are none.</param>
    /// <param name="tables">Which points are read; null where each output reads only its own point.</param>
    /// <param name="ofParameters">Whether the gradients of its parameters are computed.</param>
    public ConvolutionAdjoint(TensorShape input, TensorShape output, ParameterTensor weights, double biasVariance, ConvolutionTables? tables, bool ofParameters)
        : base(input, output)
    {
        (_weights, _tables, _needsInput) = (weights, tables, ofParameters);
        _biases = SignalBiases<T>.After(weights, biasVariance);
        _fanIn = checked((int)weights.FanIn);
    }

    /// <inheritdoc/>
    public override bool NeedsInput => _needsInput;

    private int Offsets => _fanIn / Input.Channels;

    /// <inheritdoc/>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context)
    {
        var features = _tables is null
            ? MatrixOperand<T>.RowMajor(source.Pointer, Input.Channels)
            : MatrixOperand<T>.Gathered(source.Pointer, _tables.Sources.Pointer, Output.Points, Input.Channels);
        context.Product.Multiply(
            features,
            MatrixOperand<T>.RowMajor(context.Parameters(_weights), Output.Channels),
            target.Pointer,
            Output.Points,
            _fanIn,
            Output.Channels
        );
        target.Exponent = source.Exponent;
        _biases?.Add(target, Output, context);
        target.Rescale(Output, context.Threads);
    }

    /// <inheritdoc/>
    public override void Backward(
        (ScaledTensor<T> Input, ScaledTensor<T> Output) signals,
        ScaledTensor<T> gradient,
        ScaledTensor<T>? target,
        PassContext<T> context
    )
    {
        if (context.OfParameters)
        {
            Differentiate(signals.Input, gradient, context);
            _biases?.Differentiate(gradient, Output, context);
        }

        if (target is null)
        {
            return;
        }

        if (_tables is null)
        {
            var transposed = MatrixOperand<T>.Transposed(context.Parameters(_weights), Output.Channels);
            context.Product.Multiply(
                MatrixOperand<T>.RowMajor(gradient.Pointer, Output.Channels),
                transposed,
                target.Pointer,
                Input.Points,
                Output.Channels,
                Input.Channels
            );
        }
        else
        {
            Scatter(_tables, gradient, target, context);
        }

        target.Exponent = gradient.Exponent;
        target.Rescale(Input, context.Threads);
    }

    /// <summary>The gradient of the weights, from chunks of points whose patches fit a cache.</summary>
    private void Differentiate(ScaledTensor<T> signal, ScaledTensor<T> gradient, PassContext<T> context)
    {
        var outputs = Output.Channels;
        var target = context.Gradient(_weights);
        var chunk = GatheredRows.PointsOfChunk(_fanIn);
        for (var first = 0; first < Output.Points; first += chunk)
        {
            var count = Math.Min(chunk, Output.Points - first);
            var rows = _tables is null
                ? signal.Pointer + ((nint)first * _fanIn)
                : GatheredRows.Gather(signal, _tables, (0, Offsets), (first, count), Input, Output, context);
            var right = MatrixOperand<T>.RowMajor(gradient.Pointer + ((nint)first * outputs), outputs);
            context.Product.Multiply(MatrixOperand<T>.Transposed(rows, _fanIn), right, target, _fanIn, count, outputs, accumulate: first > 0);
        }

        PassContext<T>.Scale(target, checked(_fanIn * outputs), signal.Exponent + gradient.Exponent);
    }

    /// <summary>The gradient at the input: every point gathers from the outputs that read it.</summary>
    private void Scatter(ConvolutionTables tables, ScaledTensor<T> gradient, ScaledTensor<T> target, PassContext<T> context)
    {
        var (inputs, outputs) = (Input.Channels, Output.Channels);
        var weights = context.Parameters(_weights);
        var transposed = context.Scratch(1, _fanIn * outputs);
        for (var offset = 0; offset < Offsets; offset++)
        {
            GatheredRows.Transpose(weights + ((nint)offset * inputs * outputs), outputs, transposed + ((nint)offset * inputs * outputs), inputs, outputs);
        }

        var gathered = MatrixOperand<T>.Gathered(gradient.Pointer, tables.Readers.Pointer, Input.Points, outputs);
        context.Product.Multiply(gathered, MatrixOperand<T>.RowMajor(transposed, inputs), target.Pointer, Input.Points, Offsets * outputs, inputs);
        for (var offset = 0; offset < Offsets; offset++)
        {
            if (tables.Mirrored[offset].Length > 0)
            {
                AddMirrored(tables.Mirrored[offset], transposed + ((nint)offset * inputs * outputs), gradient, target, context);
            }
        }
    }

    /// <summary>Adds the contributions of outputs that read a point a second time in the mirror image.</summary>
    private void AddMirrored((int Point, int Output)[] pairs, T* transposed, ScaledTensor<T> gradient, ScaledTensor<T> target, PassContext<T> context)
    {
        var (inputs, outputs) = (Input.Channels, Output.Channels);
        var rows = context.Scratch(2, pairs.Length * (outputs + inputs));
        var products = rows + ((nint)pairs.Length * outputs);
        for (var i = 0; i < pairs.Length; i++)
        {
            gradient.Rows(outputs, pairs[i].Output, 1).CopyTo(new Span<T>(rows + ((nint)i * outputs), outputs));
        }

        context.Product.Multiply(
            MatrixOperand<T>.RowMajor(rows, outputs),
            MatrixOperand<T>.RowMajor(transposed, inputs),
            products,
            pairs.Length,
            outputs,
            inputs
        );
        for (var i = 0; i < pairs.Length; i++)
        {
            ElementwiseMath.AddScaled(target.Rows(inputs, pairs[i].Point, 1), new ReadOnlySpan<T>(products + ((nint)i * inputs), inputs), T.One);
        }
    }
}
