using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>How much memory a network takes, counted from its description before anything is allocated.</summary>
/// <remarks>In floating point, since absurd sizes must be refused and not overflow. What could be used is counted whether or not it is.</remarks>
internal sealed class NetworkMemory
{
    /// <summary>Positions of an input whose logits a head holds, signal and noise, in double precision; and features of queries, keys, values and outputs.</summary>
    private const double HeadMatrices = 2, HeadFeatures = 8;

    private readonly HashSet<(Layer Layer, Shape Input)> _counted = [];
    private readonly double _images;
    private readonly double _threads;
    private double _features;
    private double _largestKernel;
    private double _numbers;
    private double _integers;
    private double _doubles;
    private int _levels;

    private NetworkMemory(int images, int threads) => (_images, _threads) = (images, threads);

    /// <summary>Bytes of all buffers, and the elements of the largest one, which must be within the range of 32-bit integers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Inputs in the batch.</param>
    /// <param name="bytesOfNumber">Bytes of a number: 4 in single precision, 8 in double.</param>
    /// <param name="threads">Threads that propagate it.</param>
    /// <returns>Both, as upper bounds.</returns>
    public static (double Bytes, double LargestBuffer) Of(Network network, int images, int bytesOfNumber = sizeof(float), int threads = 1)
    {
        var memory = new NetworkMemory(images, threads);
        memory.Count(network.Layers, network.Input, 0);
        var input = 2 * memory.Elements(network.Input);
        var buffers = Math.Max(memory._features, input) * (2 + memory._levels);

        // The product holds the largest weights once more, packed.
        var numbers = input + buffers + memory._numbers + (2 * memory._largestKernel);
        var bytes = (numbers * bytesOfNumber) + (memory._integers * sizeof(int)) + (memory._doubles * sizeof(double));
        return (bytes, new[] { input, memory._features, memory._largestKernel, memory._numbers, memory._integers, memory._doubles }.Max());
    }

    private double Elements(Shape shape) => _images * shape.Features;

    private Shape Count(Layers layers, Shape input, int level)
    {
        _levels = Math.Max(_levels, level);
        var shape = input;
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    shape = Count(repeat, shape, level);
                    break;
                case Residual residual:
                    _ = Count(residual.Branch, shape, level + 1);
                    shape = Count(residual.Skip, shape, level + 1) is var end && residual.Skip.Count > 0 ? end : residual.OutputOf(shape);
                    break;
                default:
                    if (_counted.Add((layer, shape)))
                    {
                        Count(layer, shape);
                    }

                    shape = layer.OutputOf(shape);
                    break;
            }

            _features = Math.Max(_features, 2 * Elements(shape));
        }

        return shape;
    }

    private Shape Count(Repeat repeat, Shape input, int level)
    {
        var shape = input;
        for (var repetition = 0; repetition < repeat.Times; repetition++)
        {
            var next = Count(repeat.Unit, shape, level);
            if (next == shape)
            {
                break;
            }

            shape = next;
        }

        return shape;
    }

    private void Count(Layer layer, Shape input)
    {
        switch (layer)
        {
            case Convolution convolution:
                Count(convolution, input);
                break;
            case Dense dense:
                Kernel((double)input.Channels * (dense.Channels ?? input.Channels));
                break;
            case Attention attention:
                Kernel((double)input.Channels * input.Channels);
                _numbers += 3 * 2 * Elements(input);
                _doubles += _threads * ((HeadMatrices * input.Positions * input.Positions) + (HeadFeatures * input.Features / attention.Heads));
                break;
            case Dropout dropout:
                _numbers += dropout.Mask == DropoutMask.Shared ? input.Channels : Elements(input);
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
        var kernel = convolution.FanInOf(input.Channels) * (double)output.Channels;
        Kernel(kernel);
        if (convolution.Kernel > 1 || convolution.Stride > 1)
        {
            // The table of sources for signal and noise, and once more for the signal alone while it is made.
            _integers += 3 * area * _images * output.Positions;
        }

        if (convolution is { Kernel: > 1, Boundary: Networks.Boundary.Periodic, Stride: 1 })
        {
            // What Fourier transforms would need: the spectrum, the packed features of a row of frequencies and the weights once more.
            _numbers += (2 * Elements(output)) + (6 * Elements(output) / output.Height) + kernel;
        }
    }

    private void Kernel(double length)
    {
        _numbers += length;
        _largestKernel = Math.Max(_largestKernel, length);
    }
}
