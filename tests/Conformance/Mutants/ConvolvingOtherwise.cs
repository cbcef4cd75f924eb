using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The definition's propagation around convolutions of another kind.</summary>
/// <param name="network">The network.</param>
/// <param name="convolve">Convolves signal and noise: which convolution it is, what comes in, its shape and the stride.</param>
internal sealed class ConvolvingOtherwise(
    NetworkSettings network,
    Func<int, (double[] Signal, double[] Noise), TensorShape, int, (double[] Signal, double[] Noise)> convolve
)
{
    private int _convolution;

    /// <summary>What becomes of tensors before they are shown; nothing by default.</summary>
    public Func<double[], double[]> Stored { get; init; } = values => values;

    /// <summary>Propagates.</summary>
    /// <param name="input">The input.</param>
    /// <param name="observe">Called at each place.</param>
    public void Propagate(Batch input, Action<Snapshot> observe)
    {
        var places = network.Architecture.Places;
        var tensors = Convolve((input.Signal, input.Noise), network.NetworkInput, network.FirstStride);
        Show(0, new UnitPlace(0, UnitPlaceKind.Convolution));
        for (var depth = 1; depth <= network.Depth; depth++)
        {
            var skip = tensors;
            Show(depth, places[0]);
            for (var repetition = 0; repetition < network.Architecture.ResidualDepth; repetition++)
            {
                foreach (var place in places.Skip(1).Where(place => place.Kind != UnitPlaceKind.Addition))
                {
                    tensors = place.Kind switch
                    {
                        UnitPlaceKind.Convolution => Convolve(tensors, network.FeatureShape, 1),
                        UnitPlaceKind.BatchNorm => Normalised(tensors.Signal, tensors.Noise),
                        UnitPlaceKind.Relu => WrittenOutLayers.Rectify(tensors.Signal, tensors.Noise),
                        UnitPlaceKind.Before or UnitPlaceKind.Addition => throw new InvalidOperationException($"nothing is computed at {place.Kind}"),
                        _ => throw new InvalidOperationException($"expected a place of the four architectures, got {place.Kind}"),
                    };
                    if (repetition == 0)
                    {
                        Show(depth, place);
                    }
                }
            }

            if (network.Architecture.IsResidual)
            {
                tensors = ([.. tensors.Signal.Zip(skip.Signal, (x, y) => x + y)], [.. tensors.Noise.Zip(skip.Noise, (x, y) => x + y)]);
                Show(depth, places[^1]);
            }
        }

        void Show(int depth, UnitPlace place)
        {
            tensors = (Stored(tensors.Signal), Stored(tensors.Noise));
            observe(new Snapshot(depth, place, network.FeatureShape, tensors.Signal, tensors.Noise, () => throw new DeclinedException("moments")));
        }
    }

    private (double[] Signal, double[] Noise) Convolve((double[] Signal, double[] Noise) values, TensorShape shape, int stride) =>
        convolve(_convolution++, values, shape, stride);

    private (double[] Signal, double[] Noise) Normalised(double[] signal, double[] noise) =>
        WrittenOutLayers.Normalise(
            signal,
            noise,
            WrittenOutLayers.Means(signal, network.Channels),
            [.. WrittenOutLayers.Variances(signal, network.Channels).Select(variance => Math.Sqrt(variance + network.Epsilon))]
        );
}
