using System.Collections.Immutable;

namespace Wellbehaved.Networks;

/// <summary>Lists the places of a network in the order of propagation: a branch before its skip, and both before their sum.</summary>
internal sealed class PlaceWalk
{
    private readonly ImmutableArray<Place>.Builder _places;
    private Shape _shape;
    private int _depth;
    private int _next;
    private bool _hasWeights;
    private int _weighted;

    private PlaceWalk(Network network) => (_shape, _places) = (network.Input, ImmutableArray.CreateBuilder<Place>(network.NumberOfPlaces));

    /// <summary>The places of a network.</summary>
    /// <exception cref="InvalidOperationException">There are more or fewer than the description counts, which is a defect.</exception>
    public static ImmutableArray<Place> Collect(Network network)
    {
        var walk = new PlaceWalk(network);
        walk.Stack(network.Layers);

        // The array is taken as it is, without a copy; it is full.
        return walk._places.MoveToImmutable();
    }

    /// <summary>Whether a stack consists of other stacks, whose repetitions are the units.</summary>
    public static bool IsNested(Repeat stack) => stack.Unit.Any(inner => inner is Repeat);

    /// <summary>
    /// Whether the last layer of a branch that has a place is repeated. Then that place shows the first repetition, and the end of the branch has its own
    /// place.
    /// </summary>
    public static bool EndsInRepetition(Layers branch) => LastShown(branch) is (_, true);

    /// <summary>Whether a layer draws parameters, so that it is a unit of its own where it is outside of all other units.</summary>
    public static bool DrawsWeights(Layer layer) => layer is Convolution or Dense or Attention;

    /// <summary>Adds the places of layers outside of every unit.</summary>
    private void Stack(Layers layers)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat when IsNested(repeat):
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Stack(repeat.Unit);
                    }

                    break;
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Enter();
                        Unit(repeat.Unit, shown: true);
                        EndUnit();
                    }

                    break;
                case Residual:
                    Enter();
                    Unit([layer], shown: true);
                    EndUnit();
                    break;
                default:
                    if (DrawsWeights(layer) && _hasWeights)
                    {
                        (_depth, _next) = (_depth + 1, 1);
                    }

                    Pass(layer, shown: true);
                    break;
            }
        }
    }

    private void Enter()
    {
        (_depth, _next) = (_depth + 1, 1);
        Add(PlaceKind.Before, null);
    }

    /// <summary>Marks the last place as the end of the unit. For a unit that changes nothing this is the place before the unit.</summary>
    private void EndUnit() => _places[^1] = _places[^1] with { EndsUnit = true };

    /// <summary>Adds the places of layers of a unit, of a branch or of a skip connection.</summary>
    private void Unit(Layers layers, bool shown)
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
                    var (input, weighted) = (_shape, _weighted);
                    Unit(residual.Branch, shown);
                    if (shown)
                    {
                        EndBranch(residual.Branch);
                    }

                    var longest = _weighted;
                    (_shape, _weighted) = (input, weighted);
                    Unit(residual.Skip, shown);
                    _weighted = Math.Max(longest, _weighted);
                    Pass(residual, shown);
                    break;
                default:
                    Pass(layer, shown);
                    break;
            }
        }
    }

    private void EndBranch(Layers branch)
    {
        if (LastShown(branch) is not var (last, isRepeated))
        {
            return;
        }

        if (isRepeated)
        {
            _places.Add(new Place(_depth, _next, PlaceKind.BranchEnd, last, _shape) { EndsBranch = true, WeightedLayers = _weighted });
        }
        else
        {
            _places[^1] = _places[^1] with { EndsBranch = true };
        }
    }

    /// <summary>
    /// The last layer that has a place, and whether that place shows only the first of several repetitions; null for a branch that changes nothing.
    /// </summary>
    private static (Layer Last, bool IsRepeated)? LastShown(Layers layers)
    {
        foreach (var layer in layers.Reverse())
        {
            switch (layer)
            {
                case Flatten:
                    break;
                case Repeat repeat:
                    if (LastShown(repeat.Unit) is var (last, isRepeated))
                    {
                        return (last, isRepeated || repeat.Times > 1);
                    }

                    break;
                default:
                    return (layer, false);
            }
        }

        return null;
    }

    private void Pass(Layer layer, bool shown)
    {
        _hasWeights |= DrawsWeights(layer);
        _weighted += DrawsWeights(layer) ? 1 : 0;
        if (layer is not Residual)
        {
            _shape = layer.OutputOf(_shape);
        }

        // Flattening changes no value, so the place before it shows the same.
        if (shown && layer is not Flatten)
        {
            Add(PlaceKind.After, layer);
        }
    }

    private void Add(PlaceKind kind, Layer? after) => _places.Add(new Place(_depth, _next++, kind, after, _shape) { WeightedLayers = _weighted });
}
