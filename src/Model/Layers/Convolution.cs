using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>A convolution in one group, or a dense layer; signal and noise pass through the same weights in one matrix product.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// In the direct method, the points of the signal and of the noise are the rows of one matrix with k²·(input channels) columns. The matrix is never stored:
/// the product gathers it from the image while it packs its blocks. Fourier transforms are often cheaper: see <see cref="ConvolutionMethods"/>.
/// </remarks>
internal sealed unsafe class Convolution<T> : ILayer<T>, ISparesInput
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly KernelShape _kernelShape;
    private readonly TensorShape _input;
    private readonly TensorShape _output;
    private readonly AlignedBuffer<T> _kernel;
    private readonly AlignedBuffer<int>? _sources;
    private readonly MatrixProduct<T> _product;
    private readonly SpectralConvolution? _spectral;
    private readonly ParameterTensor _weights;
    private readonly Biases<T>? _biases;

    /// <summary>Prepares a convolution by the cheaper method.</summary>
    /// <param name="input">Shape of its input.</param>
    /// <param name="kernelShape">Arrangement of the weights.</param>
    /// <param name="stride">Distance between neighbouring outputs, in input positions.</param>
    /// <param name="boundary">What is read beyond the border.</param>
    /// <param name="product">Computes the matrix products; the caller disposes of it.</param>
    /// <exception cref="ArgumentException">The kernel size is even and the boundary is symmetric, or channels do not match.</exception>
    public Convolution(TensorShape input, KernelShape kernelShape, int stride, Boundary boundary, MatrixProduct<T> product)
        : this(input, kernelShape, stride, boundary, product, ConvolutionMethods.Cheaper<T>(input, kernelShape, new(stride, boundary))) { }

    internal Convolution(TensorShape input, KernelShape kernelShape, int stride, Boundary boundary, MatrixProduct<T> product, ConvolutionMethod method)
        : this(input, kernelShape.Tensor(), new(stride, boundary), product, method) { }

    /// <summary>Prepares a convolution as a network describes it.</summary>
    /// <param name="input">Shape of its input.</param>
    /// <param name="weights">Its weights, in one group.</param>
    /// <param name="stride">Distance between neighbouring outputs, in input positions.</param>
    /// <param name="boundary">What is read beyond the border.</param>
    /// <param name="dilation">Distance between two neighbouring inputs of a patch.</param>
    /// <param name="product">Computes the matrix products; the caller disposes of it.</param>
    internal Convolution(TensorShape input, ParameterTensor weights, int stride, Boundary boundary, int dilation, MatrixProduct<T> product)
        : this(
            input,
            weights,
            new(stride, boundary, dilation),
            product,
            ConvolutionMethods.Cheaper<T>(input, KernelShape.Read(weights), new(stride, boundary, dilation))
        ) { }

    internal Convolution(TensorShape input, ParameterTensor weights, PatchGeometry geometry, MatrixProduct<T> product, ConvolutionMethod method)
    {
        var (stride, boundary, dilation) = geometry;
        var kernelShape = KernelShape.Read(weights);
        if (boundary == Boundary.Symmetric && kernelShape.Size % 2 == 0)
        {
            throw new ArgumentException("expected an odd kernel with the symmetric boundary", nameof(weights));
        }

        if (input.Channels != kernelShape.InputChannels)
        {
            throw new ArgumentException($"expected {kernelShape.InputChannels} input channels, got {input.Channels}", nameof(input));
        }

        _kernelShape = kernelShape;
        _weights = weights;
        _biases = Biases<T>.After(weights);
        _product = product;
        _input = input;
        _output = new TensorShape(
            input.Images,
            ConvolutionGeometry.OutputExtent(input.Height, stride),
            ConvolutionGeometry.OutputExtent(input.Width, stride),
            kernelShape.OutputChannels
        );
        _kernel = new AlignedBuffer<T>(kernelShape.Length);
        if (method == ConvolutionMethod.Spectral)
        {
            var (tiling, _) =
                ConvolutionMethods.Cheapest(input, kernelShape, geometry)
                ?? throw new ArgumentException($"expected images small enough for Fourier transforms, got {input}", nameof(input));
            _spectral = new SpectralConvolution(input, kernelShape, geometry, tiling, product.Threads);
            return;
        }

        _sources =
            kernelShape.Size == 1 && stride == 1
                ? null
                : SourcesOfSignalAndNoise(ConvolutionGeometry.Table(input, kernelShape.Size, stride, boundary, dilation), _output.Points, input.Points);
    }

    /// <summary>Shape of the output.</summary>
    public TensorShape OutputShape => _output;

    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Spare.Reshape(_output);
        Propagate(state.Current, state.Spare, state);
        state.Swap();
    }

    /// <summary>Convolves from one buffer to another, possibly of another shape, with the next weights.</summary>
    /// <param name="source">The buffer to read.</param>
    /// <param name="target">The buffer to write.</param>
    /// <param name="state">Provides the weights.</param>
    internal void Propagate(SignalAndNoise<T> source, SignalAndNoise<T> target, PropagationState<T> state)
    {
        if (source.Shape != _input || target.Shape != _output)
        {
            throw new ArgumentException($"expected shapes {_input} and {_output}, got {source.Shape} and {target.Shape}", nameof(source));
        }

        state.Fill(_weights, _kernel.Span);
        (target.SignalExponent, target.NoiseExponent) = (source.SignalExponent, source.NoiseExponent);
        if (_spectral is not null)
        {
            _spectral.Convolve((float*)source.Pointer, (float*)target.Pointer, (float*)_kernel.Pointer);
            if (_biases is null)
            {
                Rescaling.Apply(target, T.CreateTruncating(_spectral.LargestSignal), T.CreateTruncating(_spectral.LargestNoise));
                return;
            }
        }
        else
        {
            MultiplyDirectly(source, target);
        }

        _biases?.Add(target, state);
        Rescaling.Apply(target, _product.Threads);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel.Dispose();
        _sources?.Dispose();
        _spectral?.Dispose();
    }

    private void MultiplyDirectly(SignalAndNoise<T> source, SignalAndNoise<T> target)
    {
        var features = _sources is null
            ? MatrixOperand<T>.RowMajor(source.Pointer, _input.Channels)
            : MatrixOperand<T>.Gathered(source.Pointer, _sources.Pointer, 2 * _output.Points, _input.Channels);
        _product.Multiply(
            features,
            MatrixOperand<T>.RowMajor(_kernel.Pointer, _output.Channels),
            target.Pointer,
            2 * _output.Points,
            _kernelShape.FanIn,
            _output.Channels
        );
    }

    /// <summary>Extends the table by the points of the noise, which follow those of the signal.</summary>
    internal static AlignedBuffer<int> SourcesOfSignalAndNoise(int[] table, int outputPoints, int inputPoints)
    {
        var offsets = table.Length / outputPoints;
        var sources = new AlignedBuffer<int>(2 * table.Length);
        for (var offset = 0; offset < offsets; offset++)
        {
            var signal = table.AsSpan(offset * outputPoints, outputPoints);
            var row = sources.Span.Slice(2 * offset * outputPoints, 2 * outputPoints);
            signal.CopyTo(row);
            for (var point = 0; point < outputPoints; point++)
            {
                row[outputPoints + point] = signal[point] == ConvolutionGeometry.Outside ? ConvolutionGeometry.Outside : signal[point] + inputPoints;
            }
        }

        return sources;
    }
}
