using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A convolution or dense layer whose input and output are both shown.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Input">Index of the place that shows its input; null for the input of the network.</param>
/// <param name="Output">Index of the place that shows its output.</param>
/// <param name="FanIn">Number of weights that add up in one output.</param>
/// <param name="Weights">Number of all its weights.</param>
internal sealed record LinearSite(Layer Layer, int? Input, int Output, long FanIn, long Weights)
{
    /// <summary>The law that its weights and biases are drawn from.</summary>
    public Initialisation Parameters =>
        Layer switch
        {
            Convolution convolution => convolution.Parameters,
            Dense dense => dense.Parameters,
            _ => throw new UnknownLayerException(Layer),
        };

    /// <summary>All such layers of a network, in the order of propagation.</summary>
    public static IReadOnlyList<LinearSite> Collect(Network network) => new Walk(network).Sites;

    /// <summary>Follows the places of a network, and keeps the one that shows the input of the next layer.</summary>
    private sealed class Walk
    {
        private readonly Network _network;
        private int _place;

        public Walk(Network network)
        {
            _network = network;
            Stack(network.Layers, new Seen(true, null), network.Input);
        }

        /// <summary>The sites.</summary>
        public List<LinearSite> Sites { get; } = [];

        private (Seen Seen, Shape Shape) Stack(Networks.Layers layers, Seen seen, Shape shape)
        {
            foreach (var layer in layers)
            {
                switch (layer)
                {
                    case Repeat repeat:
                        for (var repetition = 0; repetition < repeat.Times; repetition++)
                        {
                            (seen, shape) = repeat.Unit.Any(inner => inner is Repeat)
                                ? Stack(repeat.Unit, seen, shape)
                                : Unit(repeat.Unit, Show(), shape, shown: true);
                        }

                        break;
                    case Residual:
                        (seen, shape) = Unit([layer], Show(), shape, shown: true);
                        break;
                    default:
                        (seen, shape) = Pass(layer, seen, shape, shown: true);
                        break;
                }
            }

            return (seen, shape);
        }

        private (Seen Seen, Shape Shape) Unit(Networks.Layers layers, Seen seen, Shape shape, bool shown)
        {
            foreach (var layer in layers)
            {
                switch (layer)
                {
                    case Repeat repeat:
                        for (var repetition = 0; repetition < repeat.Times; repetition++)
                        {
                            (seen, shape) = Unit(repeat.Unit, seen, shape, shown && repetition == 0);
                        }

                        break;
                    case Residual residual:
                        var (_, after) = Unit(residual.Branch, seen, shape, shown);
                        if (shown && _network.Places[_place].Kind == PlaceKind.BranchEnd)
                        {
                            _place++;
                        }

                        Unit(residual.Skip, seen, shape, shown);
                        (seen, shape) = (shown ? Show() : Seen.Nowhere, after);
                        break;
                    default:
                        (seen, shape) = Pass(layer, seen, shape, shown);
                        break;
                }
            }

            return (seen, shape);
        }

        private (Seen Seen, Shape Shape) Pass(Layer layer, Seen seen, Shape shape, bool shown)
        {
            if (layer is Flatten)
            {
                return (seen, layer.OutputOf(shape));
            }

            var after = shown ? Show() : Seen.Nowhere;
            var fanIn = layer switch
            {
                Convolution convolution => convolution.FanInOf(shape.Channels),
                Dense => shape.Channels,
                _ => 0,
            };
            if (fanIn > 0 && seen.Is && after.Is)
            {
                Sites.Add(new(layer, seen.Place, after.Place!.Value, fanIn, fanIn * layer.OutputOf(shape).Channels));
            }

            return (after, layer.OutputOf(shape));
        }

        private Seen Show() => new(true, _place++);

        /// <summary>Whether a tensor is shown, and at which place; null for the input.</summary>
        private readonly record struct Seen(bool Is, int? Place)
        {
            public static Seen Nowhere => default;
        }
    }
}
