using Google.Protobuf;
using Wellbehaved.Onnx.Format;
using AttributeType = Wellbehaved.Onnx.Format.AttributeProto.Types.AttributeType;

namespace Wellbehaved.Onnx;

/// <summary>Reads and writes attributes of nodes by name.</summary>
internal static class Attributes
{
    public static AttributeProto? Attribute(this NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    public static long Integer(this NodeProto node, string name, long otherwise) => node.Attribute(name)?.I ?? otherwise;

    public static double Real(this NodeProto node, string name, double otherwise) => node.Attribute(name)?.F ?? otherwise;

    public static string Text(this NodeProto node, string name, string otherwise) => node.Attribute(name)?.S.ToStringUtf8() ?? otherwise;

    public static long[]? Integers(this NodeProto node, string name) => node.Attribute(name)?.Ints.ToArray();

    /// <summary>Removes an attribute.</summary>
    /// <returns>The removed attribute; null if there was none.</returns>
    public static AttributeProto? Take(this NodeProto node, string name)
    {
        var attribute = node.Attribute(name);
        if (attribute is not null)
        {
            node.Attribute.Remove(attribute);
        }

        return attribute;
    }

    public static NodeProto With(this NodeProto node, string name, long value)
    {
        node.Take(name);
        node.Attribute.Add(
            new AttributeProto
            {
                Name = name,
                Type = AttributeType.Int,
                I = value,
            }
        );
        return node;
    }

    public static NodeProto With(this NodeProto node, string name, double value)
    {
        node.Take(name);
        node.Attribute.Add(
            new AttributeProto
            {
                Name = name,
                Type = AttributeType.Float,
                F = (float)value,
            }
        );
        return node;
    }

    public static NodeProto With(this NodeProto node, string name, string value)
    {
        node.Take(name);
        node.Attribute.Add(
            new AttributeProto
            {
                Name = name,
                Type = AttributeType.String,
                S = ByteString.CopyFromUtf8(value),
            }
        );
        return node;
    }

    public static NodeProto With(this NodeProto node, string name, IEnumerable<long> values)
    {
        node.Take(name);
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values);
        node.Attribute.Add(attribute);
        return node;
    }

    /// <summary>The name of a node in messages: its operator, and its name or the first value that it computes.</summary>
    public static string Called(this NodeProto node) => $"{node.OpType} '{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(""))}'";
}
