using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>How the interpreter does what a layer says, rule by rule: each wrong implementation is these rules with one of them changed.</summary>
internal sealed record LayerRules
{
    /// <summary>How many inputs before its centre a patch begins.</summary>
    public Func<Convolution, int> PatchStart { get; init; } = layer => (layer.Kernel - 1) / 2 * layer.Dilation;

    /// <summary>Distance of two inputs of a patch.</summary>
    public Func<Convolution, int> Dilation { get; init; } = layer => layer.Dilation;

    /// <summary>Where the centre of an output's patch lies.</summary>
    public Func<Convolution, int, int> Centre { get; init; } = (layer, output) => output * layer.Stride;

    /// <summary>The position that is read at one beyond the border; null for zeros. Takes the extents of the axis and of the other one.</summary>
    public Func<Boundary, int, int, int, int?> Source { get; init; } = Beyond;

    /// <summary>The group of an output channel, of so many outputs and groups.</summary>
    public Func<int, int, int, int> GroupOfOutput { get; init; } = (output, outputs, groups) => output / (outputs / groups);

    /// <summary>The input channel that a group reads as its nth of so many, in so many groups.</summary>
    public Func<int, int, int, int, int> InputOfGroup { get; init; } = (group, channel, perGroup, groups) => (group * perGroup) + channel;

    /// <summary>The number of groups of a convolution over so many channels.</summary>
    public Func<Convolution, int, int> Groups { get; init; } = (layer, channels) => layer.GroupsOf(channels);

    /// <summary>A tap's weight for the signal, or the noise: from its row, column and the kernel.</summary>
    public Func<Convolution, bool, (int Row, int Column), (int Row, int Column)> Tap { get; init; } = (_, _, tap) => tap;

    /// <summary>What a bias adds to signal or noise.</summary>
    public Func<double, bool, double> Bias { get; init; } = (bias, isNoise) => isNoise ? 0 : bias;

    /// <summary>What a linear layer's output is multiplied by, for signal or noise.</summary>
    public Func<Layer, bool, double> Gain { get; init; } = (_, _) => 1;

    /// <summary>The weight of an input and an output channel in a dense layer.</summary>
    public Func<double[], int, int, int, int, double> DenseWeight { get; init; } = (weights, input, output, _, outputs) => weights[(input * outputs) + output];

    /// <summary>How a linear layer rounds the operands of its products: features and weights.</summary>
    public Func<Layer, double, double> Operand { get; init; } = (_, value) => value;

    /// <summary>How it rounds a sum of products.</summary>
    public Func<Layer, double, double> SumOfProducts { get; init; } = (_, value) => value;

    /// <summary>An activation's value.</summary>
    public Func<Function, double, double> Value { get; init; } = WrittenOutFunction.Value;

    /// <summary>An activation's derivative.</summary>
    public Func<Function, double, double> Derivative { get; init; } = WrittenOutFunction.Derivative;

    /// <summary>What becomes of signal and noise after an activation.</summary>
    public Func<Tensor, Tensor> AfterActivation { get; init; } = output => output;

    /// <summary>The features that share statistics of a norm.</summary>
    public Func<Norm, Tensor, IEnumerable<int[]>> Sets { get; init; } = SetsOf;

    /// <summary>Whether a norm subtracts the mean.</summary>
    public Func<Norm, bool> Centres { get; init; } = norm => norm is not RmsNorm;

    /// <summary>What a sum of squares of so many features is divided by.</summary>
    public Func<Norm, int, int> Denominator { get; init; } = (_, count) => count;

    /// <summary>What a norm divides by, from variance and ε.</summary>
    public Func<Norm, double, double> Deviation { get; init; } = (norm, variance) => Math.Sqrt(variance + norm.Epsilon);

    /// <summary>γ.</summary>
    public Func<Norm, bool, double> Scale { get; init; } = (norm, _) => norm.Scale;

    /// <summary>Whether the statistics of a norm are held for the noise.</summary>
    public Func<Norm, NoiseKind, bool> Holds { get; init; } = (norm, noise) => norm is BatchNorm && noise == NoiseKind.Mapping;

    /// <summary>What the full derivative takes off the noise: from the mean noise, z and the mean of z·dy.</summary>
    public Func<Norm, double, double, double, double> TakenOff { get; init; } = (_, meanNoise, z, along) => meanNoise + (z * along);

    /// <summary>Rows and columns of a pooling's window, of an image of such an extent.</summary>
    public Func<Pooling, int, int> Window { get; init; } = (layer, extent) => extent == 1 ? 1 : layer.Size;

    /// <summary>Signal and noise of a window.</summary>
    public Func<Layer, double[], double[], (double Signal, double Noise)> Pool { get; init; } = PoolOf;

    /// <summary>A scaling's factor, for signal or noise.</summary>
    public Func<Scaling, bool, double> Factor { get; init; } = (layer, _) => layer.Factor;

    /// <summary>Features in one position.</summary>
    public Func<Tensor, Tensor> Flatten { get; init; } = input => input with { Height = 1, Width = 1, Channels = input.Positions * input.Channels };

