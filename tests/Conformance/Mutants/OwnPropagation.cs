using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The reference, but that its own weights come with biases, or that its noise passes through other weights than its signal; given weights are treated as they should be.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Bias">The biases of a convolution; none by default.</param>
/// <param name="NoiseSimulation">The simulation whose weights the noise passes through, from whether it is the last convolution and the simulation that was asked for.</param>
internal sealed class OwnPropagation(string Name, Func<Weights.Own, int, KernelShape, float[]>? Bias = null, Func<bool, uint, uint>? NoiseSimulation = null) : ReferenceSubject
{
    public override SubjectDescription Description { get; } = new(Name);

    public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
    {
        if (weights is not Weights.Own own)
        {
            base.Propagate(network, weights, input, observe);
            return;
        }

        var (kernels, places, convolution) = (network.Kernels.ToArray(), network.Architecture.Places, 0);
        var tensors = Convolve((input.Signal, input.Noise), network.NetworkInput, network.FirstStride);
        Show(0, new Place(0, PlaceKind.Convolution));
        for (var depth = 1; depth <= network.Depth; depth++)
        {
            var skip = tensors;
            Show(depth, places[0]);
            for (var repetition = 0; repetition < network.Architecture.ResidualDepth; repetition++)
            {
                foreach (var place in places.Skip(1).Where(place => place.Kind != PlaceKind.Addition))
                {
                    tensors = place.Kind switch
                    {
                        PlaceKind.Convolution => Convolve(tensors, network.FeatureShape, 1),
                        PlaceKind.BatchNorm => WrittenOutLayers.Normalise(tensors.Signal, tensors.Noise, WrittenOutLayers.Means(tensors.Signal, network.Channels), [.. WrittenOutLayers.Variances(tensors.Signal, network.Channels).Select(variance => Math.Sqrt(variance + network.Epsilon))]),
                        _ => WrittenOutLayers.Rectify(tensors.Signal, tensors.Noise),
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

        (double[] Signal, double[] Noise) Convolve((double[] Signal, double[] Noise) values, TensorShape shape, int stride)
        {
            var (index, kernel) = (convolution, kernels[convolution]);
            convolution++;
            var bias = Bias?.Invoke(own, index, kernel) ?? new float[kernel.OutputChannels];
            var signal = WrittenOutLayers.Convolve(shape, values.Signal, Weights(own.Simulation), kernel.Size, stride, network.Boundary);
            var noise = WrittenOutLayers.Convolve(shape, values.Noise, Weights(NoiseSimulation?.Invoke(index == kernels.Length - 1, own.Simulation) ?? own.Simulation), kernel.Size, stride, network.Boundary);
            return ([.. signal.Select((value, i) => value + bias[i % bias.Length])], noise);

            double[] Weights(uint simulation)
            {
                var values = new double[kernel.Length];
                new RandomKernels<double>(own.Seed, simulation).Fill(index, kernel, values);
                return values;
            }
        }

        void Show(int depth, Place place) => observe(new Snapshot(depth, place, network.FeatureShape, tensors.Signal, tensors.Noise, () => throw new DeclinedException("moments")));
    }
}
