using Google.Protobuf;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Reads the value of a Constant node.</summary>
internal static class ConstantNode
{
    /// <summary>The value as a tensor; null where it is sparse or missing.</summary>
    public static TensorProto? Value(NodeProto node)
    {
        foreach (var attribute in node.Attribute)
        {
            switch (attribute.Name)
            {
                case "value":
                    return attribute.T;
                case "value_float":
                    return Tensors.FromReals(DataType.Float, [], [attribute.F]);
                case "value_floats":
                    return Tensors.FromReals(DataType.Float, [attribute.Floats.Count], [.. attribute.Floats.Select(value => (double)value)]);
                case "value_int":
                    var scalar = Tensors.FromIntegers(attribute.I);
                    scalar.Dims.Clear();
                    return scalar;
                case "value_ints":
                    return Tensors.FromIntegers([.. attribute.Ints]);
                case "value_string" or "value_strings":
                    var text = new TensorProto { DataType = (int)DataType.String };
                    text.StringData.AddRange(attribute.Name == "value_string" ? [attribute.S] : (IEnumerable<ByteString>)attribute.Strings);
                    if (attribute.Name == "value_strings")
                    {
                        text.Dims.Add(attribute.Strings.Count);
                    }

                    return text;
            }
        }

        return null;
    }
}
