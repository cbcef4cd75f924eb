using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A layer of a described network whose input and output have places.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Before">Index of the place that shows its input; -1 for the input of the network.</param>
/// <param name="After">Index of the place that shows its output.</param>
internal sealed record ShownLayer(Layer Layer, int Before, int After)
{
    /// <summary>Whether there is a flattening between the place before the layer and the layer: the same numbers, all in one position.</summary>
    public bool Flattened { get; init; }

    /// <summary>Index of the first of its arrays among all parameters of the network.</summary>
    public int FirstParameter { get; init; }

    /// <summary>The layer's input, as a subject has shown it.</summary>
    public WrittenOutFeatures InputOf(NetworkTrace trace)
    {
        var shape = Before < 0 ? trace.Input.Shape : trace.Snapshots[Before].Shape;
        var (signal, noise) = Before < 0 ? (trace.Input.Signal, trace.Input.Noise) : (trace.Snapshots[Before].Signal, trace.Snapshots[Before].Noise);
        var features = new WrittenOutFeatures(shape.Images, shape.Height, shape.Width, shape.Channels, signal, noise);
        return Flattened ? WrittenOutFlatten.Propagate(features) : features;
    }

    /// <summary>The layer's output, as a subject has shown it.</summary>
    public WrittenOutFeatures OutputOf(NetworkTrace trace)
    {
        var after = trace.Snapshots[After];
        return new(after.Shape.Images, after.Shape.Height, after.Shape.Width, after.Shape.Channels, after.Signal, after.Noise);
    }

    /// <summary>All layers of a network whose input and output have places, in the order of propagation.</summary>
    public static IReadOnlyList<ShownLayer> Collect(Network network)
    {
        var walk = new Walk(network);
        walk.Stack(network.Layers);
        return walk.All;
    }

    /// <summary>
    /// All residual units of a network that survive by chance, have constant scales and the identity as their skip, and whose input, branch and sum have
    /// places.
    /// </summary>
    public static IReadOnlyList<ShownBranch> CollectBranches(Network network)
    {
        var walk = new Walk(network);
        walk.Stack(network.Layers);
        return walk.Branches;
    }

    /// <summary>Numbers the places as <see cref="SiteWalk"/> does.</summary>
    private sealed class Walk(Network network)
    {
        private int _place;
        private int? _last = -1;
        private int _parameter;
        private bool _flattened;

        public List<ShownLayer> All { get; } = [];

        public List<ShownBranch> Branches { get; } = [];

        public void Stack(Networks.Layers layers)
        {
            foreach (var layer in layers)
            {
                switch (layer)
                {
                    case Repeat repeat:
                        for (var repetition = 0; repetition < repeat.Times; repetition++)
                        {
                            if (repeat.Unit.Any(inner => inner is Repeat))
                            {
                                Stack(repeat.Unit);
                            }
                            else
                            {
                                Reach();
                                Unit(repeat.Unit, shown: true);
                            }
                        }

                        break;
                    case Residual:
                        Reach();
                        Unit([layer], shown: true);
                        break;
                    default:
                        Unit([layer], shown: true);
                        break;
                }
            }
        }

        private void Unit(Networks.Layers layers, bool shown)
        {
            foreach (var layer in layers)
            {
                switch (layer)
                {
                    case Repeat repeat:
                        for (var repetition = 0; repetition < repeat.Times; repetition++)
                        {
                            Unit(repeat.Unit, shown && repetition == 0);
                        }

                        break;
                    case Residual residual:
                        Add(residual, shown);
                        break;
                    case Flatten:
                        _flattened = true;
                        break;
                    default:
                        if (shown && _last is { } before)
                        {
                            All.Add(new(layer, before, _place) { Flattened = _flattened, FirstParameter = _parameter });
                        }

                        _parameter += SiteWalk.Needed(layer);
                        Pass(shown);
                        break;
                }
            }
        }

        private void Add(Residual residual, bool shown)
        {
            var (input, flattened) = (_last, _flattened);
            _parameter += residual.Survival < 1 ? 1 : 0;
            Unit(residual.Branch, shown);
            var end = _flattened ? null : _last;
            if (shown && network.Places[_place].Kind == PlaceKind.BranchEnd)
            {
                end = _place++;
            }

            (_last, _flattened) = (input, flattened);
            Unit(residual.Skip, shown);
            if (
                shown
                && !flattened
                && input is { } before
                && end is { } branch
                && residual
                    is {
                        Skip.Count: 0,
                        Survival: >= DrawnMask.LeastKeep and < 1,
                        SkipScale.Rule: ScaleRule.Constant,
                        BranchScale: { Rule: ScaleRule.Constant, Value: not 0 }
                    }
            )
            {
                Branches.Add(new(residual, before, branch, _place));
            }

            Pass(shown);
        }

        private void Reach()
        {
            var flattened = _flattened;
            Pass(shown: true);
            _flattened = flattened;
        }

        /// <summary>Passes a layer. After a layer that is not shown, the tensor is unknown up to the next place.</summary>
        private void Pass(bool shown)
        {
            _last = shown ? _place++ : null;
            _flattened = false;
        }
    }
}
