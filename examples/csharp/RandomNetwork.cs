using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Examples;

/// <summary>Signal and noise through random deep networks, written for reading; shows what an audited class looks like.</summary>
public sealed class RandomNetwork : ISubject
{
    public SubjectDescription Description { get; } = new("RandomNetwork") { Version = "1", UnitRoundoff = Math.ScaleB(1, -53) };

    public void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
    {
        using var kernels = (weights is Weights.Given given ? given.Kernels : Initial(network, (Weights.Own)weights)).GetEnumerator();
        var (images, height, width, channels) = (input.Shape.Images, input.Shape.Height, input.Shape.Width, input.Shape.Channels);
        var signal = new Features(images, height, width, channels, input.Signal);
        var noise = signal.Like(input.Noise);
        Convolve(network.FirstStride);
        Show(0, 0, UnitPlaceKind.Convolution);
        var (name, branch) = (network.Architecture.Name, network.Architecture.ResidualDepth);
        for (var depth = 1; depth <= network.Depth; depth++)
        {
            Show(depth, 1, UnitPlaceKind.Before);
            var skip = (signal, noise);
            for (var layer = 0; layer < branch; layer++)
            {
                UnitPlaceKind[] steps = name switch
                {
                    "vanilla" => [UnitPlaceKind.Convolution, UnitPlaceKind.Relu],
                    "bn_ff" => [UnitPlaceKind.Convolution, UnitPlaceKind.BatchNorm, UnitPlaceKind.Relu],
                    "vanilla_res" => [UnitPlaceKind.Relu, UnitPlaceKind.Convolution],
                    _ => [UnitPlaceKind.BatchNorm, UnitPlaceKind.Relu, UnitPlaceKind.Convolution],
                };
                for (var i = 0; i < steps.Length; i++)
                {
                    Take(steps[i]);

                    // Later layers of a branch are not shown.
                    if (layer == 0)
                    {
                        Show(depth, 2 + i, steps[i]);
                    }
                }
            }

            if (name.EndsWith("_res", StringComparison.Ordinal))
            {
                (signal, noise) = (Layers.Add(skip.signal, signal), Layers.Add(skip.noise, noise));
                Show(depth, network.Architecture.Places.Length, UnitPlaceKind.Addition);
            }
        }

        void Take(UnitPlaceKind step)
        {
            if (step == UnitPlaceKind.Convolution)
            {
                Convolve(stride: 1);
            }
            else
            {
                (signal, noise) = step == UnitPlaceKind.Relu ? Layers.Relu(signal, noise) : Layers.BatchNorm(signal, noise, network.Epsilon);
            }
        }

        void Convolve(int stride)
        {
            kernels.MoveNext();
            (signal, noise) = (Convolved(signal), Convolved(noise));

            Features Convolved(Features x) => Layers.Convolve(x, kernels.Current, network.KernelSize, network.Channels, stride, network.Boundary);
        }

        void Show(int depth, int place, UnitPlaceKind kind)
        {
            var (x, dx) = (signal, noise);
            observe(new Snapshot(depth, new UnitPlace(place, kind), network.FeatureShape, x.Values, dx.Values, () => Moments.Compute(x, dx)));
        }
    }

    /// <summary>He weights; the first convolution has no ReLU before it, so half of their variance.</summary>
    private static IEnumerable<double[]> Initial(NetworkSettings network, Weights.Own own)
    {
        var random = new Stream(Stream.Mix(Stream.Mix(own.Seed) + own.Simulation));
        foreach (
            var (inputs, gain) in Enumerable
                .Repeat((network.Channels, 2.0), network.Depth * network.Architecture.ConvolutionsPerUnit)
                .Prepend((network.NetworkInput.Channels, 1.0))
        )
        {
            var fanIn = network.KernelSize * network.KernelSize * inputs;
            var kernel = new double[fanIn * network.Channels];
            Normal.Samples(random, kernel, 0, Math.Sqrt(gain / fanIn));
            yield return kernel;
        }
    }

    /// <summary>
    /// SplitMix64. Generators that take a seed of 32 bits give two of some ten thousand simulations the same weights, and forget the high bits of a seed.
    /// </summary>
    private sealed class Stream(ulong state) : RandomSource(threadSafe: false)
    {
        private ulong _state = state;

        public static ulong Mix(ulong value)
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }

        protected override double DoSample() => (Mix(_state += 0x9E3779B97F4A7C15) >> 11) * Math.ScaleB(1, -53);
    }
}
