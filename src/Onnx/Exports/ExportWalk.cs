using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Walks through a description in the order in which the model draws parameters, and records the value at each place.</summary>
internal sealed class ExportWalk : NetworkWalk
{
    private readonly string _name;
    private readonly ExportedLayers _layers;
    private readonly List<string> _places = [];
    private string _value = "x";

    public ExportWalk(Network network, IParameterSource<float> parameters)
        : base(network) => (_name, _layers) = (network.Name, new ExportedLayers(network, parameters));

    /// <summary>Writes the graph; returns it together with the value at each of the network's places.</summary>
    public (GraphProto Graph, IReadOnlyList<string> Places) Run()
    {
        Walk();
        var graph = _layers.Graph;
        graph.Name = _name;
        graph.Node.Add(ExportedLayers.NodeOf("Identity", "y", _value));
        graph.Output.Add(new ValueInfoProto { Name = "y" });
        return (graph, _places);
    }

    /// <inheritdoc/>
    protected override void Sum(Residual residual, int unit, int units, Action branch, Action skip)
    {
        var input = _value;
        var survives = residual.Survival < 1 ? _layers.Next()[0] : 1;
        branch();
        var branchEnd = _value;
        _value = input;
        skip();
        var scaled = _layers.Scaled(branchEnd, residual.BranchScale.ValueAt(unit, units) * survives);
        _value = _layers.Node("Add", _layers.Scaled(_value, residual.SkipScale.ValueAt(unit, units)), scaled);
    }

    /// <inheritdoc/>
    protected override void Pass(Layer layer, Shape input) => _value = _layers.Write(layer, _value, input);

    /// <inheritdoc/>
    protected override void Show(int index, Networks.Place place) => _places.Add(_value);
}
