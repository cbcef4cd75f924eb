using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The four architectures once more, layer by layer as they are defined: what a given network must do with given weights.</summary>
/// <remarks>Batch statistics are those of the first propagation and can be held fixed from then on, as the definition of the noise asks for. Law D7.</remarks>
/// <param name="network">The network.</param>
/// <param name="kernels">The weights of each convolution.</param>
public sealed class WrittenOutNetwork(NetworkSettings network, IReadOnlyList<double[]> kernels)
{
    private readonly List<(double[] Means, double[] Deviations)> _statistics = [];
    private bool _statisticsAreFixed;

    /// <summary>The smallest magnitude of a ReLU's input so far, relative to the root mean square of its tensor: how far rounding is from opening or closing a gate.</summary>
    public double SmallestGate { get; private set; } = double.PositiveInfinity;

    /// <summary>By how much batch norm may have amplified relative rounding errors so far: the product over its layers of the largest rms(y)/σ of a channel, at least 1.</summary>
    public double Amplification { get; private set; } = 1;

    /// <summary>From now on batch norm uses the statistics of the first propagation.</summary>
    public void FixStatistics() => _statisticsAreFixed = true;

    /// <summary>Propagates signal and noise.</summary>
    /// <param name="input">The input.</param>
    /// <param name="observe">Called behind the first convolution and at every place.</param>
    /// <returns>Signal and noise at the end.</returns>
    public (double[] Signal, double[] Noise) Propagate(Batch input, Action<int, Place, double[], double[]>? observe = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (kernel, norm, depth) = (0, 0, 0);
        var shape = network.NetworkInput;
        var (signal, noise) = Convolve((input.Signal, input.Noise), network.FirstStride);
        shape = network.FeatureShape;
        Show(new Place(0, PlaceKind.Convolution));
        var places = network.Architecture.Places;
        for (depth = 1; depth <= network.Depth; depth++)
        {
            Show(places[0]);
            var (skip, skipNoise) = (signal, noise);
            for (var repetition = 0; repetition < network.Architecture.ResidualDepth; repetition++)
            {
                foreach (var place in places.Skip(1).Where(place => place.Kind != PlaceKind.Addition))
                {
                    (signal, noise) = place.Kind switch
                    {
                        PlaceKind.Convolution => Convolve((signal, noise), 1),
                        PlaceKind.BatchNorm => Normalise(signal, noise),
                        _ => Rectify(signal, noise),
                    };
                    if (repetition == 0)
                    {
                        Show(place);
                    }
                }
            }

            if (network.Architecture.IsResidual)
            {
                (signal, noise) = ([.. signal.Zip(skip, (x, y) => x + y)], [.. noise.Zip(skipNoise, (x, y) => x + y)]);
                Show(places[^1]);
            }
        }

        return (signal, noise);

        void Show(Place place) => observe?.Invoke(depth, place, signal, noise);

        (double[] Signal, double[] Noise) Convolve((double[] Signal, double[] Noise) values, int stride)
        {
            var weights = kernels[kernel++];
            return (
                WrittenOutLayers.Convolve(shape, values.Signal, weights, network.KernelSize, stride, network.Boundary),
                WrittenOutLayers.Convolve(shape, values.Noise, weights, network.KernelSize, stride, network.Boundary));
        }

        (double[] Signal, double[] Noise) Rectify(double[] x, double[] dx)
        {
            var rms = Math.Sqrt(x.Average(value => value * value));
            SmallestGate = Math.Min(SmallestGate, rms == 0 ? 0 : x.Min(Math.Abs) / rms);
            return WrittenOutLayers.Rectify(x, dx);
        }

        (double[] Signal, double[] Noise) Normalise(double[] x, double[] dx)
        {
            if (!_statisticsAreFixed)
            {
                Amplification *= Math.Max(1, Math.Sqrt(WrittenOutLayers.MeanSquares(x, network.Channels).Zip(WrittenOutLayers.Variances(x, network.Channels), (square, variance) => square / (variance + network.Epsilon)).Max()));
                _statistics.Add((WrittenOutLayers.Means(x, network.Channels), [.. WrittenOutLayers.Variances(x, network.Channels).Select(variance => Math.Sqrt(variance + network.Epsilon))]));
            }

            var (means, deviations) = _statistics[norm++];
            return WrittenOutLayers.Normalise(x, dx, means, deviations);
        }
    }
}
