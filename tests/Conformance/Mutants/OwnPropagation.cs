using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// The reference, but that its own weights come with biases, or that its noise passes through other weights than its signal; given weights are treated as they
/// should be.
/// </summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Bias">The biases of a convolution; none by default.</param>
/// <param name="NoiseSimulation">The simulation whose weights the noise passes through, from whether it is the last convolution and the simulation that was
/// asked for.</param>
internal sealed class OwnPropagation(string Name, Func<Weights.Own, int, KernelShape, float[]>? Bias = null, Func<bool, uint, uint>? NoiseSimulation = null)
    : ReferenceSubject
{
    public override SubjectDescription Description { get; } = new(Name);

    public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
    {
        if (weights is not Weights.Own own)
        {
            base.Propagate(network, weights, input, observe);
            return;
        }

        var kernels = network.Kernels.ToArray();
        new ConvolvingOtherwise(network, Convolve).Propagate(input, observe);

        (double[] Signal, double[] Noise) Convolve(int index, (double[] Signal, double[] Noise) values, TensorShape shape, int stride)
        {
            var kernel = kernels[index];
            var bias = Bias?.Invoke(own, index, kernel) ?? new float[kernel.OutputChannels];
            var signal = WrittenOutLayers.Convolve(shape, values.Signal, Weights(own.Simulation), kernel.Size, stride, network.Boundary);
            var noise = WrittenOutLayers.Convolve(
                shape,
                values.Noise,
                Weights(NoiseSimulation?.Invoke(index == kernels.Length - 1, own.Simulation) ?? own.Simulation),
                kernel.Size,
                stride,
                network.Boundary
            );
            return ([.. signal.Select((value, i) => value + bias[i % bias.Length])], noise);

            double[] Weights(uint simulation)
            {
                var values = new double[kernel.Length];
                new RandomKernels<double>(own.Seed, simulation).Fill(index, kernel, values);
                return values;
            }
        }
    }
}
