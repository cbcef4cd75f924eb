using System.Collections.Immutable;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Wrong implementations of layers that are described: the interpreter with one rule changed, and the claim that names the layer.</summary>
internal static class LayerMutants
{
    public static ImmutableArray<Mutant> List { get; } =
    [
        .. Collect("O5", Linear),
        .. Collect("O6", Activations),
        .. Collect("O7", BatchNorms),
        .. Collect("O8", InputNorms),
        .. Collect("O9", Poolings),
        .. Collect("O10", Residuals),
        .. Collect("O11", Dropouts),
        .. Collect("O12", Attentions),
        .. OwnParameterMutants.List,
        .. DrawMutants.List,
    ];

    private static IEnumerable<(string Name, LayerRules Rules)> Linear =>
        [
            ("patches of even kernels that begin half a kernel before", new() { PatchStart = layer => layer.Kernel / 2 * layer.Dilation }),
            ("a patch's beginning that ignores dilation", new() { PatchStart = layer => (layer.Kernel - 1) / 2 }),
            ("dilation ignored", new() { Dilation = _ => 1, PatchStart = layer => (layer.Kernel - 1) / 2 }),
            ("strides that begin at the second position", new() { Centre = (layer, output) => (output * layer.Stride) + (layer.Stride / 2) }),
            ("groups that read every other channel", new() { InputOfGroup = (group, channel, _, groups) => (channel * groups) + group }),
            ("groups that write every other channel", new() { GroupOfOutput = (output, _, groups) => output % groups }),
            ("groups that all read the first channels", new() { InputOfGroup = (_, channel, _, _) => channel }),
            ("a kernel turned by half a circle", new() { Tap = (layer, _, tap) => (layer.Kernel - 1 - tap.Row, layer.Kernel - 1 - tap.Column) }),
            ("a kernel's rows and columns exchanged", new() { Tap = (_, _, tap) => (tap.Column, tap.Row) }),
            (
                "a kernel turned for the noise alone",
                new() { Tap = (layer, isNoise, tap) => isNoise ? (layer.Kernel - 1 - tap.Row, layer.Kernel - 1 - tap.Column) : tap }
            ),
            ("biases added to the noise", new() { Bias = (bias, _) => bias }),
            ("biases left out", new() { Bias = (_, _) => 0 }),
            ("biases subtracted", new() { Bias = (bias, isNoise) => isNoise ? 0 : -bias }),
            (
                "the border's pixel repeated for symmetric",
                new() { Source = Border(Boundary.Symmetric, (position, extent, _) => Math.Clamp(position, 0, extent - 1)) }
            ),
            ("a mirror that stands on the border's pixel", new() { Source = Border(Boundary.Symmetric, (position, extent, _) => Reflected(position, extent)) }),
            (
                "columns wrapped by the smaller side",
                new() { Source = Border(Boundary.Periodic, (position, extent, other) => Wrapped(position, Math.Min(extent, other))) }
            ),
            ("periodic boundaries filled with zeros", new() { Source = Border(Boundary.Periodic, (_, _, _) => null) }),
            (
                "the border's pixel repeated for zero padding",
                new() { Source = Border(Boundary.ZeroPadding, (position, extent, _) => Math.Clamp(position, 0, extent - 1)) }
            ),
            ("5×5 kernels 5 % too strong", new() { Gain = (layer, _) => layer is Networks.Convolution { Kernel: 5 } ? 1.05 : 1 }),
            ("noise through the weights in reverse", new() { WeightsOfNoise = (_, weights) => [.. Enumerable.Reverse(weights)] }),
            (
                "square dense weights transposed",
                new()
                {
                    DenseWeight = (weights, input, output, inputs, outputs) =>
                        inputs == outputs ? weights[(output * outputs) + input] : weights[(input * outputs) + output],
                }
            ),
            (
                "two output channels with equal weights",
                new() { DenseWeight = (weights, input, output, _, outputs) => weights[(input * outputs) + (output == 1 ? 0 : output)] }
            ),
        ];

