using Wellbehaved.Networks;

namespace Wellbehaved.Training;

/// <summary>The shapes of the features inside a network.</summary>
internal static class Shapes
{
    /// <summary>Number of features of one input in all layers that keep memory: what training stores of an image for the backward pass.</summary>
    /// <param name="network">The network.</param>
    public static double Kept(Network network)
    {
        var kept = (double)network.Input.Features;
        Walk(network.Layers, network.Input, shape => kept += shape.Features);
        return kept;
    }

    /// <summary>Number of channels of each batch norm, and number of points over which its statistics are taken, in the order of propagation.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Number of images in the batch.</param>
    public static IReadOnlyList<(int Channels, int Points)> BatchNorms(Network network, int images)
    {
        var norms = new List<(int, int)>();
        Walk(
            network.Layers,
            network.Input,
            _ => { },
            (layer, shape) =>
            {
                if (layer is BatchNorm)
                {
                    norms.Add((shape.Channels, checked((int)(shape.Positions * images))));
                }
            }
        );
        return norms;
    }

    private static Shape Walk(Layers layers, Shape input, Action<Shape> reached, Action<Layer, Shape>? passed = null)
    {
        var shape = input;
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        shape = Walk(repeat.Unit, shape, reached, passed);
                    }

                    break;
                case Residual residual:
                    var end = Walk(residual.Branch, shape, reached, passed);
                    Walk(residual.Skip, shape, reached, passed);
                    shape = end;
                    reached(shape);
                    break;
                default:
                    passed?.Invoke(layer, shape);
                    shape = layer.OutputOf(shape);
                    reached(shape);
                    break;
            }
        }

        return shape;
    }
}
