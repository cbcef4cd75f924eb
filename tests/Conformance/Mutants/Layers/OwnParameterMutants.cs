using System.Collections.Concurrent;
using System.Collections.Immutable;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Wrong parameters of one's own, and what random networks make of them: the interpreter of layers with one rule changed.</summary>
internal static class OwnParameterMutants
{
    private static int _asked;

    public static ImmutableArray<Mutant> List { get; } =
    [
        .. LayerMutants.Collect("D9", Moments),
        .. LayerMutants.Collect("I12", Solved),
        new("answers that are kept by seed and simulation, whatever the input", "I12", Suite.Composed)
        {
            Implementation = name => new ForgetfulInterpreter(name),
        },
        .. LayerMutants.Collect("I12", AtOtherImages),
        .. LayerMutants.Collect("I13", Laws),
        .. LayerMutants.Collect("I14", Seeds),
        .. LayerMutants.Collect("I15", Biases),
        .. Named("I16", "weights that are kept by seed and shape, whatever their law", KeptByShape()),
        .. Named("N1", "weights a tenth too wide, by activations", Weights(_ => Math.Sqrt(1.2))),
        new("weights that are drawn anew for each image", "N2", Suite.Composed) { Implementation = name => new ImagewiseInterpreter(name, int.MaxValue) },
        .. Named(
            "N3",
            "noise through weights of another draw",
            new() { WeightsOfNoise = (tensor, weights) => LayerRules.Drawn(tensor, weights.Length, 77, 7) }
        ),
        .. Named(
            "B2",
            "batch norm of described networks without ε",
            new() { Deviation = (norm, variance) => Math.Sqrt(variance + (norm is BatchNorm { Epsilon: 0.2 } ? 0 : norm.Epsilon)) }
        ),
        .. Named(
            "B5",
            "batch norm that differentiates its mean alone",
            new() { TakenOff = (norm, meanNoise, z, along) => norm is BatchNorm ? meanNoise : meanNoise + (z * along) }
        ),
        .. Named("LN1", "one random size for all weights of a layer", new() { Draw = OneSize }),
        .. Named(
            "LN3",
            "layer norm whose noise keeps what lies along the signal",
            new() { TakenOff = (norm, meanNoise, z, along) => norm is BatchNorm ? meanNoise + (z * along) : meanNoise }
        ),
        new("weights that images take in turn", "LN4", Suite.Composed) { Implementation = name => new ImagewiseInterpreter(name, 2) },
        .. Named("V6", "outputs that share a part of their weights", new() { Draw = Shared }),
        .. Named(
            "V1",
            "weights that are all positive",
            new()
            {
                Draw = (tensor, length, seed, simulation) =>
                    [.. LayerRules.Drawn(tensor, length, seed, simulation).Select(value => tensor.Kind == ParameterKind.Weights ? Math.Abs(value) : value)],
            }
        ),
        .. Named("V2", "outputs whose weights all have one norm", new() { Draw = EqualNorms }),
        .. Named(
            "V3",
            "normal weights for orthogonal ones",
            new() { Draw = (tensor, length, seed, simulation) => LayerRules.Drawn(tensor with { Law = WeightLaw.Normal }, length, seed, simulation) }
        ),
        .. Named("Z1", "weights a tenth too wide, by branches", Weights(_ => Math.Sqrt(1.2))),
        .. Named("Z2", "norms of inputs that are held, in residual nets", new() { Holds = (_, _) => true, Gain = (_, isNoise) => isNoise ? 1.1 : 1 }),
        .. Named("DR1", "dropout that keeps with the probability of dropping", new() { Draw = Dropped }),
        .. Named(
            "DR1",
            "shared masks that are drawn by halves",
            new()
            {
                Draw = (tensor, length, seed, simulation) =>
                    [
                        .. LayerRules
                            .Drawn(tensor, length, seed, simulation)
                            .Select(
                                (value, i) =>
                                    tensor.Kind == ParameterKind.Mask && i % 2 == 1 ? LayerRules.Drawn(tensor, length, seed, simulation)[i - 1] * 1.2 : value
                            ),
                    ],
            }
        ),
        .. Named(
            "T1",
            "projections of attention by the width of a head",
            Weights(tensor => tensor.Layer is Attention { Heads: > 1 } attention ? Math.Sqrt(attention.Heads) : 1)
        ),
        .. Named("R3", "scalings of the noise squared", new() { Factor = (layer, isNoise) => isNoise ? layer.Factor * layer.Factor : layer.Factor }),
        .. Named("F1", "weights a third too wide, in the ordered phase", Weights(_ => Math.Sqrt(1.5))),
        .. Named("F2", "biases left out, in the chaotic phase", new() { Gain = (_, isNoise) => isNoise ? 0.94 : 1 }),
        .. Named(
            "F3",
            "a slope that saturates too late, at the edge",
            new()
            {
                Derivative = (function, u) => function.Kind == FunctionKind.Tanh ? 1 - Math.Pow(Math.Tanh(u), 4) : WrittenOutFunction.Derivative(function, u),
            }
        ),
        .. Named(
            "F7",
            "full noise where that of the mapping was asked, in stacks",
            new() { Holds = (_, _) => false, Gain = (_, isNoise) => isNoise ? 0.92 : 1 }
        ),
    ];

