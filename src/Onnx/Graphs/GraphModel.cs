using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Writes parts of a graph as models that ONNX Runtime loads.</summary>
internal static class GraphModel
{
    /// <summary>The version of the file format that is written; it is valid for all operators in use.</summary>
    private const long FormatVersion = 8;

    /// <summary>A model of some nodes.</summary>
    /// <param name="graph">The graph with their constants and their version of operators.</param>
    /// <param name="nodes">The nodes, in order.</param>
    /// <param name="inputs">The inputs, which are given at each run.</param>
    /// <param name="outputs">Names of the values to compute; ONNX Runtime infers their types.</param>
    public static ModelProto Write(Graph graph, IEnumerable<NodeProto> nodes, IEnumerable<ValueInfoProto> inputs, IEnumerable<string> outputs)
    {
        var model = new ModelProto
        {
            IrVersion = FormatVersion,
            Graph = new GraphProto { Name = "graph" },
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = graph.Opset });
        model.Graph.Node.AddRange(nodes);
        model.Graph.Input.AddRange(inputs);
        model.Graph.Output.AddRange(outputs.Select(name => new ValueInfoProto { Name = name }));
        var given = model.Graph.Input.Select(input => input.Name).ToHashSet();
        foreach (var name in model.Graph.Node.SelectMany(Graph.Uses).Concat(model.Graph.Output.Select(output => output.Name)).Distinct())
        {
            if (graph.Constants.TryGetValue(name, out var tensor) && given.Add(name))
            {
                model.Graph.Initializer.Add(tensor);
            }
        }

        return model;
    }

    /// <summary>The declaration of an input.</summary>
    public static ValueInfoProto Input(string name, int type, IEnumerable<long> dimensions)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dimensions.Select(dimension => new TensorShapeProto.Types.Dimension { DimValue = dimension }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape },
            },
        };
    }
}
