using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>A convolution in separate groups of channels; a depthwise one where each channel is a group.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// Group g reads the g-th block of input channels and writes the g-th block of output channels. Wide groups are matrix products, one after the other.
/// Narrow groups are summed offset by offset, because a product would mostly compute padding. Groups of one channel have a loop of their own, bound by memory.
/// </remarks>
internal sealed unsafe class GroupedConvolution<T> : ILayer<T>, ISparesInput
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Number of channels of a group from which on a matrix product is cheaper.</summary>
    private const int WideGroup = 8;

    private readonly TensorShape _input;
    private readonly TensorShape _output;
    private readonly KernelShape _kernelShape;
    private readonly ParameterTensor _weights;
    private readonly Biases<T>? _biases;
    private readonly MatrixProduct<T> _product;
    private readonly AlignedBuffer<T> _kernel;
    private readonly AlignedBuffer<int> _sources;
    private readonly int _groups;
    private readonly DepthwiseStrips<T>? _strips;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="input">Shape of its input.</param>
    /// <param name="output">Shape of its output.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="convolution">Its description.</param>
    /// <param name="product">Computes the matrix products; the caller disposes of it.</param>
    public GroupedConvolution(TensorShape input, TensorShape output, ParameterTensor weights, Convolution convolution, MatrixProduct<T> product)
    {
        (_input, _output, _weights, _product) = (input, output, weights, product);
        _kernelShape = KernelShape.Read(weights);
        _biases = Biases<T>.After(weights);
        _groups = convolution.GroupsOf(input.Channels);
        _kernel = new AlignedBuffer<T>(_kernelShape.Length);
        var table = ConvolutionGeometry.Table(input, convolution.Kernel, convolution.Stride, convolution.Boundary, convolution.Dilation);
        _sources = Convolution<T>.SourcesOfSignalAndNoise(table, output.Points, input.Points);
        _strips = IsDepthwise && _kernelShape.Size == 3 ? new DepthwiseStrips<T>(_sources.Pointer, 2 * output.Points, output.Channels) : null;
    }

    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        state.Fill(_weights, _kernel.Span);
        var (source, target) = (state.Current, state.Spare);
        target.Reshape(_output);
        (target.SignalExponent, target.NoiseExponent) = (source.SignalExponent, source.NoiseExponent);
        if (IsDepthwise && _biases is null)
        {
            var (signal, noise) = ConvolveDepthwise(source, target);
            Rescaling.Apply(target, signal, noise);
            state.Swap();
            return;
        }

        if (IsDepthwise)
        {
            ConvolveDepthwise(source, target);
        }
        else if (Math.Min(_kernelShape.InputChannels, _output.Channels / _groups) >= WideGroup)
        {
            Multiply(source, target);
        }
        else
        {
            Sum(source, target);
        }

        _biases?.Add(target, state);
        Rescaling.Apply(target, _product.Threads);
        state.Swap();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel.Dispose();
        _sources.Dispose();
        _strips?.Dispose();
    }

    private bool IsDepthwise => _kernelShape.InputChannels == 1 && _output.Channels == _groups;

    /// <summary>Convolves each channel separately, and returns the largest absolute values of signal and noise.</summary>
    private (T Signal, T Noise) ConvolveDepthwise(SignalAndNoise<T> source, SignalAndNoise<T> target)
    {
        var (points, offsets) = (_output.Points, _kernelShape.Size * _kernelShape.Size);
        var largest = new T[2][];
        for (var tensor = 0; tensor < 2; tensor++)
        {
            var (before, ofChunks) = (tensor * points, new T[RowChunks.Count(points)]);
            RowChunks.ForEach(
                points,
                _product.Threads,
                (chunk, first, count) =>
                    ofChunks[chunk] =
                        _strips?.Convolve(source.Pointer, _sources.Pointer, _kernel.Pointer, target.Pointer, (before + first, count))
                        ?? DepthwiseRows.Convolve(
                            source.Pointer,
                            _sources.Pointer,
                            2 * points,
                            _kernel.Pointer,
                            offsets,
                            target.Pointer,
                            _groups,
                            (before + first, count)
                        )
            );
            largest[tensor] = ofChunks;
        }

        return (largest[0].Aggregate(T.Zero, T.Max), largest[1].Aggregate(T.Zero, T.Max));
    }

    private void Multiply(SignalAndNoise<T> source, SignalAndNoise<T> target)
    {
        var (inputs, outputs) = (_kernelShape.InputChannels, _output.Channels / _groups);
        for (var group = 0; group < _groups; group++)
        {
            _product.Multiply(
                MatrixOperand<T>.Gathered(source.Pointer + (group * inputs), _sources.Pointer, 2 * _output.Points, inputs, _input.Channels),
                MatrixOperand<T>.RowMajor(_kernel.Pointer + (group * outputs), _output.Channels),
                target.Pointer + (group * outputs),
                2 * _output.Points,
                _kernelShape.FanIn,
                outputs,
                stride: _output.Channels
            );
        }
    }

    private void Sum(SignalAndNoise<T> source, SignalAndNoise<T> target)
    {
        var (inputs, channels) = (_kernelShape.InputChannels, _output.Channels);
        var offsets = _kernelShape.Size * _kernelShape.Size;
        var rows = 2 * _output.Points;
        var outputs = channels / _groups;
        RowChunks.ForEach(
            rows,
            _product.Threads,
            (_, first, count) =>
            {
                for (var row = first; row < first + count; row++)
                {
                    var sum = target.Pointer + ((nint)row * channels);
                    new Span<T>(sum, channels).Clear();
                    for (var offset = 0; offset < offsets; offset++)
                    {
                        var point = _sources.Pointer[((nint)offset * rows) + row];
                        if (point == ConvolutionGeometry.Outside)
                        {
                            continue;
                        }

                        var values = source.Pointer + ((nint)point * _input.Channels);
                        for (var input = 0; input < inputs; input++)
                        {
                            var weights = _kernel.Pointer + ((((nint)offset * inputs) + input) * channels);
                            AddProducts(sum, weights, values + input, (inputs, outputs));
                        }
                    }
                }
            }
        );
    }

    private void AddProducts(T* sum, T* weights, T* values, (int Inputs, int Outputs) ofGroup)
    {
        var (inputs, outputs) = ofGroup;
        for (var group = 0; group < _groups; group++)
        {
            var value = values[group * inputs];
            for (var output = group * outputs; output < (group + 1) * outputs; output++)
            {
                sum[output] += weights[output] * value;
            }
        }
    }
}
