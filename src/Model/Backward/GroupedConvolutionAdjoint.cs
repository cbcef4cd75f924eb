using System.Numerics;
using System.Runtime.Intrinsics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>A convolution in separate groups of channels. Wide groups are matrix products; narrow ones are summed offset by offset.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed unsafe class GroupedConvolutionAdjoint<T> : AdjointLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Number of channels of a group from which on a matrix product is cheaper; the same as in the forward pass of signal and noise.</summary>
    private const int WideGroup = 8;

    private readonly ParameterTensor _weights;
    private readonly SignalBiases<T>? _biases;
    private readonly ConvolutionTables _tables;
    private readonly bool _needsInput;
    private readonly int _groups;
    private readonly int _fanIn;
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly int _offsets;
    private readonly DepthwiseStrips<T>? _read;
    private readonly DepthwiseStrips<T>? _readers;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="input">Shape of its input.</param>
    /// <param name="output">Shape of its output.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="convolution">Its description.</param>
    /// <param name="tables">Which points are read.</param>
    /// <param name="ofParameters">Whether the gradients of its parameters are computed.</param>
    public GroupedConvolutionAdjoint(
        TensorShape input,
        TensorShape output,
        ParameterTensor weights,
        Convolution convolution,
        ConvolutionTables tables,
        bool ofParameters
    )
        : base(input, output)
    {
        (_weights, _tables, _needsInput, _groups) = (weights, tables, ofParameters, convolution.GroupsOf(input.Channels));
        _biases = SignalBiases<T>.After(weights, convolution.Parameters.BiasVariance);
        _fanIn = checked((int)weights.FanIn);
        (_inputs, _outputs, _offsets) = (input.Channels / _groups, output.Channels / _groups, convolution.Kernel * convolution.Kernel);
        if (IsDepthwise && convolution.Kernel == 3)
        {
            _read = new DepthwiseStrips<T>(tables.Sources.Pointer, output.Points, _groups);
            _readers = new DepthwiseStrips<T>(tables.Readers.Pointer, input.Points, _groups, isReversed: true);
        }
    }

    /// <inheritdoc/>
    public override bool NeedsInput => _needsInput;

    private bool IsDepthwise => _inputs == 1 && _outputs == 1;

    private bool IsWide => Math.Min(_inputs, _outputs) >= WideGroup;

    /// <inheritdoc/>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context)
    {
        var weights = context.Parameters(_weights);
        if (IsWide)
        {
            for (var group = 0; group < _groups; group++)
            {
                context.Product.Multiply(
                    MatrixOperand<T>.Gathered(source.Pointer + (group * _inputs), _tables.Sources.Pointer, Output.Points, _inputs, Input.Channels),
                    MatrixOperand<T>.RowMajor(weights + (group * _outputs), Output.Channels),
                    target.Pointer + (group * _outputs),
                    Output.Points,
                    _fanIn,
                    _outputs,
                    stride: Output.Channels
                );
            }
        }
        else
        {
            Sum(source, target, weights, context);
        }

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

        Scatter(gradient, target, context);
        target.Exponent = gradient.Exponent;
        target.Rescale(Input, context.Threads);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _read?.Dispose();
        _readers?.Dispose();
        base.Dispose();
    }

    private void Sum(ScaledTensor<T> source, ScaledTensor<T> target, T* weights, PassContext<T> context) =>
        RowChunks.ForEach(
            Output.Points,
            context.Threads,
            (_, first, count) =>
            {
                if (_read is not null)
                {
                    _read.Convolve(source.Pointer, _tables.Sources.Pointer, weights, target.Pointer, (first, count));
                    return;
                }

                if (IsDepthwise)
                {
                    DepthwiseRows.Convolve(source.Pointer, _tables.Sources.Pointer, Output.Points, weights, _offsets, target.Pointer, _groups, (first, count));
                    return;
                }

                for (var point = first; point < first + count; point++)
                {
                    var sum = target.Pointer + ((nint)point * Output.Channels);
                    new Span<T>(sum, Output.Channels).Clear();
                    for (var offset = 0; offset < _offsets; offset++)
                    {
                        var read = _tables.Sources.Pointer[((nint)offset * Output.Points) + point];
                        if (read == ConvolutionGeometry.Outside)
                        {
                            continue;
                        }

                        for (var input = 0; input < _inputs; input++)
                        {
                            AddProducts(
                                sum,
                                weights + ((((nint)offset * _inputs) + input) * Output.Channels),
                                source.Pointer + ((nint)read * Input.Channels) + input
                            );
                        }
                    }
                }
            }
        );

    /// <summary>Adds one input of each group, times its weights, to the outputs of the group.</summary>
    private void AddProducts(T* sum, T* weights, T* values)
    {
        for (var group = 0; group < _groups; group++)
        {
            var value = values[group * _inputs];
            for (var output = group * _outputs; output < (group + 1) * _outputs; output++)
            {
                sum[output] += weights[output] * value;
            }
        }
    }

    /// <summary>The gradient of the weights, in double precision, over chunks of points that do not depend on the number of threads.</summary>
    private void Differentiate(ScaledTensor<T> signal, ScaledTensor<T> gradient, PassContext<T> context)
    {
        var length = checked(_fanIn * Output.Channels);
        var chunks = RowChunks.Count(Output.Points);
        var target = context.Gradient(_weights);
        if (IsWide)
        {
            DifferentiateWide(signal, gradient, target, context);
            PassContext<T>.Scale(target, length, signal.Exponent + gradient.Exponent);
            return;
        }

        // The workers' sums are added in the order of the chunks.
        var sums = new double[checked(chunks * length)];
        RowChunks.ForEach(
            Output.Points,
            context.Threads,
            (chunk, first, count) =>
            {
                _read?.SumProducts(signal.Pointer, _tables.Sources.Pointer, gradient.Pointer, (first, count), sums.AsSpan(chunk * length, length));

                // What is left of channels, or all of them.
                for (var offset = 0; offset < _offsets; offset++)
                {
                    var sources = _tables.Sources.Pointer + ((nint)offset * Output.Points);
                    var sum = sums.AsSpan((chunk * length) + (offset * _inputs * Output.Channels), _inputs * Output.Channels);
                    if (IsDepthwise)
                    {
                        SumProducts(sum, signal.Pointer, sources, gradient.Pointer, (first, count), _read is null ? 0 : _groups - (_groups % 8));
                        continue;
                    }

                    for (var point = first; point < first + count; point++)
                    {
                        if (sources[point] != ConvolutionGeometry.Outside)
                        {
                            AddOuterProducts(sum, signal.Pointer + ((nint)sources[point] * Input.Channels), gradient.Pointer + ((nint)point * Output.Channels));
                        }
                    }
                }
            }
        );
        for (var i = 0; i < length; i++)
        {
            var sum = 0.0;
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                sum += sums[(chunk * length) + i];
            }

            target[i] = T.CreateTruncating(Math.ScaleB(sum, signal.Exponent + gradient.Exponent));
        }
    }

    /// <summary>For a depthwise convolution: for each channel, the sum over some points of the input times the gradient.</summary>
    private void SumProducts(Span<double> sums, T* signal, int* sources, T* gradient, (int First, int Count) points, int channel)
    {
        var (first, count) = points;
        for (; channel <= _groups - 8; channel += 8)
        {
            Vector512<double> sum = default;
            for (var point = first; point < first + count; point++)
            {
                if (sources[point] != ConvolutionGeometry.Outside)
                {
                    sum = Vector512.FusedMultiplyAdd(
                        VectorMath.LoadEight(signal + ((nint)sources[point] * _groups) + channel),
                        VectorMath.LoadEight(gradient + ((nint)point * _groups) + channel),
                        sum
                    );
                }
            }

            sum.CopyTo(sums[channel..]);
        }

        for (; channel < _groups; channel++)
        {
            for (var point = first; point < first + count; point++)
            {
                if (sources[point] != ConvolutionGeometry.Outside)
                {
                    sums[channel] = Math.FusedMultiplyAdd(
                        double.CreateTruncating(signal[((nint)sources[point] * _groups) + channel]),
                        double.CreateTruncating(gradient[((nint)point * _groups) + channel]),
                        sums[channel]
                    );
                }
            }
        }
    }

    private void AddOuterProducts(Span<double> sum, T* values, T* gradient)
    {
        for (var input = 0; input < _inputs; input++)
        {
            var row = sum.Slice(input * Output.Channels, Output.Channels);
            for (var group = 0; group < _groups; group++)
            {
                var value = double.CreateTruncating(values[(group * _inputs) + input]);
                for (var output = group * _outputs; output < (group + 1) * _outputs; output++)
                {
                    row[output] += value * double.CreateTruncating(gradient[output]);
                }
            }
        }
    }

    private void DifferentiateWide(ScaledTensor<T> signal, ScaledTensor<T> gradient, T* target, PassContext<T> context)
    {
        var chunk = GatheredRows.PointsOfChunk(Input.Channels);
        for (var first = 0; first < Output.Points; first += chunk)
        {
            var count = Math.Min(chunk, Output.Points - first);
            for (var offset = 0; offset < _offsets; offset++)
            {
                var rows = GatheredRows.Gather(signal, _tables, (offset, 1), (first, count), Input, Output, context);
                for (var group = 0; group < _groups; group++)
                {
                    context.Product.Multiply(
                        MatrixOperand<T>.Transposed(rows + (group * _inputs), Input.Channels),
                        MatrixOperand<T>.RowMajor(gradient.Pointer + ((nint)first * Output.Channels) + (group * _outputs), Output.Channels),
                        target + ((nint)offset * _inputs * Output.Channels) + (group * _outputs),
                        _inputs,
                        count,
                        _outputs,
                        accumulate: first > 0,
                        stride: Output.Channels
                    );
                }
            }
        }
    }

    /// <summary>
    /// The gradient at the input: every point gathers it from the outputs that read the point; then contributions of mirror images are added.
    /// </summary>
    private void Scatter(ScaledTensor<T> gradient, ScaledTensor<T> target, PassContext<T> context)
    {
        var weights = context.Parameters(_weights);
        if (IsWide)
        {
            ScatterWide(gradient, target, weights, context);
        }
        else
        {
            RowChunks.ForEach(
                Input.Points,
                context.Threads,
                (_, first, count) =>
                {
                    if (_readers is not null)
                    {
                        _readers.Convolve(gradient.Pointer, _tables.Readers.Pointer, weights, target.Pointer, (first, count));
                        return;
                    }

                    if (IsDepthwise)
                    {
                        DepthwiseRows.Convolve(
                            gradient.Pointer,
                            _tables.Readers.Pointer,
                            Input.Points,
                            weights,
                            _offsets,
                            target.Pointer,
                            _groups,
                            (first, count)
                        );
                        return;
                    }

                    for (var point = first; point < first + count; point++)
                    {
                        var sum = target.Pointer + ((nint)point * Input.Channels);
                        new Span<T>(sum, Input.Channels).Clear();
                        for (var offset = 0; offset < _offsets; offset++)
                        {
                            var reader = _tables.Readers.Pointer[((nint)offset * Input.Points) + point];
                            if (reader != ConvolutionGeometry.Outside)
                            {
                                AddTransposed(sum, weights + ((nint)offset * _inputs * Output.Channels), gradient.Pointer + ((nint)reader * Output.Channels));
                            }
                        }
                    }
                }
            );
        }

        for (var offset = 0; offset < _offsets; offset++)
        {
            foreach (var (point, output) in _tables.Mirrored[offset])
            {
                AddTransposed(
                    target.Pointer + ((nint)point * Input.Channels),
                    weights + ((nint)offset * _inputs * Output.Channels),
                    gradient.Pointer + ((nint)output * Output.Channels)
                );
            }
        }
    }

    /// <summary>Adds the gradient at one output, times the weights of one offset, to the inputs of each group.</summary>
    private void AddTransposed(T* sum, T* weights, T* gradient)
    {
        if (IsDepthwise)
        {
            ElementwiseMath.AddProducts(new Span<T>(sum, _groups), new ReadOnlySpan<T>(weights, _groups), new ReadOnlySpan<T>(gradient, _groups));
            return;
        }

        for (var group = 0; group < _groups; group++)
        {
            for (var input = 0; input < _inputs; input++)
            {
                var (row, total) = ((nint)input * Output.Channels, T.Zero);
                for (var output = group * _outputs; output < (group + 1) * _outputs; output++)
                {
                    total += weights[row + output] * gradient[output];
                }

                sum[(group * _inputs) + input] += total;
            }
        }
    }

    private void ScatterWide(ScaledTensor<T> gradient, ScaledTensor<T> target, T* weights, PassContext<T> context)
    {
        var transposed = context.Scratch(1, _offsets * _outputs * _inputs);
        for (var group = 0; group < _groups; group++)
        {
            for (var offset = 0; offset < _offsets; offset++)
            {
                GatheredRows.Transpose(
                    weights + ((nint)offset * _inputs * Output.Channels) + (group * _outputs),
                    Output.Channels,
                    transposed + ((nint)offset * _outputs * _inputs),
                    _inputs,
                    _outputs
                );
            }

            context.Product.Multiply(
                MatrixOperand<T>.Gathered(gradient.Pointer + (group * _outputs), _tables.Readers.Pointer, Input.Points, _outputs, Output.Channels),
                MatrixOperand<T>.RowMajor(transposed, _inputs),
                target.Pointer + (group * _inputs),
                Input.Points,
                _offsets * _outputs,
                _inputs,
                stride: Input.Channels
            );
        }
    }
}
