using System.Collections.Immutable;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Wrong draws of one's own: masks, survivals, weights of rare layers and of attention, copies; and layers that are wrong where it is rare.</summary>
internal static class DrawMutants
{
    public static ImmutableArray<Mutant> List { get; } =
    [
        .. LayerMutants.Collect("O13", Rare),
        .. LayerMutants.Collect("D10", Moments),
        .. Shared,
        .. LayerMutants.Collect("I18", Laws),
        .. LayerMutants.Collect("I19", Copies),
        .. LayerMutants.Collect("I20", Geometries),
        .. LayerMutants.Collect("DR2", Shares),
        .. LayerMutants.Collect("DR3", Masks),
        .. LayerMutants.Collect("T7", Attentions),
    ];

    private static IEnumerable<(string Name, LayerRules Rules)> Rare =>
        [
            ("softplus that is 1.00001 times its argument above 20", Value(FunctionKind.Softplus, (u, right) => u > 20 ? u * (1 + 1e-5) : right)),
            ("SiLU that is 0 below -8", Value(FunctionKind.Silu, (u, right) => u < -8 ? 0 : right)),
            ("a sine of angles in half precision above 50", Value(FunctionKind.Sine, (u, right) => Math.Abs(u) > 50 ? Math.Sin((double)(Half)u) : right)),
            (
                "a leaky slope of 1 at 0",
                new() { Derivative = (function, u) => function.Kind == FunctionKind.LeakyRelu && u == 0 ? 1 : WrittenOutFunction.Derivative(function, u) }
            ),
            (
                "of equal maxima the last",
                new()
                {
                    Pool = (layer, signal, noise) =>
                        layer is MaxPool && Array.LastIndexOf(signal, signal.Max()) is var last
                            ? (signal[last], noise[last])
                            : (signal.Average(), noise.Average()),
                }
            ),
            (
                "large images that do not wrap",
                new()
                {
                    Source = (boundary, position, extent, other) =>
                        boundary == Boundary.Periodic && extent > 16 ? null : LayerRules.Beyond(boundary, position, extent, other),
                }
            ),
            (
                "outputs beyond the last block of 16 that are 0",
                new()
                {
                    DenseWeight = (weights, input, output, _, outputs) =>
                        outputs > 64 && output >= outputs - (outputs % 16) ? 0 : weights[(input * outputs) + output],
                }
            ),
            (
                "strides of 3 that begin one later on 13 rows",
                new() { Centre = (layer, output) => (output * layer.Stride) + (layer is { Stride: 3, Kernel: > 1 } ? 1 : 0) }
            ),
            ("negative skips that lose their sign in the noise", new() { Sum = (skip, branch, _) => skip + branch, Scales = AbsoluteSkips }),
            (
                "a mask of attention that lowers scores by 10,000",
                new()
                {
                    Seen = (layer, position, positions) =>
                        layer is { Causal: true, Heads: 1 } ? positions
                        : layer.Causal ? position + 1
                        : positions,
                }
            ),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Moments =>
        [
            ("logarithms that end at -690", Reported(moments => moments with { LogNu2Signal = Math.Max(-690, moments.LogNu2Signal) })),
            ("a rank of nothing that is 1", Reported(moments => double.IsNaN(moments.ReffSignal) ? moments with { ReffSignal = 1 } : moments)),
            ("χ of a dead signal that is 0", Reported(moments => double.IsFinite(moments.Chi) ? moments : moments with { Chi = 0 })),
            ("a fourth moment 1 % too large", Reported(moments => moments with { Mu4Signal = 1.01 * moments.Mu4Signal })),
            (
                "a rank of the noise that is not centred",
                new()
                {
                    Moments = (shape, signal, noise) =>
                        PlainMoments.Compute(shape, signal, noise) with
                        {
                            ReffNoise = PlainMoments.Rank(shape, noise, centres: false),
                        },
                }
            ),
        ];

    private static IEnumerable<Mutant> Shared =>
        [
            Company("masks of the first simulation of a request", tensor => tensor.Kind == ParameterKind.Mask),
            Company("survivals of the first simulation of a request", tensor => tensor.Kind == ParameterKind.Survival),
            Company("attention of the first simulation of a request", tensor => tensor.Layer is Attention),
            Company("biases of the first simulation of a request", tensor => tensor.Kind == ParameterKind.Biases),
            new("moments of the first simulation of a request", "I17", Suite.Composed)
            {
                Implementation = name => new CompanyInterpreter(name, _ => false, sharesMoments: true),
            },
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Laws =>
        [
            ("depthwise weights by the fan-in of all channels", Weights(tensor => tensor.Layer is Convolution { Groups: Convolution.EachChannel } ? 0.125 : 1)),
            ("weights of kernels of 4 of twice the variance", Weights(tensor => tensor.Layer is Convolution { Kernel: 4 } ? Math.Sqrt(2) : 1)),
            ("weights of kernels of 6 a tenth too small", Weights(tensor => tensor.Layer is Convolution { Kernel: 6 } ? 0.9 : 1)),
            ("weights of a fan-in above 200 a twentieth too large", Weights(tensor => tensor.FanIn > 200 ? 1.05 : 1)),
            (
                "uniform weights of kernels between ± one deviation",
                Weights(tensor => tensor is { Law: WeightLaw.Uniform, Layer: Convolution } ? 1 / Math.Sqrt(3) : 1)
            ),
            (
                "uniform biases",
                Drawn(
                    (tensor, values) => tensor.Kind == ParameterKind.Biases ? [.. values.Select(value => Uniform(value, Math.Sqrt(tensor.Variance)))] : values
                )
            ),
            (
                "biases of kernels of 3 twice too large",
                Drawn((tensor, values) => Scaled(values, tensor is { Kind: ParameterKind.Biases, Layer: Convolution { Kernel: 3 } } ? 2 : 1))
            ),
            ("biases that are the first weights", BiasesFromWeights()),
            (
                "orthogonal weights for dense layers only",
                new()
                {
                    Draw = (tensor, length, seed, simulation) =>
                        LayerRules.Drawn(
                            tensor is { Law: WeightLaw.Orthogonal, Layer: Convolution } ? tensor with { Law = WeightLaw.Normal } : tensor,
                            length,
                            seed,
                            simulation
                        ),
                }
            ),
            (
                "normal weights that are cut at three deviations",
                Drawn(
                    (tensor, values) =>
                        tensor.Law == WeightLaw.Normal && tensor.Kind == ParameterKind.Weights
                            ? [.. values.Select(value => Math.Clamp(value, -3 * Math.Sqrt(tensor.Variance), 3 * Math.Sqrt(tensor.Variance)))]
                            : values
                )
            ),
            ("weights that are kept whatever their variance", KeptWhateverTheVariance()),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Copies =>
        [
            ("weights that repeat after 1,500 simulations", Asked((seed, simulation) => (seed, simulation % 1500))),
            ("simulations in single precision", Asked((seed, simulation) => (seed, (uint)(float)simulation))),
            ("seeds of 31 bits", Asked((seed, simulation) => (seed & 0x7FFF_FFFF, simulation))),
            ("simulations seeded by 1000·seed + simulation", Asked((seed, simulation) => ((1000 * seed) + simulation, 0))),
            (
                "groups that share their weights",
                Drawn(
                    (tensor, values) =>
                        tensor is { Kind: ParameterKind.Weights, Layer: Convolution { Groups: > 1 and var groups } }
                            ? [.. values.Select((_, i) => values[(i / tensor.Outputs * tensor.Outputs) + (i % tensor.Outputs % (tensor.Outputs / groups))])]
                            : values
                )
            ),
            (
                "first and last weights of an output that are equal",
                Drawn(
                    (tensor, values) =>
                        tensor.Kind == ParameterKind.Weights && tensor.FanIn > 1 ? [.. values[..^tensor.Outputs], .. values[..tensor.Outputs]] : values
                )
            ),
            (
                "a skip with the weights of its branch",
                new() { Draw = (tensor, length, seed, simulation) => LayerRules.Drawn(tensor with { Index = 0 }, length, seed, simulation) }
            ),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Geometries =>
        [
            ("own kernels that begin half a kernel before", new() { PatchStart = layer => layer.Kernel / 2 * layer.Dilation }),
            ("own strided kernels that begin one later", new() { Centre = (layer, output) => (output * layer.Stride) + (layer.Stride > 1 ? 1 : 0) }),
            ("own groups that read every other channel", new() { InputOfGroup = (group, channel, _, groups) => (channel * groups) + group }),
            (
                "own mirrors that wrap where kernels are dilated",
                new()
                {
                    Source = (boundary, position, extent, other) =>
                        LayerRules.Beyond(boundary == Boundary.Symmetric ? Boundary.Periodic : boundary, position, extent, other),
                }
            ),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Shares =>
        [
            ("features that are kept 2 % too rarely", MasksOf((layer, draw) => draw < 0.98 * layer.Keep)),
            (
                "features that are kept as they are",
                new()
                {
                    Mask = (layer, mask, point, channel, channels, isNoise) =>
                        new LayerRules().Mask(layer, mask, point, channel, channels, isNoise) > 0 ? 1 : 0,
                }
            ),
            ("branches that survive where they should not", Drawn((tensor, values) => tensor.Kind == ParameterKind.Survival ? [1 - values[0]] : values)),
            (
                "branches that survive with a probability of 0.9",
                Drawn(
                    (tensor, values) =>
                        tensor is { Kind: ParameterKind.Survival, Layer: Residual residual }
                            ?
                            [
                                values[0] > 0 || residual.Survival > 0.9 ? values[0]
                                : tensor.Index % 3 == 0 ? 1
                                : 0,
                            ]
                            : values
                )
            ),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Masks =>
        [
            ("one mask for all dropouts", Indexed(ParameterKind.Mask, _ => 0)),
            ("one survival for pairs of branches", Indexed(ParameterKind.Survival, index => index / 2)),
            ("masks whatever the seed", AskedOf(ParameterKind.Mask, (_, simulation) => (1, simulation))),
            ("survivals whatever the seed", AskedOf(ParameterKind.Survival, (_, simulation) => (1, simulation))),
            ("masks that two simulations share", AskedOf(ParameterKind.Mask, (seed, simulation) => (seed, simulation & ~1u))),
            ("a fixed number of features that are kept", Drawn(FixedNumber)),
            (
                "neighbours that are kept together",
                Drawn((tensor, values) => tensor.Kind == ParameterKind.Mask ? [.. values.Select((_, i) => values[i & ~1])] : values)
            ),
            (
                "masks by point that all images share",
                Drawn(
                    (tensor, values) =>
                        tensor is { Kind: ParameterKind.Mask, FanIn: not 1 } && values.Length % 2 == 0
                            ? [.. values.Select((_, i) => values[i % (values.Length / 2)])]
                            : values
                )
            ),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Attentions =>
        [
            ("queries that are keys", Projections(index => index == 1 ? 0 : index)),
            ("values that are queries", Projections(index => index == 2 ? 0 : index)),
            (
                "queries of twice their variance",
                Drawn(
                    (tensor, values) => Scaled(values, tensor is { Layer: Attention, Kind: ParameterKind.Weights } && tensor.Index % 4 == 0 ? Math.Sqrt(2) : 1)
                )
            ),
            (
                "uniform weights of attention for normal ones",
                new()
                {
                    Draw = (tensor, length, seed, simulation) =>
                        LayerRules.Drawn(
                            tensor is { Layer: Attention, Law: WeightLaw.Normal } ? tensor with { Law = WeightLaw.Uniform } : tensor,
                            length,
                            seed,
                            simulation
                        ),
                }
            ),
            ("attention without biases", Drawn((tensor, values) => Scaled(values, tensor is { Layer: Attention, Kind: ParameterKind.Biases } ? 0 : 1))),
            ("heads that are alike", Drawn(HeadsAlike)),
            ("noise through other values", NoiseOf(2)),
            ("noise through other queries", NoiseOf(0)),
        ];

    private static Mutant Company(string name, Func<ParameterTensor, bool> shares) =>
        new(name, "I17", Suite.Composed) { Implementation = words => new CompanyInterpreter(words, shares) };

    private static LayerRules Value(FunctionKind kind, Func<double, double, double> wrong) =>
        new() { Value = (function, u) => function.Kind == kind ? wrong(u, WrittenOutFunction.Value(function, u)) : WrittenOutFunction.Value(function, u) };

    private static LayerRules Reported(Func<ReportedMoments, ReportedMoments> wrong) =>
        new() { Moments = (shape, signal, noise) => wrong(PlainMoments.Compute(shape, signal, noise)) };

    private static (double Branch, double Skip) AbsoluteSkips(Residual layer, int unit, int units) =>
        (layer.BranchScale.ValueAt(unit, units), layer.Survival < 1 ? Math.Abs(layer.SkipScale.ValueAt(unit, units)) : layer.SkipScale.ValueAt(unit, units));

    /// <summary>Parameters that are drawn as they should be, and then changed.</summary>
    private static LayerRules Drawn(Func<ParameterTensor, double[], double[]> change) =>
        new() { Draw = (tensor, length, seed, simulation) => change(tensor, LayerRules.Drawn(tensor, length, seed, simulation)) };

    private static LayerRules Weights(Func<ParameterTensor, double> factor) =>
        Drawn((tensor, values) => tensor.Kind == ParameterKind.Weights ? Scaled(values, factor(tensor)) : values);

    private static LayerRules Asked(Func<ulong, uint, (ulong Seed, uint Simulation)> other) => AskedOf(null, other);

    /// <summary>Parameters of one kind, or all, of another seed and simulation than was asked for.</summary>
    private static LayerRules AskedOf(ParameterKind? kind, Func<ulong, uint, (ulong Seed, uint Simulation)> other) =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
                kind is null || tensor.Kind == kind
                    ? LayerRules.Drawn(tensor, length, other(seed, simulation).Seed, other(seed, simulation).Simulation)
                    : LayerRules.Drawn(tensor, length, seed, simulation),
        };

    private static LayerRules Indexed(ParameterKind kind, Func<int, int> index) =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
                LayerRules.Drawn(tensor.Kind == kind ? tensor with { Index = index(tensor.Index) } : tensor, length, seed, simulation),
        };

    /// <summary>Weights of an attention that are those of another of its four projections.</summary>
    private static LayerRules Projections(Func<int, int> other) =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
                LayerRules.Drawn(
                    tensor is { Layer: Attention, Kind: ParameterKind.Weights }
                        ? tensor with
                        {
                            Index = (tensor.Index / 4 * 4) + other(tensor.Index % 4),
                        }
                        : tensor,
                    length,
                    seed,
                    simulation
                ),
        };

    private static LayerRules NoiseOf(int projection) =>
        new()
        {
            WeightsOfNoise = (tensor, weights) =>
                tensor.Layer is Attention && tensor.Index % 4 == projection
                    ? LayerRules.Drawn(tensor with { Index = tensor.Index + 100 }, weights.Length, 7, 7)
                    : weights,
        };

    /// <summary>Masks that keep where a uniform number of its own is as a rule says.</summary>
    private static LayerRules MasksOf(Func<Dropout, double, bool> keeps) =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
            {
                if (tensor is not { Kind: ParameterKind.Mask, Layer: Dropout dropout })
                {
                    return LayerRules.Drawn(tensor, length, seed, simulation);
                }

                // Uniform numbers between ±√3 deviations, of a law that has them.
                var uniform = LayerRules.Drawn(
                    tensor with
                    {
                        Kind = ParameterKind.Weights,
                        FanIn = 1,
                        Variance = 1,
                        Law = WeightLaw.Uniform,
                    },
                    length,
                    seed,
                    simulation
                );
                return [.. uniform.Select(value => keeps(dropout, 0.5 + (value / (2 * Math.Sqrt(3)))) ? 1 / dropout.Keep : 0)];
            },
        };

    private static LayerRules BiasesFromWeights() =>
        new()
        {
            Draw = (tensor, length, seed, simulation) =>
                tensor.Kind == ParameterKind.Biases && tensor.Layer is Convolution { Kernel: > 1 }
                    ? LayerRules.Drawn(tensor with { Kind = ParameterKind.Weights, FanIn = 1, Law = WeightLaw.Normal }, length, seed, simulation)
                    : LayerRules.Drawn(tensor, length, seed, simulation),
        };

    private static LayerRules KeptWhateverTheVariance()
    {
        var kept = new System.Collections.Concurrent.ConcurrentDictionary<(ulong, uint, ParameterKind, int, int, WeightLaw), double[]>();
        return new()
        {
            Draw = (tensor, length, seed, simulation) =>
                kept.GetOrAdd((seed, simulation, tensor.Kind, tensor.Index, length, tensor.Law), _ => LayerRules.Drawn(tensor, length, seed, simulation)),
        };
    }

    private static double[] FixedNumber(ParameterTensor tensor, double[] values)
    {
        if (tensor is not { Kind: ParameterKind.Mask, Layer: Dropout dropout })
        {
            return values;
        }

        // Kept are too many or too few at the beginning, until their number is right.
        var (wanted, kept) = ((int)Math.Round(dropout.Keep * values.Length), values.Count(value => value > 0));
        double[] changed = [.. values];
        for (var i = 0; i < changed.Length && kept != wanted; i++)
        {
            if (changed[i] > 0 == kept > wanted)
            {
                changed[i] = kept > wanted ? 0 : 1 / dropout.Keep;
                kept += kept > wanted ? -1 : 1;
            }
        }

        return changed;
    }

    /// <summary>Queries and keys of every head that are those of the first.</summary>
    private static double[] HeadsAlike(ParameterTensor tensor, double[] values) =>
        tensor is { Kind: ParameterKind.Weights, Layer: Attention attention } && tensor.Index % 4 < 2
            ? [.. values.Select((_, i) => values[(i / tensor.Outputs * tensor.Outputs) + (i % tensor.Outputs % (tensor.Outputs / attention.Heads))])]
            : values;

    private static double[] Scaled(double[] values, double factor) => Array.ConvertAll(values, value => factor * value);

    /// <summary>The uniform number of the same deviation at the same quantile.</summary>
    private static double Uniform(double normal, double deviation) =>
        deviation * Math.Sqrt(3) * ((2 * MathNet.Numerics.Distributions.Normal.CDF(0, 1, normal / deviation)) - 1);
}