    private static IEnumerable<(string Name, LayerRules Rules)> Moments =>
        [
            (
                "a variance as the mean square less the squared mean, in single precision",
                new() { Moments = (shape, signal, noise) => SinglePass(PlainMoments.Compute(shape, signal, noise), shape, signal) }
            ),
            (
                "logarithms of base 10",
                new()
                {
                    Moments = (shape, signal, noise) =>
                        PlainMoments.Compute(shape, signal, noise) is var moments ? moments with { LogNu2Signal = moments.LogNu2Signal / Math.Log(10) } : null!,
                }
            ),
            (
                "a variance over one less",
                new()
                {
                    Moments = (shape, signal, noise) =>
                        PlainMoments.Compute(shape, signal, noise) is var moments
                            ? moments with
                            {
                                Mu2Signal = moments.Mu2Signal * shape.Points / Math.Max(1, shape.Points - 1.0),
                            }
                            : null!,
                }
            ),
            (
                "the noise's moment centred on the sample",
                new()
                {
                    Moments = (shape, signal, noise) =>
                        PlainMoments.Compute(shape, signal, noise) with
                        {
                            Mu2Noise = WrittenOutLayers.Variances(noise, shape.Channels).Average(),
                        },
                }
            ),
            (
                "an effective rank of described networks that is not centred",
                new()
                {
                    Moments = (shape, signal, noise) =>
                        PlainMoments.Compute(shape, signal, noise) with
                        {
                            ReffSignal = PlainMoments.Rank(shape, signal, centres: false),
                        },
                }
            ),
            (
                "an effective rank by the squares of the spectrum",
                new()
                {
                    Moments = (shape, signal, noise) =>
                        PlainMoments.Compute(shape, signal, noise) with
                        {
                            ReffSignal = PlainMoments.Rank(shape, signal, of: spectrum => Math.Pow(spectrum.Sum(), 2) / spectrum.Sum(value => value * value)),
                        },
                }
            ),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Solved =>
        [
            (
                "own weights that are drawn anew at each request",
                new() { Draw = (tensor, length, _, simulation) => LayerRules.Drawn(tensor, length, (ulong)Interlocked.Increment(ref _asked), simulation) }
            ),
            ("noise through weights of the next simulation", new() { WeightsOfNoise = (tensor, weights) => LayerRules.Drawn(tensor, weights.Length, 5, 1) }),
            ("a small bias in every layer", new() { Bias = (bias, isNoise) => isNoise ? 0 : bias + 0.01 }),
            (
                "noise that is half as strong in the last dense layer",
                new() { Gain = (layer, isNoise) => layer is Dense { Parameters.BiasVariance: 0.1 } && isNoise ? 0.5 : 1 }
            ),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> AtOtherImages =>
        [
            ("attention whose noise is taken at the next image", AtNextImage(layer => layer is Attention)),
            ("activations whose slopes are the next image's", AtNextImage(layer => layer is Activation)),
            ("norms whose noise is projected by the next image", AtNextImage(layer => layer is LayerNorm or RmsNorm or GroupNorm or InstanceNorm)),
            ("a maximum that is sought in the next image for the noise", AtNextImage(layer => layer is MaxPool)),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Laws =>
        [
            ("weights of kernels of 5 a twentieth too large", Weights(tensor => tensor.Layer is Convolution { Kernel: 5 } ? 1.05 : 1)),
            ("weights of kernels of 7 a twentieth too large", Weights(tensor => tensor.Layer is Convolution { Kernel: 7 } ? 1.05 : 1)),
            ("weights of kernels of 5 by 3 % too large", Weights(tensor => tensor.Layer is Convolution { Kernel: 5 } ? 1.03 : 1)),
            ("weights of kernels of 7 by 3 % too small", Weights(tensor => tensor.Layer is Convolution { Kernel: 7 } ? 0.97 : 1)),
            ("weights of dilated kernels a tenth too large", Weights(tensor => tensor.Layer is Convolution { Dilation: > 1 } ? 1.1 : 1)),
            ("weights of groups a tenth too small", Weights(tensor => tensor.Layer is Convolution { Groups: not 1 } ? 0.9 : 1)),
            ("weights of strided kernels a tenth too small", Weights(tensor => tensor.Layer is Convolution { Stride: > 1 } ? 0.9 : 1)),
            ("weights of half of their variance", Weights(_ => Math.Sqrt(0.5))),
            ("weights by fan-in and fan-out", Weights(tensor => Math.Sqrt(2.0 * tensor.FanIn / (tensor.FanIn + tensor.Outputs) * 1.2))),
            ("the variance for the deviation", Weights(tensor => Math.Sqrt(tensor.Variance))),
            (
                "uniform weights for normal ones",
                new()
                {
                    Draw = (tensor, length, seed, simulation) =>
                        LayerRules.Drawn(tensor.Law == WeightLaw.Normal ? tensor with { Law = WeightLaw.Uniform } : tensor, length, seed, simulation),
                }
            ),
            (
                "cut weights for normal ones",
                new()
                {
                    Draw = (tensor, length, seed, simulation) =>
                        LayerRules.Drawn(tensor.Law == WeightLaw.Normal ? tensor with { Law = WeightLaw.TruncatedNormal } : tensor, length, seed, simulation),
                }
            ),
            (
                "normal weights for uniform ones",
                new()
                {
                    Draw = (tensor, length, seed, simulation) =>
                        LayerRules.Drawn(tensor.Law == WeightLaw.Uniform ? tensor with { Law = WeightLaw.Normal } : tensor, length, seed, simulation),
                }
            ),
            (
                "orthogonal weights that are not",
                new()
                {
                    Draw = (tensor, length, seed, simulation) =>
                        LayerRules.Drawn(tensor.Law == WeightLaw.Orthogonal ? tensor with { Law = WeightLaw.Uniform } : tensor, length, seed, simulation),
                }
            ),
            (
                "biases of the variance's root",
                new()
                {
                    Draw = (tensor, length, seed, simulation) =>
                        [
                            .. LayerRules
                                .Drawn(tensor, length, seed, simulation)
                                .Select(value => tensor.Kind == ParameterKind.Biases ? value / Math.Sqrt(Math.Sqrt(tensor.Variance)) : value),
                        ],
                }
            ),
            (
                "biases of a hundredth of their variance",
                new()
                {
                    Draw = (tensor, length, seed, simulation) =>
                        [.. LayerRules.Drawn(tensor, length, seed, simulation).Select(value => tensor.Kind == ParameterKind.Biases ? 0.1 * value : value)],
                }
            ),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Seeds =>
        [
            ("a seed that is ignored", Asked((_, simulation, layer) => (1, simulation, layer))),
            ("the high bits of a seed ignored, in described networks", Asked((seed, simulation, layer) => (seed & 0xFFFF_FFFF, simulation, layer))),
            ("the low byte of a seed ignored", Asked((seed, simulation, layer) => (seed & ~0xFFul, simulation, layer))),
            ("weights of described networks that repeat after 64 simulations", Asked((seed, simulation, layer) => (seed, simulation % 64, layer))),
            ("simulations in 16 bits", Asked((seed, simulation, layer) => (seed, simulation & 0xFFFF, layer))),
            ("layers seeded by seed + layer, in described networks", Asked((seed, simulation, layer) => (seed + (ulong)layer, simulation, 0))),
            ("simulations seeded by seed + simulation, in described networks", Asked((seed, simulation, layer) => (seed + simulation, 0, layer))),
            ("one set of weights for all layers of a shape", Asked((seed, simulation, _) => (seed, simulation, 0))),
            ("every second layer a copy", Asked((seed, simulation, layer) => (seed, simulation, layer & ~1))),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Biases =>
        [
            (
                "biases that are the weights from the first input",
                BiasesAs(tensor => tensor with { Kind = ParameterKind.Weights, FanIn = 1, Law = WeightLaw.Normal })
            ),
            ("biases that all layers share", BiasesAs(tensor => tensor with { Index = 0 })),
            (
                "biases that two simulations share",
                new()
                {
                    Draw = (tensor, length, seed, simulation) =>
                        LayerRules.Drawn(tensor, length, seed, tensor.Kind == ParameterKind.Biases ? simulation & ~1u : simulation),
                }
            ),
        ];

    /// <summary>Parameters that are drawn once for a seed, a place and a size, and then handed to every network.</summary>
    private static LayerRules KeptByShape()
    {
        var kept = new ConcurrentDictionary<(ulong Seed, uint Simulation, ParameterKind Kind, int Index, int Length), double[]>();
        return new()
        {
            Draw = (tensor, length, seed, simulation) =>
                kept.GetOrAdd((seed, simulation, tensor.Kind, tensor.Index, length), _ => LayerRules.Drawn(tensor, length, seed, simulation)),
        };
    }

    /// <summary>Biases that are what other parameters are.</summary>
    private static LayerRules BiasesAs(Func<ParameterTensor, ParameterTensor> other) =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
                LayerRules.Drawn(tensor.Kind == ParameterKind.Biases ? other(tensor) : tensor, length, seed, simulation),
        };

    private static IEnumerable<Mutant> Named(string claim, string name, LayerRules rules) => LayerMutants.Collect(claim, [(name, rules)]);

    /// <summary>Weights times a factor.</summary>
    private static LayerRules Weights(Func<ParameterTensor, double> factor) =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
                [.. LayerRules.Drawn(tensor, length, seed, simulation).Select(value => tensor.Kind == ParameterKind.Weights ? factor(tensor) * value : value)],
        };

    /// <summary>Some layers' noise at the signal of the next image of the batch.</summary>
    private static LayerRules AtNextImage(Func<Layer, bool> kind) =>
        new()
        {
            SignalOfNoise = (layer, input) =>
            {
                var perImage = input.Positions * input.Channels;
                return kind(layer) ? [.. input.Signal[perImage..], .. input.Signal[..perImage]] : input.Signal;
            },
        };

    /// <summary>Weights of another seed, simulation and layer than was asked for.</summary>
    private static LayerRules Asked(Func<ulong, uint, int, (ulong Seed, uint Simulation, int Layer)> other) =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
            {
                var (otherSeed, otherSimulation, layer) = other(seed, simulation, tensor.Index);
                return LayerRules.Drawn(tensor with { Index = layer }, length, otherSeed, otherSimulation);
            },
        };

    private static double[] OneSize(ParameterTensor tensor, int length, ulong seed, uint simulation)
    {
        var values = LayerRules.Drawn(tensor, length, seed, simulation);
        var size = Math.Abs(values[0]) > Math.Sqrt(tensor.Variance) ? 1.5 : 0.7;
        return tensor.Kind == ParameterKind.Weights ? [.. values.Select(value => size * value)] : values;
    }

    private static double[] Shared(ParameterTensor tensor, int length, ulong seed, uint simulation)
    {
        var values = LayerRules.Drawn(tensor, length, seed, simulation);
        return tensor.Kind == ParameterKind.Weights ? [.. values.Select((value, i) => (i % tensor.Outputs) % 4 == 0 ? 2.5 * value : 0.3 * value)] : values;
    }

    private static double[] EqualNorms(ParameterTensor tensor, int length, ulong seed, uint simulation)
    {
        var values = LayerRules.Drawn(tensor, length, seed, simulation);
        if (tensor.Kind != ParameterKind.Weights)
        {
            return values;
        }

        var scale = Math.Sqrt(length * tensor.Variance / values.Sum(value => value * value));
        return [.. values.Select(value => (Math.Sign(value) * Math.Sqrt(tensor.Variance) * 0.9) + (0.1 * scale * value))];
    }

    private static double[] Dropped(ParameterTensor tensor, int length, ulong seed, uint simulation) =>
        tensor.Layer is Networks.Dropout dropout
            ? [.. LayerRules.Drawn(tensor, length, seed, simulation).Select(value => value > 0 ? 0 : 1 / dropout.Keep)]
            : LayerRules.Drawn(tensor, length, seed, simulation);

    private static ReportedMoments SinglePass(ReportedMoments right, TensorShape shape, double[] signal)
    {
        var variances = new float[shape.Channels];
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            var (sum, squares) = (0f, 0f);
            for (var point = 0; point < shape.Points; point++)
            {
                var value = (float)signal[(point * shape.Channels) + channel];
                (sum, squares) = (sum + value, squares + (value * value));
            }

            variances[channel] = (squares / shape.Points) - (sum / shape.Points * (sum / shape.Points));
        }

        var mu2 = Math.Max(0, variances.Average(value => (double)value));
        return right with { LogMu2Signal = Math.Log(mu2 * 1.0), Mu2Signal = mu2, LogChi = 0.5 * Math.Log(right.Mu2Noise / mu2) };
    }
}
