using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Weights and biases of a single layer, read from what it does with inputs that are 1 in one channel of one position, and with zeros.</summary>
/// <remarks>
/// Such an input shows weights as they are, of a layer of any width, without equations to be solved. In a convolution with groups one channel of each group is
/// 1 in the same image, since no output reads two of them.
/// </remarks>
internal sealed class ReadWeights
{
    private ReadWeights(int outputs, int groups, int taps) => (Outputs, Groups, Taps) = (new double[outputs][], groups, taps);

    /// <summary>The weights of each output that were read, tap by tap for each input in turn.</summary>
    public double[][] Outputs { get; }

    /// <summary>Number of groups.</summary>
    public int Groups { get; }

    /// <summary>Number of weights from one input to one output.</summary>
    public int Taps { get; }

    /// <summary>The bias of each output.</summary>
    public double[] Biases { get; private init; } = [];

    /// <summary>Bound of the error of a weight or bias of an output, relative to the norm of the weights from one input.</summary>
    public double Error { get; private init; }

    /// <summary>u. A weight is read as a sum with its bias less that bias, and so errs by u times the sum as well.</summary>
    public double UnitRoundoff { get; private init; }

    /// <summary>The network of a single layer, on images in which its whole kernel can be seen.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="layer">A dense layer, or a convolution of stride 1 without dilation.</param>
    /// <param name="channels">Its input channels.</param>
    public static Network Alone(string name, Layer layer, int channels) =>
        new(name, layer is Convolution { Kernel: var kernel } ? new(2 * kernel, (2 * kernel) + 1, channels) : new(1, 1, channels), [layer]);

    /// <summary>Number of inputs that are 1 in turn: all channels of a group, or so many of them.</summary>
    public static int InputsOf(Network network, int most) => Math.Min(most, network.Input.Channels / GroupsOf(network));

    /// <summary>The input: in image i the ith channel of each group is 1 at one position, and the last image is 0.</summary>
    /// <param name="network">The network of a single layer.</param>
    /// <param name="inputs">Channels of a group that are 1 in turn.</param>
    /// <param name="first">The first of them; they follow each other around.</param>
    public static Batch Input(Network network, int inputs, int first)
    {
        var (shape, groups) = (new TensorShape(inputs + 1, network.Input.Height, network.Input.Width, network.Input.Channels), GroupsOf(network));
        var (signal, perGroup) = (new double[shape.Elements], network.Input.Channels / groups);
        var centre = (network.Input.Height / 2 * network.Input.Width) + (network.Input.Width / 2);
        for (var image = 0; image < inputs; image++)
        {
            for (var group = 0; group < groups; group++)
            {
                var channel = (group * perGroup) + ((first + image) % perGroup);
                signal[(((image * network.Input.Height * network.Input.Width) + centre) * network.Input.Channels) + channel] = 1;
            }
        }

        // Noise as it is elsewhere; nothing is read from it.
        return new(shape, signal, Batch.Normal(shape.Elements, (ulong)first, (uint)inputs, RandomPurpose.InputNoise));
    }

    /// <summary>Reads the weights.</summary>
    /// <param name="trace">A propagation of <see cref="Input"/>.</param>
    /// <param name="unitRoundoff">u.</param>
    public static ReadWeights Read(NetworkTrace trace, double unitRoundoff)
    {
        var (network, shown) = (trace.Network, trace.Snapshots[0].Shape);
        var kernel = KernelOf(network);
        var (inputs, outputs) = (shown.Images - 1, shown.Channels);
        var read = new ReadWeights(outputs, GroupsOf(network), kernel * kernel)
        {
            // All channels but one are 0, whose transforms and products are 0 exactly: sums over channels round nothing.
            Error = Roundings.Gamma(
                kernel == 1
                    ? 6
                    : Math.Max(FourierRounding.OfConvolution(shown.Height, shown.Width, 1, kernel), kernel == 3 ? WinogradRounding.OfConvolution(1) : 0),
                unitRoundoff
            ),
            UnitRoundoff = unitRoundoff,
            Biases = [.. Enumerable.Range(0, outputs).Select(output => At(inputs, 0, 0, output))],
        };
        var (row, column, before) = (network.Input.Height / 2, network.Input.Width / 2, (kernel - 1) / 2);
        for (var output = 0; output < outputs; output++)
        {
            var weights = new double[inputs * kernel * kernel];
            for (var i = 0; i < weights.Length; i++)
            {
                // Tap (a, b) of the output at (row + before - a, column + before - b) meets the 1.
                var (image, tap) = (i / (kernel * kernel), i % (kernel * kernel));
                weights[i] = At(image, row + before - (tap / kernel), column + before - (tap % kernel), output) - read.Biases[output];
            }

            read.Outputs[output] = weights;
        }

        return read;

        double At(int image, int i, int j, int channel) => trace.Snapshots[0].Signal[(((((image * shown.Height) + i) * shown.Width) + j) * outputs) + channel];
    }

    private static int KernelOf(Network network) =>
        network.Layers[0] switch
        {
            Dense => 1,
            Convolution { Stride: 1, Dilation: 1 } convolution => convolution.Kernel,
            var layer => throw new UnknownLayerException(layer),
        };

    private static int GroupsOf(Network network) =>
        network.Layers[0] is Convolution { Groups: var groups }
            ? groups == Convolution.EachChannel
                ? network.Input.Channels
                : groups
            : 1;
}
