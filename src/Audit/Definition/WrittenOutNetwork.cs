using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The four architectures written out layer by layer by their definitions: what a network must do with given weights.</summary>
/// <remarks>
/// Batch statistics are those of each propagation; those of one propagation can be held fixed from then on, as the definition of the noise requires. Law D7.
/// </remarks>
/// <param name="network">The network.</param>
/// <param name="kernels">The weights of each convolution.</param>
internal sealed class WrittenOutNetwork(NetworkSettings network, IReadOnlyList<double[]> kernels)
{
    private readonly List<(double[] Means, double[] Deviations)> _statistics = [];
    private bool _statisticsAreFixed;
    private int _norm;

    /// <summary>
    /// The smallest magnitude of a ReLU's input so far, relative to the root mean square of its tensor: how near rounding is to opening or closing a ReLU.
    /// </summary>
    public double SmallestGate { get; private set; } = double.PositiveInfinity;

    /// <summary>
    /// The least multiple of the noise so far that opens or closes a ReLU when it is added to the signal with batch statistics held fixed; up to it the network
    /// is linear along the noise.
    /// </summary>
    internal double FirstCrossing { get; private set; } = double.PositiveInfinity;

    /// <summary>
    /// The factor by which batch norm may have amplified relative rounding errors so far: the product over its layers of the largest rms(y)/σ of a channel, at
    /// least 1.
    /// </summary>
    public double Amplification { get; private set; } = 1;

    /// <summary>Makes batch norm use the statistics of the last propagation from now on.</summary>
    public void FixStatistics() => _statisticsAreFixed = true;

    /// <summary>Propagates signal and noise.</summary>
    /// <param name="input">The input.</param>
    /// <param name="observe">Called after the first convolution and at every place.</param>
    /// <returns>Signal and noise at the end.</returns>
    public (double[] Signal, double[] Noise) Propagate(Batch input, Action<int, UnitPlace, double[], double[]>? observe = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        _norm = 0;
        if (!_statisticsAreFixed)
        {
            _statistics.Clear();
        }

        var tensors = Convolve((input.Signal, input.Noise), 0);
        observe?.Invoke(0, new UnitPlace(0, UnitPlaceKind.Convolution), tensors.Signal, tensors.Noise);
        for (var depth = 1; depth <= network.Depth; depth++)
        {
            tensors = Unit(depth, tensors, observe);
        }

        return tensors;
    }

    private (double[] Signal, double[] Noise) Unit(int depth, (double[] Signal, double[] Noise) tensors, Action<int, UnitPlace, double[], double[]>? observe)
    {
        RefuseOtherSteps();
        var places = network.Architecture.Places;
        var kernel = 1 + ((depth - 1) * network.Architecture.ConvolutionsPerUnit);
        var skip = tensors;
        Show(places[0]);
        for (var repetition = 0; repetition < network.Architecture.ResidualDepth; repetition++)
        {
            foreach (var place in places.Skip(1).Where(place => place.Kind != UnitPlaceKind.Addition))
            {
                tensors = place.Kind switch
                {
                    UnitPlaceKind.Convolution => Convolve(tensors, kernel++),
                    UnitPlaceKind.BatchNorm => Normalise(tensors.Signal, tensors.Noise),
                    UnitPlaceKind.Relu => Rectify(tensors.Signal, tensors.Noise),
                    _ => throw new InvalidOperationException($"expected a layer that has been written out, got {place.Kind}"),
                };
                if (repetition == 0)
                {
                    Show(place);
                }
            }
        }

        if (network.Architecture.IsResidual)
        {
            tensors = ([.. tensors.Signal.Zip(skip.Signal, (x, y) => x + y)], [.. tensors.Noise.Zip(skip.Noise, (x, y) => x + y)]);
            Show(places[^1]);
        }

        return tensors;

        void Show(UnitPlace place) => observe?.Invoke(depth, place, tensors.Signal, tensors.Noise);
    }

    private (double[] Signal, double[] Noise) Convolve((double[] Signal, double[] Noise) values, int kernel)
    {
        var (shape, stride) = kernel == 0 ? (network.NetworkInput, network.FirstStride) : (network.FeatureShape, 1);
        return (
            WrittenOutLayers.Convolve(shape, values.Signal, kernels[kernel], network.KernelSize, stride, network.Boundary),
            WrittenOutLayers.Convolve(shape, values.Noise, kernels[kernel], network.KernelSize, stride, network.Boundary)
        );
    }

    private (double[] Signal, double[] Noise) Rectify(double[] signal, double[] noise)
    {
        var rms = Math.Sqrt(signal.Average(value => value * value));
        SmallestGate = Math.Min(SmallestGate, rms == 0 ? 0 : signal.Min(Math.Abs) / rms);
        FirstCrossing = Math.Min(FirstCrossing, signal.Zip(noise, (x, dx) => dx == 0 ? double.PositiveInfinity : Math.Abs(x / dx)).Min());
        return WrittenOutLayers.Rectify(signal, noise);
    }

    private (double[] Signal, double[] Noise) Normalise(double[] signal, double[] noise)
    {
        if (!_statisticsAreFixed)
        {
            Amplification *= Math.Max(
                1,
                Math.Sqrt(
                    WrittenOutLayers
                        .MeanSquares(signal, network.Channels)
                        .Zip(WrittenOutLayers.Variances(signal, network.Channels), (square, variance) => square / (variance + network.Epsilon))
                        .Max()
                )
            );
            _statistics.Add(
                (
                    WrittenOutLayers.Means(signal, network.Channels),
                    [.. WrittenOutLayers.Variances(signal, network.Channels).Select(variance => Math.Sqrt(variance + network.Epsilon))]
                )
            );
        }

        var (means, deviations) = _statistics[_norm++];
        return WrittenOutLayers.Normalise(signal, noise, means, deviations);
    }

    /// <summary>Refuses steps of types that others define, whatever place they report: a step that reports the place of a ReLU need not be one.</summary>
    /// <exception cref="InvalidOperationException">A step has not been written out.</exception>
    private void RefuseOtherSteps()
    {
        var architecture = network.Architecture;
        var steps = architecture.Unit is [ResidualStep residual] && residual.Repetitions == architecture.ResidualDepth ? residual.Branch : architecture.Unit;
        foreach (var step in steps)
        {
            if (step is not (ConvolutionStep or BatchNormStep or ReluStep))
            {
                throw new InvalidOperationException($"expected a layer that has been written out, got {step.GetType().Name} in {architecture.Name}");
            }
        }
    }
}
