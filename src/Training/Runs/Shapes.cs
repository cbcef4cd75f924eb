using Wellbehaved.Networks;

namespace Wellbehaved.Training;

/// <summary>What shapes the features of a network have on their way.</summary>
internal static class Shapes
{
    /// <summary>Features of one input that the layers with a memory of it hold together: what training keeps of an image for the way back.</summary>
    /// <param name="network">The network.</param>
    public static double Kept(Network network)
    {
        var kept = (double)network.Input.Features;
        Walk(network.Layers, network.Input, shape => kept += shape.Features);
        return kept;
    }

    /// <summary>Channels of each batch norm, and the points of a batch that its statistics are taken over, in the order of propagation.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Images in the batch.</param>
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
