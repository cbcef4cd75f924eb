using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Writes a network out as the steps of a pass: all repetitions, residuals as a branch, a skip and a sum.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class AdjointWalk<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<AdjointNode<T>> _nodes = [];
    private readonly List<int> _signalOfPlace = [];
    private readonly AdjointFactory<T> _factory;
    private readonly IReadOnlyList<Networks.Place> _places;
    private int _signal;
    private int _signals = 1;
    private int _depth;
    private Shape _shape;

    private AdjointWalk(Network network, AdjointFactory<T> factory) => (_factory, _places, _shape) = (factory, network.Places, network.Input);

    /// <summary>The steps of a network.</summary>
    /// <returns>The steps, and for each place of the network the number of the signal that it shows.</returns>
    public static (AdjointNode<T>[] Nodes, int[] SignalOfPlace) Of(Network network, AdjointFactory<T> factory)
    {
        var walk = new AdjointWalk<T>(network, factory);
        walk.Stack(network.Layers, 0, 1);
        return walk._signalOfPlace.Count == network.Places.Count
            ? ([.. walk._nodes], [.. walk._signalOfPlace])
            : throw new InvalidOperationException($"expected {network.Places.Count} places, got {walk._signalOfPlace.Count}");
    }

    /// <summary>Layers outside of every unit.</summary>
    private void Stack(Layers layers, int unit, int units)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat when repeat.Unit.Any(inner => inner is Repeat):
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Stack(repeat.Unit, repetition, repeat.Times);
                    }

                    break;
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Reach(Networks.PlaceKind.Before, null);
                        Unit(repeat.Unit, shown: true, repetition, repeat.Times);
                    }

                    break;
                case Residual:
                    Reach(Networks.PlaceKind.Before, null);
                    Unit([layer], shown: true, unit, units);
                    break;
                default:
                    Pass(layer, shown: true);
                    break;
            }
        }
    }

    /// <summary>Layers of a unit, of a branch or of a skip.</summary>
    private void Unit(Layers layers, bool shown, int unit, int units)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Unit(repeat.Unit, shown && repetition == 0, repetition, repeat.Times);
                    }

                    break;
                case Residual residual:
                    Branch(residual, shown, unit, units);
                    break;
                default:
                    Pass(layer, shown);
                    break;
            }
        }
    }

    private void Branch(Residual residual, bool shown, int unit, int units)
    {
        var (input, shape, survival) = (_signal, _shape, _factory.Survival(residual));
        Unit(residual.Branch, shown, unit, units);
        if (shown && _places[_signalOfPlace.Count].Kind == Networks.PlaceKind.BranchEnd)
        {
            Reach(Networks.PlaceKind.BranchEnd, null);
        }

        var branch = _signal;
        (_signal, _shape) = (input, shape);
        Unit(residual.Skip, shown, unit, units);
        var sum = new ResidualSum<T>(_factory.Tensor(_shape), residual.SkipScale.ValueAt(unit, units), residual.BranchScale.ValueAt(unit, units), survival);
        Add(null, sum, branch);
        if (shown)
        {
            Reach(Networks.PlaceKind.After, residual);
        }
    }

    private void Pass(Layer layer, bool shown)
    {
        var made = _factory.Make(layer, _shape);
        _shape = layer.OutputOf(_shape);
        if (made is not null)
        {
            Add(made, null, -1);
        }

        if (shown && layer is not Flatten)
        {
            Reach(Networks.PlaceKind.After, layer);
        }
    }

    private void Add(AdjointLayer<T>? layer, ResidualSum<T>? sum, int branch)
    {
        _nodes.Add(new(layer, sum, _signal, branch, _signals, _depth));
        _signal = _signals++;
    }

    /// <summary>The current signal is what the next place shows.</summary>
    private void Reach(Networks.PlaceKind kind, Layer? after)
    {
        var place = _places[_signalOfPlace.Count];
        if (place.Kind != kind || place.Shape != _shape || (after is not null && !ReferenceEquals(place.After, after)))
        {
            throw new InvalidOperationException($"expected the place {place} of {place.Shape}, got {kind} {after?.Word} of {_shape}");
        }

        _depth = place.Depth;
        _signalOfPlace.Add(_signal);
    }
}
