using Wellbehaved.Networks;

namespace Wellbehaved.Bench;

/// <summary>What a piece of work takes at least: for each of its steps multiplications with additions, and bytes that go to or come from memory.</summary>
/// <param name="Steps">The steps, of each the operations (two for a multiply-add) and the bytes.</param>
internal sealed record Cost(IReadOnlyList<(double Operations, double Bytes)> Steps)
{
    /// <summary>Bytes of a feature in single precision, of signal and noise.</summary>
    private const double BytesOfBoth = 2 * sizeof(float);

    /// <summary>Of one step.</summary>
    public Cost(double operations, double bytes)
        : this([(operations, bytes)]) { }

    /// <summary>All operations.</summary>
    public double Operations => Steps.Sum(step => step.Operations);

    /// <summary>
    /// Signal and noise through a network: each layer reads its input and writes its output once, products are counted as those of direct convolution.
    /// A product of attention has two terms for the noise. Weights count where memory must deliver them, which it does where they are not drawn.
    /// </summary>
    public static Cost Propagation(Network network, int images) =>
        new([.. Walk(network.Layers, network.Input).Select(step => Step(step.Layer, step.Input, images))]);

    /// <summary>
    /// The signal forward, a gradient backward, and the gradients of weights: three products of signals, and twice as much to read and write.
    /// </summary>
    public static Cost TrainingStep(Network network, int images) =>
        new([.. Propagation(network, images).Steps.Select(step => (1.5 * step.Operations, 1.5 * step.Bytes))]);

    /// <summary>The same several times.</summary>
    public Cost Times(double times) => new([.. Steps.Select(step => (times * step.Operations, times * step.Bytes))]);

    /// <summary>Seconds that a machine takes at least.</summary>
    public double Seconds(Machine machine) => Steps.Sum(step => Math.Max(step.Operations / machine.MatrixPeak, step.Bytes / machine.Bandwidth));

    /// <summary>What binds most of that time.</summary>
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
    /// The layers in the order of propagation with the shape of their input; of a residual its branch, its skip, then its sum, whose shape stands for the
    /// input's.
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
                    // It moves nothing.
                    break;
                default:
                    yield return (layer, shape);
                    break;
            }

            shape = layer.OutputOf(shape);
        }
    }
}
