using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

/// <summary>The four architectures once more, written as plainly as the definitions read: an oracle that shares no code with the model.</summary>
/// <remarks>Tensors are arrays (images × height × width × channels) of doubles. Batch statistics can be recorded and held fixed.</remarks>
internal sealed class NaiveNetwork(NetworkCase network, double epsilon)
{
    private readonly List<(double Mean, double Deviation)[]> _statistics = [];
    private int _nextStatistics;
    private bool _statisticsAreFixed;

    /// <summary>From now on batch norm uses the statistics of the first propagation.</summary>
    public void FixStatistics() => _statisticsAreFixed = true;

    public (double[,,,] Signal, double[,,,] Noise) Propagate(double[] signal, double[] noise, IReadOnlyList<double[]> kernels)
    {
        var (x, dx) = (Unflatten(signal), Unflatten(noise));
        var next = 0;
        _nextStatistics = 0;
        var stride = network.KernelSize > 1 ? 2 : 1;
        (x, dx) = (Convolve(x, kernels[0], stride), Convolve(dx, kernels[0], stride));
        next = 1;
        for (var depth = 0; depth < network.Depth; depth++)
        {
            switch (network.Architecture)
            {
                case "vanilla":
                    Conv();
                    Relu();
                    break;
                case "bn_ff":
                    Conv();
                    Norm();
                    Relu();
                    break;
                default:
                    var (skip, skipNoise) = ((double[,,,])x.Clone(), (double[,,,])dx.Clone());
                    for (var h = 0; h < network.ResidualDepth; h++)
                    {
                        if (network.Architecture == "bn_res")
                        {
                            Norm();
                        }

                        Relu();
                        Conv();
                    }

                    Update(x, (i, value) => value + At(skip, i));
                    Update(dx, (i, value) => value + At(skipNoise, i));
                    break;
            }
        }

        return (x, dx);

        void Conv()
        {
            (x, dx) = (Convolve(x, kernels[next], 1), Convolve(dx, kernels[next], 1));
            next++;
        }

        void Relu()
        {
            Update(dx, (i, value) => At(x, i) > 0 ? value : 0);
            Update(x, (_, value) => Math.Max(value, 0));
        }

        void Norm()
        {
            var statistics = Statistics(x);
            Update(x, (i, value) => (value - statistics[i.Channel].Mean) / statistics[i.Channel].Deviation);
            Update(dx, (i, value) => value / statistics[i.Channel].Deviation);
        }
    }

    public static double[] Flatten(double[,,,] tensor) => [.. tensor.Cast<double>()];

    private static double At(double[,,,] tensor, (int Image, int Row, int Column, int Channel) index) => tensor[index.Image, index.Row, index.Column, index.Channel];

    private static void Update(double[,,,] tensor, Func<(int Image, int Row, int Column, int Channel), double, double> function)
    {
        for (var m = 0; m < tensor.GetLength(0); m++)
        {
            for (var i = 0; i < tensor.GetLength(1); i++)
            {
                for (var j = 0; j < tensor.GetLength(2); j++)
                {
                    for (var c = 0; c < tensor.GetLength(3); c++)
                    {
                        tensor[m, i, j, c] = function((m, i, j, c), tensor[m, i, j, c]);
                    }
                }
            }
        }
    }

    private (double Mean, double Deviation)[] Statistics(double[,,,] x)
    {
        if (_statisticsAreFixed)
        {
            return _statistics[_nextStatistics++];
        }

        var statistics = new (double, double)[x.GetLength(3)];
        for (var channel = 0; channel < statistics.Length; channel++)
        {
            var values = new List<double>();
            Update(x, (i, value) =>
            {
                if (i.Channel == channel)
                {
                    values.Add(value);
                }

                return value;
            });
            var mean = values.Average();
            statistics[channel] = (mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + epsilon));
        }

        _statistics.Add(statistics);
        return statistics;
    }

    private double[,,,] Unflatten(double[] values)
    {
        var shape = network.Settings().NetworkInput;
        var tensor = new double[shape.Images, shape.Height, shape.Width, shape.Channels];
        var next = 0;
        Update(tensor, (_, _) => values[next++]);
        return tensor;
    }

    private double[,,,] Convolve(double[,,,] x, double[] kernel, int stride)
    {
        var (images, height, width, inputs) = (x.GetLength(0), x.GetLength(1), x.GetLength(2), x.GetLength(3));
        var k = network.KernelSize;
        var outputs = kernel.Length / (k * k * inputs);
        var y = new double[images, (height + stride - 1) / stride, (width + stride - 1) / stride, outputs];
        Update(y, (index, _) =>
        {
            var sum = 0.0;
            for (var a = 0; a < k; a++)
            {
                for (var b = 0; b < k; b++)
                {
                    var row = Fold((stride * index.Row) + a - ((k - 1) / 2), height);
                    var column = Fold((stride * index.Column) + b - ((k - 1) / 2), width);
                    if (row is { } i && column is { } j)
                    {
                        for (var c = 0; c < inputs; c++)
                        {
                            sum += x[index.Image, i, j, c] * kernel[(((((a * k) + b) * inputs) + c) * outputs) + index.Channel];
                        }
                    }
                }
            }

            return sum;
        });
        return y;
    }

    private int? Fold(int position, int extent)
    {
        while (position < 0 || position >= extent)
        {
            switch (network.Boundary)
            {
                case Boundary.ZeroPadding:
                    return null;
                case Boundary.Periodic:
                    position += position < 0 ? extent : -extent;
                    break;
                default:
                    position = position < 0 ? -1 - position : (2 * extent) - 1 - position;
                    break;
            }
        }

        return position;
    }
}