    /// <summary>α and γ of a unit, from its number and that of the stack's units.</summary>
    public Func<Residual, int, int, (double Branch, double Skip)> Scales { get; init; } =
        (layer, unit, units) => (layer.BranchScale.ValueAt(unit, units), layer.SkipScale.ValueAt(unit, units));

    /// <summary>A sum of skip and branch, both scaled; for signal or noise.</summary>
    public Func<double, double, bool, double> Sum { get; init; } = (skip, branch, _) => skip + branch;

    /// <summary>What is added as the skip, from the unit's input and the end of the skip's layers.</summary>
    public Func<Residual, Tensor, Tensor, Tensor> Join { get; init; } = (_, _, skip) => skip;

    /// <summary>What a branch that survives, or not, is multiplied by; for signal or noise.</summary>
    public Func<Residual, double, bool, double> Survival { get; init; } = (_, survival, _) => survival;

    /// <summary>The mask of a dropout, from what was given: for a point and channel, for signal or noise.</summary>
    public Func<Dropout, double[], int, int, int, bool, double> Mask { get; init; } =
        (layer, mask, point, channel, channels, _) => layer.Mask == DropoutMask.Shared ? mask[channel] : mask[(point * channels) + channel];

    /// <summary>What scores are divided by, from the width of a head and the channels.</summary>
    public Func<int, int, double> ScoreScale { get; init; } = (width, _) => Math.Sqrt(width);

    /// <summary>Positions that a position attends to.</summary>
    public Func<Attention, int, int, int> Seen { get; init; } = (layer, position, positions) => layer.Causal ? position + 1 : positions;

    /// <summary>The channel of a head.</summary>
    public Func<int, int, int, int, int> ChannelOfHead { get; init; } = (head, channel, width, heads) => (head * width) + channel;

    /// <summary>Which of the four projections is used as queries, keys, values and output.</summary>
    public int[] Projections { get; init; } = [0, 1, 2, 3];

    /// <summary>The noise of a share: from the share, its score's noise and the mean of these.</summary>
    public Func<double, double, double, double> ShareNoise { get; init; } = (share, scoreNoise, mean) => share * (scoreNoise - mean);

    /// <summary>What is multiplied into the noise at a depth of places.</summary>
    public Func<int, double> NoiseAtPlace { get; init; } = _ => 1;

    /// <summary>Parameters of its own, of a tensor of so many numbers.</summary>
    public Func<ParameterTensor, int, ulong, uint, double[]> Draw { get; init; } = Drawn;

    /// <summary>Changes drawn weights for the noise.</summary>
    public Func<ParameterTensor, double[], double[]>? WeightsOfNoise { get; init; }

    /// <summary>The signal at which a layer's noise is taken, where parameters are its own.</summary>
    public Func<Layer, Tensor, double[]>? SignalOfNoise { get; init; }

    /// <summary>Reported moments of a tensor of signal and one of noise.</summary>
    public Func<TensorShape, double[], double[], ReportedMoments> Moments { get; init; } = PlainMoments.Compute;

    public static double[] Drawn(ParameterTensor tensor, int length, ulong seed, uint simulation)
    {
        var values = new double[length];
        new RandomParameters<double>(seed, simulation).Fill(tensor, values);
        return values;
    }

    public static int? Beyond(Boundary boundary, int position, int extent, int other) => WrittenOutBoundary.Source(boundary, position, extent);

    /// <summary>Features of one channel over a batch, of a point, of an image, or of a group of its channels.</summary>
    public static IEnumerable<int[]> SetsOf(Norm norm, Tensor input) =>
        norm switch
        {
            BatchNorm => Grouped(input, (_, _, channel) => channel),
            LayerNorm { Over: NormalisedOver.Channels } or RmsNorm { Over: NormalisedOver.Channels } => Grouped(
                input,
                (image, position, _) => (image * input.Positions) + position
            ),
            LayerNorm or RmsNorm => Grouped(input, (image, _, _) => image),
            GroupNorm group => Grouped(input, (image, _, channel) => (image * group.Groups) + (channel / (input.Channels / group.Groups))),
            InstanceNorm => Grouped(input, (image, _, channel) => (image * input.Channels) + channel),
            _ => throw new UnknownLayerException(norm),
        };

    /// <summary>Indices of features that have the same number.</summary>
    public static IEnumerable<int[]> Grouped(Tensor input, Func<int, int, int, int> numberOf) =>
        Enumerable
            .Range(0, input.Signal.Length)
            .GroupBy(i => numberOf(i / input.Channels / input.Positions, i / input.Channels % input.Positions, i % input.Channels))
            .Select(group => group.ToArray());

    public static (double Signal, double Noise) PoolOf(Layer layer, double[] signal, double[] noise)
    {
        if (layer is not MaxPool)
        {
            return (signal.Average(), noise.Average());
        }

        var first = Array.IndexOf(signal, signal.Max());
        return (signal[first], noise[first]);
    }
}
