using Wellbehaved.Networks;

namespace Wellbehaved.Bench;

/// <summary>The least that a piece of work costs: for each step its operations, and the bytes that go to or come from memory.</summary>
/// <param name="Steps">The steps: for each one its operations (two for a multiply-add) and its bytes.</param>
internal sealed record Cost(IReadOnlyList<(double Operations, double Bytes)> Steps)
{
    /// <summary>Bytes of a feature in single precision, of signal and noise.</summary>
    private const double BytesOfBoth = 2 * sizeof(float);

    /// <summary>The cost of one step.</summary>
    public Cost(double operations, double bytes)
        : this([(operations, bytes)]) { }

    /// <summary>All operations.</summary>
    public double Operations => Steps.Sum(step => step.Operations);

    /// <summary>
    /// Signal and noise through a network: each layer reads its input and writes its output once, and products are counted as those of a direct convolution.
    /// A product of attention has two terms for the noise. Bytes of weights count only where weights are read from memory, that is, where they are not drawn.
    /// </summary>
    public static Cost Propagation(Network network, int images) =>
        new([.. Walk(network.Layers, network.Input).Select(step => Step(step.Layer, step.Input, images))]);

    /// <summary>
    /// The signal forward, a gradient backward, and the gradients of weights: three products of the signal's size, and twice as many bytes to read and write.
    /// </summary>
    public static Cost TrainingStep(Network network, int images) =>
        new([.. Propagation(network, images).Steps.Select(step => (1.5 * step.Operations, 1.5 * step.Bytes))]);

    /// <summary>The same several times.</summary>
    public Cost Times(double times) => new([.. Steps.Select(step => (times * step.Operations, times * step.Bytes))]);

    /// <summary>The least number of seconds that a machine takes.</summary>
    public double Seconds(Machine machine) => Steps.Sum(step => Math.Max(step.Operations / machine.MatrixPeak, step.Bytes / machine.Bandwidth));

    /// <summary>Which limit of the machine determines most of that time.</summary>
    public string Bound(Machine machine)
    {
        var arithmetic = Steps
            .Where(step => step.Operations / machine.MatrixPeak > step.Bytes / machine.Bandwidth)
            .Sum(step => step.Operations / machine.MatrixPeak);
        return 2 * arithmetic > Seconds(machine) ? "arithmetic" : "memory";
    }

    private static (double Operations, double Bytes) Step(Layer layer, Shape input, int images)
    {
        var output = layer is Residual ? input : layer.OutputOf(input);
        var products = layer switch
        {
            Residual => 0,
            Attention => (double)input.Features * ((8.0 * input.Channels) + (6.0 * input.Positions)),
            _ => 2 * Networks.Operations.MultiplyAdds(layer, input),
        };

        // A sum reads both branches.
        var features = layer is Residual ? 3.0 * input.Features : (double)input.Features + output.Features;
        return (2 * images * products, BytesOfBoth * images * features);
    }

    /// <summary>
    /// The layers in the order of propagation, each with the shape of its input. A residual layer gives its branch, its skip connection, and then its sum; the
    /// sum comes with the shape of its output.
    /// </summary>
    private static IEnumerable<(Layer Layer, Shape Input)> Walk(Layers layers, Shape input)
    {
        var shape = input;
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        foreach (var step in Walk(repeat.Unit, shape))
                        {
                            yield return step;
                        }

                        shape = repeat.Unit.Aggregate(shape, (current, one) => one.OutputOf(current));
                    }

                    continue;
                case Residual residual:
                    foreach (var step in Walk(residual.Branch, shape).Concat(Walk(residual.Skip, shape)))
                    {
                        yield return step;
                    }

                    yield return (residual, residual.OutputOf(shape));
                    break;
                case Flatten:
                    // It moves no data.
                    break;
                default:
                    yield return (layer, shape);
                    break;
            }

            shape = layer.OutputOf(shape);
        }
    }
}
