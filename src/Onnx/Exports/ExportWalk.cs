using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Onnx.Format;
using PlaceKind = Wellbehaved.Networks.PlaceKind;

namespace Wellbehaved.Onnx;

/// <summary>Goes through a description in the order in which the model draws parameters, and remembers the value at each place.</summary>
internal sealed class ExportWalk
{
    private readonly Network _network;
    private readonly ExportedLayers _layers;
    private readonly List<string> _places = [];
    private string _value = "x";
    private Shape _shape;

    public ExportWalk(Network network, IParameterSource<float> parameters)
    {
        (_network, _shape) = (network, network.Input);
        _layers = new ExportedLayers(network, parameters);
    }

    /// <summary>Writes the graph; the value at each of the network's places comes with it.</summary>
    public (GraphProto Graph, IReadOnlyList<string> Places) Run()
    {
        Stack(_network.Layers, 0, 1);
        if (_places.Count != _network.Places.Count)
        {
            throw new InvalidOperationException($"expected {_network.Places.Count} places, got {_places.Count}");
        }

        var graph = _layers.Graph;
        graph.Name = _network.Name;
        graph.Node.Add(ExportedLayers.NodeOf("Identity", "y", _value));
        graph.Output.Add(new ValueInfoProto { Name = "y" });
        return (graph, _places);
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
                        Reach(PlaceKind.Before);
                        Unit(repeat.Unit, shown: true, repetition, repeat.Times);
                    }

                    break;
                case Residual:
                    Reach(PlaceKind.Before);
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
                    Sum(residual, shown, unit, units);
                    break;
                default:
                    Pass(layer, shown);
                    break;
            }
        }
    }

    private void Sum(Residual residual, bool shown, int unit, int units)
    {
        var (input, shape) = (_value, _shape);
        var survives = residual.Survival < 1 ? _layers.Next()[0] : 1;
        Unit(residual.Branch, shown, unit, units);
        if (shown && _network.Places[_places.Count].Kind == PlaceKind.BranchEnd)
        {
            Reach(PlaceKind.BranchEnd);
        }

        var branch = _value;
        (_value, _shape) = (input, shape);
        Unit(residual.Skip, shown, unit, units);
        var scaled = _layers.Scaled(branch, residual.BranchScale.ValueAt(unit, units) * survives);
        _value = _layers.Node("Add", _layers.Scaled(_value, residual.SkipScale.ValueAt(unit, units)), scaled);
        if (shown)
        {
            Reach(PlaceKind.After);
        }
    }

    private void Pass(Layer layer, bool shown)
    {
        _value = _layers.Write(layer, _value, _shape);
        _shape = layer.OutputOf(_shape);
        if (shown && layer is not Flatten)
        {
            Reach(PlaceKind.After);
        }
    }

    private void Reach(PlaceKind kind)
    {
        var place = _network.Places[_places.Count];
        if (place.Kind != kind || place.Shape != _shape)
        {
            throw new InvalidOperationException($"expected the place {place}, got {kind} of {_shape}");
        }

        _places.Add(_value);
    }
}
