using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// Carries bounds of rounding through a network. In each layer, the error of the input is enlarged as far as the layer's definition can enlarge it, and the
/// layer's own rounding is added.
/// </summary>
/// <remarks>
/// A convolution enlarges |Δx| to |w| ∗ |Δx|, whatever the signs. A ReLU enlarges nothing. Where the error might open or close a ReLU, the noise may pass or
/// not, and the bound allows for both.
/// Rounding inside a layer is bounded at the largest magnitudes that its input may have, so nothing of second order is left out.
/// </remarks>
/// <param name="network">The network.</param>
/// <param name="weights">The weights of each convolution.</param>
/// <param name="unitRoundoff">u of the subject's tensors.</param>
internal sealed class CarriedRounding(NetworkSettings network, IReadOnlyList<double[]> weights, double unitRoundoff)
{
    /// <summary>Carries bounds from the input to every place.</summary>
    /// <param name="input">The input.</param>
    /// <returns>Exact tensors and their bounds at each place, in the order of snapshots.</returns>
    public List<Enclosure> Through(Batch input)
    {
        var places = new List<Enclosure>();
        var current = Convolve(Enclosure.Exactly(input.Signal, input.Noise), 0);
        places.Add(current);
        for (var depth = 1; depth <= network.Depth; depth++)
        {
            current = Unit(depth, current, places);
        }

        return places;
    }

    /// <summary>Carries through one residual unit.</summary>
    /// <param name="depth">Number of the unit, from 1.</param>
    /// <param name="signal">The subject's own signal before it.</param>
    /// <param name="noise">The subject's own noise before it.</param>
    /// <returns>Exact tensors and their bounds at its end.</returns>
    public Enclosure ThroughUnit(int depth, double[] signal, double[] noise) => Unit(depth, Enclosure.Exactly(signal, noise), []);

    private Enclosure Unit(int depth, Enclosure input, List<Enclosure> places)
    {
        var (architecture, current) = (network.Architecture, input);
        var convolution = 1 + ((depth - 1) * architecture.ConvolutionsPerUnit);
        places.Add(current);
        for (var repetition = 0; repetition < architecture.ResidualDepth; repetition++)
        {
            foreach (var place in architecture.Places)
            {
                if (place.Kind is UnitPlaceKind.Before or UnitPlaceKind.Addition)
                {
                    continue;
                }

                current = place.Kind switch
                {
                    UnitPlaceKind.Convolution => Convolve(current, convolution++),
                    UnitPlaceKind.BatchNorm => BatchNormRounding.Enclose(current, network.Channels, network.Epsilon, unitRoundoff),
                    UnitPlaceKind.Relu => Rectify(current),
                    _ => throw new InvalidOperationException($"expected a convolution, a batch norm or a ReLU, got {place.Kind}"),
                };
                if (repetition == 0)
                {
                    places.Add(current);
                }
            }
        }

        if (architecture.IsResidual)
        {
            current = Add(input, current);
            places.Add(current);
        }

        return current;
    }

    private Enclosure Convolve(Enclosure x, int convolution)
    {
        var (shape, stride) = convolution == 0 ? (network.NetworkInput, network.FirstStride) : (network.FeatureShape, 1);
        var magnitudes = Array.ConvertAll(weights[convolution], Math.Abs);
        return new Enclosure(
            Map(x.Signal, weights[convolution]),
            Map(x.Noise, weights[convolution]),
            Bound(x.SignalBound, x.LargestSignal),
            Bound(x.NoiseBound, x.LargestNoise)
        );

        double[] Map(double[] values, double[] by) => WrittenOutLayers.Convolve(shape, values, by, network.KernelSize, stride, network.Boundary);

        double[] Bound(double[] before, double[] largest) => Enclosure.Bounds(Sum(Map(before, magnitudes), Own(largest)));

        double[] Own(double[] largest) =>
            ConvolutionRounding.Bound(shape, largest, weights[convolution], network.KernelSize, stride, network.Boundary, unitRoundoff);
    }

    private static Enclosure Rectify(Enclosure x)
    {
        var (signal, noise) = WrittenOutLayers.Rectify(x.Signal, x.Noise);
        var (signalBound, noiseBound) = (new double[signal.Length], new double[noise.Length]);
        for (var i = 0; i < signal.Length; i++)
        {
            // The ReLU is surely open; surely closed, as at an exact zero that no error can change; or the error may open or close it.
            (signalBound[i], noiseBound[i]) =
                x.Signal[i] > x.SignalBound[i] ? (x.SignalBound[i], x.NoiseBound[i])
                : x.Signal[i] + x.SignalBound[i] <= 0 ? (0, 0)
                : x.Signal[i] > 0 ? (x.SignalBound[i], Math.Max(Math.Abs(x.Noise[i]), x.NoiseBound[i]))
                : (x.Signal[i] + x.SignalBound[i], Math.Abs(x.Noise[i]) + x.NoiseBound[i]);
        }

        return new Enclosure(signal, noise, signalBound, noiseBound);
    }

    /// <summary>One addition, and one more rounding for a subject that keeps scales beside its tensors.</summary>
    private Enclosure Add(Enclosure skip, Enclosure branch) =>
        new(
            Sum(skip.Signal, branch.Signal),
            Sum(skip.Noise, branch.Noise),
            Sum(Sum(skip.SignalBound, branch.SignalBound), Rounding(skip.LargestSignal, branch.LargestSignal)),
            Sum(Sum(skip.NoiseBound, branch.NoiseBound), Rounding(skip.LargestNoise, branch.LargestNoise))
        );

    private double[] Rounding(double[] skip, double[] branch)
    {
        var gamma = Roundings.Gamma(2, unitRoundoff);
        return Array.ConvertAll(Sum(skip, branch), sum => gamma * sum);
    }

    private static double[] Sum(double[] first, double[] second)
    {
        var sums = new double[first.Length];
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = first[i] + second[i];
        }

        return sums;
    }
}
