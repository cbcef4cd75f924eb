using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Converts a graph to another precision: half precision is run in single precision.</summary>
internal static class Precision
{
    /// <summary>Changes types in place.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="from">Types of real numbers to change.</param>
    /// <param name="to">Single or double precision.</param>
    public static void Change(Graph graph, IReadOnlyCollection<DataType> from, DataType to)
    {
        foreach (var (name, tensor) in graph.Constants.Where(pair => from.Contains((DataType)pair.Value.DataType)).ToList())
        {
            var changed = Tensors.FromReals(to, tensor.Dims, Tensors.Reals(tensor));
            changed.Name = tensor.Name;
            graph.Constants[name] = changed;
        }

        foreach (var input in graph.Inputs.Where(input => from.Contains((DataType)input.Type.TensorType.ElemType)))
        {
            input.Type.TensorType.ElemType = (int)to;
        }

        ChangeNodes(graph.Nodes, from, to);
    }

    private static void ChangeNodes(IEnumerable<NodeProto> nodes, IReadOnlyCollection<DataType> from, DataType to)
    {
        foreach (var node in nodes)
        {
            foreach (var attribute in node.Attribute)
            {
                ChangeAttribute(attribute, from, to);
            }

            foreach (var inner in Graph.Inside(node))
            {
                ChangeNodes(inner.Node, from, to);
                foreach (var initializer in inner.Initializer.Where(initializer => from.Contains((DataType)initializer.DataType)).ToList())
                {
                    var changed = Tensors.FromReals(to, initializer.Dims, Tensors.Reals(initializer));
                    changed.Name = initializer.Name;
                    inner.Initializer[inner.Initializer.IndexOf(initializer)] = changed;
                }
            }
        }
    }

    private static void ChangeAttribute(AttributeProto attribute, IReadOnlyCollection<DataType> from, DataType to)
    {
        if (attribute.Name is "to" or "dtype" && from.Contains((DataType)attribute.I))
        {
            attribute.I = (long)to;
        }

        if (attribute.T is { } tensor && from.Contains((DataType)tensor.DataType))
        {
            attribute.T = Tensors.FromReals(to, tensor.Dims, Tensors.Reals(tensor));
        }
    }
}
