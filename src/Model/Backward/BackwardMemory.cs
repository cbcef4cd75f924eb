using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>
/// The memory that a backward pass takes without gradients of parameters, counted from the description before anything is allocated. It is an upper bound, in
/// floating point, so that absurd sizes do not overflow.
/// </summary>
internal sealed class BackwardMemory
{
    /// <summary>Number of tensors that attention stores: queries, keys, values, their gradients, the heads' outputs and the gradient of these.</summary>
    private const int OfAttention = 8;

    /// <summary>Number of tensors of the largest shape that are in use at the same time, without those of nested residual layers.</summary>
    private const int InUse = 6;

    /// <summary>Number of features that a head holds for a position and a channel: queries, keys, values, a gradient and a result.</summary>
    private const double HeadFeatures = 5;

    /// <summary>Copies of weights in scratch memory: as they are, transposed, and packed for a product.</summary>
    private const double CopiesOfWeights = 3;

    private readonly HashSet<(Attention Attention, Shape Input)> _heads = [];
    private readonly double _images;
    private readonly double _threads;
    private double _most;
    private double _tables;
    private double _parameters;
    private double _mirrored;
    private double _doublesOfHeads;

    private BackwardMemory(Network network, double images, double threads) => (_images, _threads, _most) = (images, threads, network.Input.Features);

    /// <summary>Bytes of all buffers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Inputs in the batch.</param>
    /// <param name="bytesOfNumber">Bytes of a number: 4 in single precision, 8 in double.</param>
    /// <param name="threads">Number of threads.</param>
    public static double Bytes(Network network, int images, int bytesOfNumber, int threads = 1)
    {
        var memory = new BackwardMemory(network, images, threads);
        var ((kept, statistics), _) = memory.Count(network.Layers, network.Input);
        var tensors = kept + ((InUse + Levels(network.Layers)) * memory._most) + memory._mirrored;
        var numbers = (images * tensors) + memory._parameters;
        return (numbers * bytesOfNumber) + (images * memory._tables * sizeof(int)) + ((statistics + memory._doublesOfHeads) * sizeof(double));
    }

    private static int Levels(Layers layers) => layers.Select(Levels).DefaultIfEmpty(0).Max();

    private static int Levels(Layer layer) =>
        layer switch
        {
            Residual residual => 1 + Math.Max(Levels(residual.Branch), Levels(residual.Skip)),
            Repeat repeat => Levels(repeat.Unit),
            Convolution or Dense or Attention or Activation or Norm or Scaling or Pooling or GlobalAveragePool or Flatten or Dropout => 0,
            _ => throw new UnknownLayerException(layer),
        };

    /// <summary>Number of features that are stored for one input and of numbers of statistics in double precision, and the shape at the end.</summary>
    private ((double Kept, double Statistics) Stored, Shape Output) Count(Layers layers, Shape input)
    {
        var (stored, shape) = ((Kept: 0.0, Statistics: 0.0), input);
        foreach (var layer in layers)
        {
            var (ofLayer, output) = Count(layer, shape);
            (stored, shape) = ((stored.Kept + ofLayer.Kept, stored.Statistics + ofLayer.Statistics), output);
        }

        return (stored, shape);
    }

    private ((double Kept, double Statistics) Stored, Shape Output) Count(Layer layer, Shape input) =>
        layer switch
        {
            Repeat repeat => Count(repeat, input),
            Residual residual => Count(residual, input),
            Convolution or Dense or Attention or Activation or Norm or Scaling or Pooling or GlobalAveragePool or Flatten or Dropout => CountSingle(
                layer,
                input
            ),
            _ => throw new UnknownLayerException(layer),
        };

    private ((double Kept, double Statistics) Stored, Shape Output) Count(Residual residual, Shape input)
    {
        var ((branch, output), (skip, _)) = (Count(residual.Branch, input), Count(residual.Skip, input));
        _most = Math.Max(_most, output.Features);
        return ((branch.Kept + skip.Kept + output.Features, branch.Statistics + skip.Statistics), output);
    }

    private ((double Kept, double Statistics) Stored, Shape Output) Count(Repeat repeat, Shape input)
    {
        var (stored, shape) = ((Kept: 0.0, Statistics: 0.0), input);
        for (var repetition = 0; repetition < repeat.Times; repetition++)
        {
            // Repetitions that do not change the shape store equal amounts, and share tables and scratch memory.
            var (once, output) = Count(repeat.Unit, shape);
            var isLast = output == shape;
            var times = isLast ? repeat.Times - repetition : 1;
            (stored, shape) = ((stored.Kept + (times * once.Kept), stored.Statistics + (times * once.Statistics)), output);
            if (isLast)
            {
                break;
            }
        }

        return (stored, shape);
    }

    /// <summary>Counts a layer without layers inside: its output, and what its adjoint stores besides.</summary>
    private ((double Kept, double Statistics) Stored, Shape Output) CountSingle(Layer layer, Shape input)
    {
        var output = layer.OutputOf(input);
        _most = Math.Max(_most, Math.Max(input.Features, output.Features));
        var statistics = 0.0;
        var tensors = 1;
        switch (layer)
        {
            case Convolution convolution:
                var area = (double)convolution.Kernel * convolution.Kernel;
                CountWeights(convolution.FanInOf(input.Channels), area, output.Channels);
                _tables += area * (input.Positions + output.Positions);
                if (convolution.Boundary == Boundary.Symmetric)
                {
                    // Points that are read twice, for each of them two numbers of the table, a row of the gradient and a row of the product.
                    _tables += 2 * area * output.Positions;
                    _mirrored = Math.Max(_mirrored, (double)output.Positions * (input.Channels + output.Channels));
                }

                break;
            case Dense:
                CountWeights(input.Channels, 1, output.Channels);
                break;
            case Attention attention:
                tensors += OfAttention;
                CountWeights(input.Channels, 1, output.Channels);
                CountHeads(attention, input);
                break;
            case Activation:
                tensors = 2;
                break;
            case Dropout dropout:
                _parameters = Math.Max(_parameters, dropout.Mask == DropoutMask.Shared ? input.Channels : _images * input.Features);
                break;
            case BatchNorm:
                statistics = ChannelStatistics.Numbers(_images * input.Positions, input.Channels);
                break;
            case Norm or Scaling or Pooling or GlobalAveragePool or Flatten:
                break;
            default:
                throw new UnknownLayerException(layer);
        }

        return ((output.Features * (double)tensors, statistics), output);
    }

    private void CountWeights(double fanIn, double area, double outputs)
    {
        var transposed = NetworkMemory.Packed(area * outputs, fanIn / area);
        _parameters = Math.Max(_parameters, CopiesOfWeights * Math.Max(NetworkMemory.Packed(fanIn, outputs), transposed));
    }

    /// <summary>Heads of equal attention share their memory, a separate one for each thread.</summary>
    private void CountHeads(Attention attention, Shape input)
    {
        if (_heads.Add((attention, input)))
        {
            _doublesOfHeads += _threads * NetworkMemory.HeadNumbers(input.Positions, (double)input.Channels / attention.Heads, HeadFeatures);
        }
    }
}
