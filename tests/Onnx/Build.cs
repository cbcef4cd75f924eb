using Google.Protobuf;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Tests.Onnx;

/// <summary>Writes small models.</summary>
internal static class Build
{
    /// <summary>A node.</summary>
    public static NodeProto Node(string operation, string[] inputs, params string[] outputs)
    {
        var node = new NodeProto { OpType = operation, Name = operation.ToLowerInvariant() };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        return node;
    }

    /// <summary>An input of numbers in single precision; a negative length is open.</summary>
    public static ValueInfoProto Input(string name, params long[] shape) => Input(name, DataType.Float, shape);

    /// <summary>An input; a negative length is open.</summary>
    public static ValueInfoProto Input(string name, DataType type, params long[] shape)
    {
        var input = GraphModel.Input(name, (int)type, shape);
        foreach (var dimension in input.Type.TensorType.Shape.Dim.Where(dimension => dimension.DimValue < 0).ToList())
        {
            dimension.DimParam = dimension.DimValue == -1 ? "n" : "t";
        }

        return input;
    }

    /// <summary>A tensor of numbers that depend on its name alone.</summary>
    public static TensorProto Tensor(string name, double deviation, params long[] shape)
    {
        var values = new double[shape.Aggregate(1L, (count, length) => count * length)];
        new Wellbehaved.Model.RandomNumbers(
            (ulong)name.Sum(letter => letter),
            0,
            (uint)name.Length,
            Wellbehaved.Model.RandomPurpose.Weights
        ).FillNormal<double>(values, deviation);
        return Tensor(name, values, shape);
    }

    /// <summary>A tensor.</summary>
    public static TensorProto Tensor(string name, double[] values, params long[] shape)
    {
        var tensor = Tensors.FromReals(DataType.Float, shape, values);
        tensor.Name = name;
        return tensor;
    }

    /// <summary>A vector of integers.</summary>
    public static TensorProto Integers(string name, params long[] values)
    {
        var tensor = Tensors.FromIntegers(values);
        tensor.Name = name;
        return tensor;
    }

    /// <summary>A node with a graph inside.</summary>
    public static NodeProto With(this NodeProto node, string name, IEnumerable<TensorProto> tensors, IEnumerable<NodeProto> nodes, params string[] outputs)
    {
        var graph = new GraphProto { Name = name };
        graph.Initializer.AddRange(tensors);
        graph.Node.AddRange(nodes);
        graph.Output.AddRange(outputs.Select(output => new ValueInfoProto { Name = output }));
        node.Attribute.Add(
            new AttributeProto
            {
                Name = name,
                Type = AttributeProto.Types.AttributeType.Graph,
                G = graph,
            }
        );
        return node;
    }

    /// <summary>A truth value.</summary>
    public static TensorProto Truth(string name, bool value)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Bool };
        tensor.Int32Data.Add(value ? 1 : 0);
        return tensor;
    }

    /// <summary>A model; its outputs are those of its last node.</summary>
    public static ModelProto Model(int opset, IEnumerable<ValueInfoProto> inputs, IEnumerable<TensorProto> tensors, params IEnumerable<NodeProto> nodes)
    {
        var model = new ModelProto
        {
            IrVersion = 8,
            Graph = new GraphProto { Name = "net" },
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        model.Graph.Input.AddRange(inputs);
        model.Graph.Initializer.AddRange(tensors);
        model.Graph.Node.AddRange(nodes);
        model.Graph.Output.AddRange(model.Graph.Node[^1].Output.Where(name => name.Length > 0).Select(name => new ValueInfoProto { Name = name }));
        return model;
    }

    /// <summary>Writes a model to a file.</summary>
    public static string Save(this ModelProto model, string path)
    {
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }
}