    internal static IEnumerable<(string Name, LayerRules Rules)> Activations =>
        [
            (
                "GELU by its tanh approximation",
                Function(FunctionKind.Gelu, u => Right(FunctionKind.GeluTanh).Value(u), u => Right(FunctionKind.GeluTanh).Derivative(u))
            ),
            (
                "the tanh approximation of GELU without its cube",
                Function(FunctionKind.GeluTanh, u => u / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * u)), null)
            ),
            ("GELU as u times the logistic function of 1.702 u", Function(FunctionKind.Gelu, u => u / (1 + Math.Exp(-1.702 * u)), null)),
            ("a derivative of GELU without the density", Function(FunctionKind.Gelu, null, u => WrittenOutErrorFunction.Complement(-u / Math.Sqrt(2)) / 2)),
            (
                "leaky ReLUs of slope 0.01 whatever was asked",
                new()
                {
                    Value = (function, u) => function.Kind == FunctionKind.LeakyRelu && u < 0 ? 0.01 * u : WrittenOutFunction.Value(function, u),
                    Derivative = (function, u) => function.Kind == FunctionKind.LeakyRelu && u < 0 ? 0.01 : WrittenOutFunction.Derivative(function, u),
                }
            ),
            (
                "a leaky ReLU that is the larger of u and its slope times u",
                new()
                {
                    Value = (function, u) => function.Kind == FunctionKind.LeakyRelu ? Math.Max(u, function.Slope * u) : WrittenOutFunction.Value(function, u),
                }
            ),
            (
                "a leaky ReLU that lets no noise pass below 0",
                new() { Derivative = (function, u) => function.Kind == FunctionKind.LeakyRelu && u < 0 ? 0 : WrittenOutFunction.Derivative(function, u) }
            ),
            ("|u| that passes noise without its sign", Function(FunctionKind.Abs, null, _ => 1)),
            (
                "erf of u over the root of 2",
                Function(
                    FunctionKind.Erf,
                    u => WrittenOutErrorFunction.Value(u / Math.Sqrt(2)),
                    u => WrittenOutErrorFunction.Gaussian(u / Math.Sqrt(2)) * Math.Sqrt(2 / Math.PI)
                )
            ),
            ("a derivative of erf without its factor", Function(FunctionKind.Erf, null, WrittenOutErrorFunction.Gaussian)),
            ("a derivative of the sine that is the sine", Function(FunctionKind.Sine, null, Math.Sin)),
            ("a derivative of tanh that is 1 - |tanh|", Function(FunctionKind.Tanh, null, u => 1 - Math.Abs(Math.Tanh(u)))),
            ("a derivative of SiLU that is the logistic function", Function(FunctionKind.Silu, null, u => 1 / (1 + Math.Exp(-u)))),
            ("an ELU whose derivative is 1 below 0", Function(FunctionKind.Elu, null, _ => 1)),
            (
                "SELU for ELU",
                Function(FunctionKind.Elu, u => 1.0507 * (u > 0 ? u : 1.67326 * (Math.Exp(u) - 1)), u => 1.0507 * (u > 0 ? 1 : 1.67326 * Math.Exp(u)))
            ),
            ("a softplus of base 2", Function(FunctionKind.Softplus, u => Math.Log2(1 + Math.Exp(u)), null)),
            ("a softplus whose derivative is that of a ReLU", Function(FunctionKind.Softplus, null, u => u > 0 ? 1 : 0)),
            (
                "the hard logistic function for hard swish",
                Function(FunctionKind.HardSwish, u => Math.Clamp((u + 3) / 6, 0, 1), u => Math.Abs(u) < 3 ? 1 / 6.0 : 0)
            ),
            (
                "a logistic function of 2u",
                Function(FunctionKind.Sigmoid, u => 1 / (1 + Math.Exp(-2 * u)), u => 2 * Math.Exp(-2 * u) / Math.Pow(1 + Math.Exp(-2 * u), 2))
            ),
            ("noise that is 5 % too strong beyond the sixtieth place", new() { NoiseAtPlace = place => place > 60 ? 1.05 : 1 }),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> BatchNorms =>
        [
            ("batch variances over one less, of described networks", new() { Denominator = (norm, count) => norm is BatchNorm ? count - 1 : count }),
            (
                "ε added to the deviation of a batch",
                new() { Deviation = (norm, variance) => norm is BatchNorm ? Math.Sqrt(variance) + norm.Epsilon : Math.Sqrt(variance + norm.Epsilon) }
            ),
            ("ε of 0.001 whatever was asked", new() { Deviation = (norm, variance) => Math.Sqrt(variance + (norm is BatchNorm ? 0.001 : norm.Epsilon)) }),
            ("γ of batch norm ignored", new() { Scale = (norm, _) => norm is BatchNorm ? 1 : norm.Scale }),
            ("γ of batch norm left out of the noise", new() { Scale = (norm, isNoise) => norm is BatchNorm && isNoise ? 1 : norm.Scale }),
            ("full noise that holds the batch statistics", new() { Holds = (norm, _) => norm is BatchNorm }),
            ("noise of the mapping that differentiates the batch statistics", new() { Holds = (_, _) => false }),
            (
                "full noise that holds the deviation",
                new() { TakenOff = (norm, meanNoise, z, along) => norm is BatchNorm ? meanNoise : meanNoise + (z * along) }
            ),
            ("full noise that holds the mean", new() { TakenOff = (norm, meanNoise, z, along) => norm is BatchNorm ? z * along : meanNoise + (z * along) }),
            (
                "batch norm of each image",
                new()
                {
                    Sets = (norm, input) =>
                        norm is BatchNorm && input.Positions > 1 ? LayerRules.SetsOf(new InstanceNorm(), input) : LayerRules.SetsOf(norm, input),
                }
            ),
            (
                "batch norm of each position",
                new()
                {
                    Sets = (norm, input) =>
                        norm is BatchNorm
                            ? LayerRules.Grouped(input, (_, position, channel) => (position * input.Channels) + channel)
                            : LayerRules.SetsOf(norm, input),
                }
            ),
            (
                "batches above 32 of described networks normalised in parts",
                new()
                {
                    Sets = (norm, input) =>
                        norm is BatchNorm
                            ? LayerRules.Grouped(input, (image, _, channel) => (image / 32 * input.Channels) + channel)
                            : LayerRules.SetsOf(norm, input),
                }
            ),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> InputNorms =>
        [
            (
                "layer norm over the whole input",
                new()
                {
                    Sets = (norm, input) =>
                        norm is LayerNorm layer ? LayerRules.SetsOf(layer with { Over = NormalisedOver.All }, input) : LayerRules.SetsOf(norm, input),
                }
            ),
            (
                "layer norm over the channels where all was asked",
                new()
                {
                    Sets = (norm, input) =>
                        norm is LayerNorm layer ? LayerRules.SetsOf(layer with { Over = NormalisedOver.Channels }, input) : LayerRules.SetsOf(norm, input),
                }
            ),
            ("layer norm whose statistics are held", new() { Holds = (norm, noise) => norm is LayerNorm || (norm is BatchNorm && noise == NoiseKind.Mapping) }),
            ("RMS norm whose statistics are held", new() { Holds = (norm, noise) => norm is RmsNorm || (norm is BatchNorm && noise == NoiseKind.Mapping) }),
            ("RMS norm that subtracts the mean", new() { Centres = _ => true }),
            ("layer norm that subtracts no mean", new() { Centres = norm => norm is not (RmsNorm or LayerNorm) }),
            ("layer variances over one less", new() { Denominator = (norm, count) => norm is LayerNorm ? count - 1 : count }),
            ("RMS norm by the root of the sum", new() { Denominator = (norm, count) => norm is RmsNorm ? 1 : count }),
            (
                "ε added to the deviation of a layer",
                new() { Deviation = (norm, variance) => norm is LayerNorm ? Math.Sqrt(variance) + norm.Epsilon : Math.Sqrt(variance + norm.Epsilon) }
            ),
            ("RMS norm without ε", new() { Deviation = (norm, variance) => Math.Sqrt(variance + (norm is RmsNorm ? 0 : norm.Epsilon)) }),
            (
                "RMS norm as the larger of the root mean square and ε",
                new() { Deviation = (norm, variance) => norm is RmsNorm ? Math.Max(Math.Sqrt(variance), norm.Epsilon) : Math.Sqrt(variance + norm.Epsilon) }
            ),
            (
                "group norm of every other channel",
                new()
                {
                    Sets = (norm, input) =>
                        norm is GroupNorm group
                            ? LayerRules.Grouped(input, (image, _, channel) => (image * group.Groups) + (channel % group.Groups))
                            : LayerRules.SetsOf(norm, input),
                }
            ),
            (
                "group norm of each position",
                new()
                {
                    Sets = (norm, input) =>
                        norm is GroupNorm group
                            ? LayerRules.Grouped(
                                input,
                                (image, position, channel) =>
                                    (((image * input.Positions) + position) * group.Groups) + (channel / (input.Channels / group.Groups))
                            )
                            : LayerRules.SetsOf(norm, input),
                }
            ),
            (
                "group norm over the batch",
                new()
                {
                    Sets = (norm, input) =>
                        norm is GroupNorm group
                            ? LayerRules.Grouped(input, (_, _, channel) => channel / (input.Channels / group.Groups))
                            : LayerRules.SetsOf(norm, input),
                }
            ),
            (
                "instance norm over the batch",
                new() { Sets = (norm, input) => norm is InstanceNorm ? LayerRules.Grouped(input, (_, _, channel) => channel) : LayerRules.SetsOf(norm, input) }
            ),
            ("γ of layer norm ignored", new() { Scale = (norm, _) => norm is LayerNorm ? 1 : norm.Scale }),
            ("γ of RMS norm left out of the noise", new() { Scale = (norm, isNoise) => norm is RmsNorm && isNoise ? 1 : norm.Scale }),
            ("layer norm whose noise keeps its mean", new() { TakenOff = (norm, meanNoise, z, along) => (norm is LayerNorm ? 0 : meanNoise) + (z * along) }),
            (
                "group norm whose noise keeps what lies along the signal",
                new() { TakenOff = (norm, meanNoise, z, along) => meanNoise + (norm is GroupNorm ? 0 : z * along) }
            ),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Poolings =>
        [
            (
                "max pooling that takes the largest noise",
                new() { Pool = (layer, signal, noise) => layer is MaxPool ? (signal.Max(), noise.Max()) : LayerRules.PoolOf(layer, signal, noise) }
            ),
            (
                "max pooling that averages the noise",
                new() { Pool = (layer, signal, noise) => layer is MaxPool ? (signal.Max(), noise.Average()) : LayerRules.PoolOf(layer, signal, noise) }
            ),
            (
                "max pooling by magnitude",
                new()
                {
                    Pool = (layer, signal, noise) =>
                        layer is MaxPool && Array.IndexOf(signal, signal.MaxBy(Math.Abs)) is var first
                            ? (signal[first], noise[first])
                            : LayerRules.PoolOf(layer, signal, noise),
                }
            ),
            (
                "average pooling that adds up",
                new() { Pool = (layer, signal, noise) => layer is AveragePool ? (signal.Sum(), noise.Sum()) : LayerRules.PoolOf(layer, signal, noise) }
            ),
            (
                "average pooling of the noise's power",
                new()
                {
                    Pool = (layer, signal, noise) =>
                        layer is AveragePool ? (signal.Average(), noise.Average() * Math.Sqrt(noise.Length)) : LayerRules.PoolOf(layer, signal, noise),
                }
            ),
            (
                "global pooling of the largest",
                new()
                {
                    Pool = (layer, signal, noise) =>
                        layer is GlobalAveragePool ? LayerRules.PoolOf(new MaxPool(1), signal, noise) : LayerRules.PoolOf(layer, signal, noise),
                }
            ),
            (
                "global pooling over the root of the positions",
                new()
                {
                    Pool = (layer, signal, noise) =>
                        layer is GlobalAveragePool
                            ? (signal.Sum() / Math.Sqrt(signal.Length), noise.Sum() / Math.Sqrt(noise.Length))
                            : LayerRules.PoolOf(layer, signal, noise),
                }
            ),
            ("a scaling of the signal alone", new() { Factor = (layer, isNoise) => isNoise ? 1 : layer.Factor }),
            ("a scaling by the magnitude", new() { Factor = (layer, _) => Math.Abs(layer.Factor) }),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Residuals =>
        [
            (
                "the branch's scale on the skip",
                new() { Scales = (layer, unit, units) => (layer.SkipScale.ValueAt(unit, units), layer.BranchScale.ValueAt(unit, units)) }
            ),
            ("a skip's scale ignored", new() { Scales = (layer, unit, units) => (layer.BranchScale.ValueAt(unit, units), 1) }),
            ("a branch's scale ignored", new() { Scales = (layer, unit, units) => (1, layer.SkipScale.ValueAt(unit, units)) }),
            ("1/L for its root", Scaled(ScaleRule.ByDepth, (_, units) => 1.0 / units)),
            ("the root of the units that are left", Scaled(ScaleRule.ByUnit, (unit, units) => 1 / Math.Sqrt(units - unit))),
            ("units counted from 1", Scaled(ScaleRule.ByUnit, (unit, _) => 1 / Math.Sqrt(unit + 2))),
            ("1/√(l+1) for 1/√L", Scaled(ScaleRule.ByDepth, (unit, _) => 1 / Math.Sqrt(unit + 1))),
            ("branches that always survive", new() { Survival = (_, _, _) => 1 }),
            ("noise of branches that do not survive", new() { Survival = (_, survival, isNoise) => isNoise ? 1 : survival }),
            ("surviving branches divided by their probability", new() { Survival = (layer, survival, _) => survival / layer.Survival }),
            ("branches weighted with their probability", new() { Survival = (layer, survival, _) => layer.Survival < 1 ? layer.Survival : survival }),
            (
                "a projection that is ignored where shapes are equal",
                new() { Join = (_, input, skip) => input.Channels == skip.Channels && input.Positions == skip.Positions ? input : skip }
            ),
            ("noise of the branch alone", new() { Sum = (skip, branch, isNoise) => isNoise ? branch : skip + branch }),
            ("a branch that is subtracted", new() { Sum = (skip, branch, _) => skip - branch }),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Dropouts =>
        [
            ("dropout that does not divide by p", Masked((value, _) => value > 0 ? 1 : 0)),
            ("dropout that divides by p twice", Masked((value, layer) => value / layer.Keep)),
            ("dropout that lets all noise pass", Masked((value, _) => value, (_, _) => 1)),
            ("noise that is dropped where the signal is kept", Masked((value, _) => value, (value, layer) => value > 0 ? 0 : 1 / layer.Keep)),
            ("dropout that does nothing, as after training", Masked((_, _) => 1)),
            (
                "a shared mask that moves on from point to point",
                new()
                {
                    Mask = (layer, mask, point, channel, channels, _) =>
                        layer.Mask == DropoutMask.Shared ? mask[(channel + point) % channels] : mask[(point * channels) + channel],
                }
            ),
            ("a mask by point that is the first point's", new() { Mask = (_, mask, _, channel, _, _) => mask[channel] }),
        ];

    private static IEnumerable<(string Name, LayerRules Rules)> Attentions =>
        [
            ("scores over the width of a head", new() { ScoreScale = (width, _) => width }),
            ("scores that are not scaled", new() { ScoreScale = (_, _) => 1 }),
            ("scores over the root of all channels", new() { ScoreScale = (_, channels) => Math.Sqrt(channels) }),
            ("causal attention to all positions", new() { Seen = (_, _, positions) => positions }),
            ("causal attention where all was asked", new() { Seen = (_, position, _) => position + 1 }),
            (
                "causal attention that sees one position ahead",
                new() { Seen = (layer, position, positions) => layer.Causal ? Math.Min(position + 2, positions) : positions }
            ),
            ("heads of every other channel", new() { ChannelOfHead = (head, channel, _, heads) => (channel * heads) + head }),
            ("queries and keys exchanged", new() { Projections = [1, 0, 2, 3] }),
            ("values and output exchanged", new() { Projections = [0, 1, 3, 2] }),
            ("keys that are queries", new() { Projections = [0, 0, 2, 3] }),
            ("noise that holds the attention", new() { ShareNoise = (_, _, _) => 0 }),
            ("noise of a softmax that is not normalised", new() { ShareNoise = (share, scoreNoise, _) => share * scoreNoise }),
        ];

    internal static IEnumerable<Mutant> Collect(string claim, IEnumerable<(string Name, LayerRules Rules)> wrong) =>
        wrong.Select(one => new Mutant(one.Name, claim, "composed") { Implementation = name => new LayerInterpreter(name, one.Rules) });

    private static (Func<double, double> Value, Func<double, double> Derivative) Right(FunctionKind kind) =>
        (u => WrittenOutFunction.Value(new Function(kind), u), u => WrittenOutFunction.Derivative(new Function(kind), u));

    /// <summary>One function with another value or derivative.</summary>
    private static LayerRules Function(FunctionKind kind, Func<double, double>? value, Func<double, double>? derivative) =>
        new()
        {
            Value = (function, u) => function.Kind == kind && value is not null ? value(u) : WrittenOutFunction.Value(function, u),
            Derivative = (function, u) => function.Kind == kind && derivative is not null ? derivative(u) : WrittenOutFunction.Derivative(function, u),
        };

    /// <summary>Another position beyond the border of one boundary.</summary>
    private static Func<Boundary, int, int, int, int?> Border(Boundary boundary, Func<int, int, int, int?> wrong) =>
        (asked, position, extent, other) =>
            asked == boundary && (position < 0 || position >= extent) ? wrong(position, extent, other) : LayerRules.Beyond(asked, position, extent, other);

    private static int Wrapped(int position, int extent) => ((position % extent) + extent) % extent;

    private static int Reflected(int position, int extent) =>
        extent == 1 ? 0
        : Wrapped(position, 2 * (extent - 1)) is var folded && folded < extent ? folded
        : (2 * (extent - 1)) - folded;

    /// <summary>Another number for one rule of scales.</summary>
    private static LayerRules Scaled(ScaleRule rule, Func<int, int, double> wrong)
    {
        return new() { Scales = (layer, unit, units) => (Of(layer.BranchScale, unit, units), Of(layer.SkipScale, unit, units)) };

        double Of(ResidualScale scale, int unit, int units) => scale.Rule == rule ? wrong(unit, units) : scale.ValueAt(unit, units);
    }

    /// <summary>Other factors of kept and dropped numbers.</summary>
    private static LayerRules Masked(Func<double, Networks.Dropout, double> signal, Func<double, Networks.Dropout, double>? noise = null) =>
        new()
        {
            Mask = (layer, mask, point, channel, channels, isNoise) =>
                (isNoise ? noise ?? signal : signal)(layer.Mask == DropoutMask.Shared ? mask[channel] : mask[(point * channels) + channel], layer),
        };
}
