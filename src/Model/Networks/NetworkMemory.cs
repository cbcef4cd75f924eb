using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>The memory that a network takes, counted from its description before anything is allocated.</summary>
/// <remarks>It is in floating point, so that absurd sizes are refused and do not overflow. Memory that may be used is always counted.</remarks>
internal sealed class NetworkMemory
{
    /// <summary>
    /// In double precision, a head holds logits of an input's positions, for signal and noise, and features of queries, keys, values and outputs: numbers of
    /// these.
    /// </summary>
    private const double HeadMatrices = 2,
        HeadFeatures = 8;

    /// <summary>Numbers of the left factor that a product packs at a time, for each thread, as an upper bound.</summary>
    private const double PackedRows = 1 << 16;

    /// <summary>The number of packed columns of weights is a multiple of this.</summary>
    private const double PackedColumns = 32;

    private readonly HashSet<(Layer Layer, Shape Input)> _counted = [];
    private readonly double _images;
    private readonly double _threads;
    private readonly PropagationStepMemory _steps;
    private double _largestKernel;
    private double _numbers;
    private double _integers;
    private double _doubles;
    private double _statistics;
    private double _basis;

    private NetworkMemory(Shape input, int images, int threads)
    {
        (_images, _threads) = (images, threads);
        _steps = new(Elements(input));
    }

    /// <summary>Bytes of all buffers, and the elements of the largest one, which must be within the range of 32-bit integers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Inputs in the batch.</param>
    /// <param name="bytesOfNumber">Bytes of a number: 4 in single precision, 8 in double.</param>
    /// <param name="threads">Number of threads that propagate.</param>
    /// <returns>Both numbers, as upper bounds.</returns>
    public static (double Bytes, double LargestBuffer) Estimate(Network network, int images, int bytesOfNumber = sizeof(float), int threads = 1)
    {
        var memory = new NetworkMemory(network.Input, images, threads);
        memory.Count(network.Layers, network.Input);
        var (input, features) = (2 * memory.Elements(network.Input), 2 * memory._steps.Capacity);

        // The product holds a packed copy of the largest weights. Orthogonal weights are made in double precision, one tensor at a time.
        var numbers = input + (features * memory._steps.Buffers) + memory._numbers + memory._largestKernel;
        var doubles = memory._doubles + memory._statistics + memory._basis;
        var bytes = (numbers * bytesOfNumber) + (memory._integers * sizeof(int)) + (doubles * sizeof(double));
        return (bytes, new[] { input, features, memory._largestKernel, memory._numbers, memory._integers, memory._doubles }.Max());
    }

    /// <summary>Numbers that a product takes for its packed right factor.</summary>
    /// <param name="inner">Rows of the factor.</param>
    /// <param name="columns">Its columns.</param>
    internal static double Packed(double inner, double columns) => inner * Math.Ceiling(columns / PackedColumns) * PackedColumns;

    /// <summary>Numbers in double precision that a head of attention takes for each thread, its product included.</summary>
    /// <param name="positions">Positions of an input.</param>
    /// <param name="width">Channels of the head.</param>
    /// <param name="features">Number of features for a position and a channel.</param>
    internal static double HeadNumbers(double positions, double width, double features) =>
        (HeadMatrices * positions * positions)
        + (features * positions * width)
        + Math.Max(Packed(positions, Math.Max(positions, width)), Packed(width, positions))
        + PackedRows;

    private double Elements(Shape shape) => _images * shape.Features;

    private Shape Count(Layers layers, Shape input)
    {
        var shape = input;
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    shape = Count(repeat, shape);
                    break;
                case Residual residual:
                    shape = Count(residual, shape);
                    break;
                default:
                    if (_counted.Add((layer, shape)))
                    {
                        Count(layer, shape);
                    }

                    var output = layer.OutputOf(shape);
                    _steps.Pass(Elements(shape), Elements(output), writes: Computes(layer), elsewhere: WritesElsewhere(layer));
                    shape = output;
                    break;
            }
        }

        return shape;
    }

    private Shape Count(Residual residual, Shape input)
    {
        _steps.Hold();
        var output = Count(residual.Branch, input);
        if (residual.Skip.Count > 0)
        {
            _steps.Exchange();
            output = Count(residual.Skip, input);
        }

        _steps.Release(Elements(output));
        return output;
    }

    private Shape Count(Repeat repeat, Shape input)
    {
        var shape = input;
        for (var repetition = 0; repetition < repeat.Times; repetition++)
        {
            var next = Count(repeat.Unit, shape);
            if (next == shape)
            {
                break;
            }

            shape = next;
        }

        return shape;
    }

    private static bool Computes(Layer layer) => layer is not (Flatten or Activation { Function.Kind: FunctionKind.Linear });

    /// <summary>Whether a layer does not change its input, so that the network's own input needs no buffer.</summary>
    private static bool WritesElsewhere(Layer layer) =>
        layer switch
        {
            Convolution or Dense or Attention or Pooling or GlobalAveragePool => true,
            Activation activation => activation.Function.Kind is not (FunctionKind.Relu or FunctionKind.LeakyRelu or FunctionKind.Abs),
            Norm or Scaling or Dropout or Flatten => false,
            _ => throw new UnknownLayerException(layer),
        };

    private void Count(Layer layer, Shape input)
    {
        switch (layer)
        {
            case Convolution convolution:
                Count(convolution, input);
                break;
            case Dense dense:
                Kernel(input.Channels, dense.Channels ?? input.Channels, dense.Parameters.Law);
                break;
            case Attention attention:
                Kernel(input.Channels, input.Channels, attention.Parameters.Law);
                _numbers += 3 * 2 * Elements(input);
                _doubles += _threads * HeadNumbers(input.Positions, (double)input.Channels / attention.Heads, HeadFeatures);
                break;
            case Dropout dropout:
                _numbers += dropout.Mask == DropoutMask.Shared ? input.Channels : Elements(input);
                break;
            case BatchNorm:
                _statistics += ChannelStatistics.Numbers(_images * input.Positions, input.Channels);
                break;
            case Activation or Norm or Scaling or Pooling or GlobalAveragePool or Flatten:
                break;
            default:
                throw new UnknownLayerException(layer);
        }
    }

    private void Count(Convolution convolution, Shape input)
    {
        var output = convolution.OutputOf(input);
        var area = (double)convolution.Kernel * convolution.Kernel;
        Kernel(convolution.FanInOf(input.Channels), output.Channels, convolution.Parameters.Law);
        if (convolution.Kernel > 1 || convolution.Stride > 1)
        {
            // The table of sources is for signal and noise; while it is built, there is another one for the signal alone.
            _integers += 3 * area * _images * output.Positions;
        }

        if (convolution.GroupsOf(input.Channels) == 1)
        {
            var geometry = new PatchGeometry(convolution.Stride, convolution.Boundary, convolution.Dilation);
            _numbers += ConvolutionMethods.NumbersOfTransforms(
                _images,
                (input.Height, input.Width, input.Channels),
                convolution.Kernel,
                output.Channels,
                geometry,
                _threads
            );
        }
    }

    private void Kernel(double fanIn, double outputs, WeightLaw law)
    {
        _numbers += fanIn * outputs;
        _largestKernel = Math.Max(_largestKernel, Packed(fanIn, outputs));
        _basis = law == WeightLaw.Orthogonal ? Math.Max(_basis, fanIn * outputs) : _basis;
    }
}
