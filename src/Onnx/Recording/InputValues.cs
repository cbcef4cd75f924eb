using System.Globalization;
using System.Numerics;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Wellbehaved.Networks;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Determines the shapes of inputs, and creates their values.</summary>
internal static class InputValues
{
    private const int UsualBatch = 8;

    /// <summary>Elements of an input whose bytes, in double precision for signal and noise, an array can still hold.</summary>
    private const long MostElements = int.MaxValue / 8;

    /// <summary>Sets the shape with which each input of a graph is run.</summary>
    /// <exception cref="InvalidInputException">A dimension remains open, a given dimension contradicts the file, or memory cannot hold an input.</exception>
    public static void FixShapes(Graph graph, OnnxOptions options)
    {
        if (options.BatchSize is < 1)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(OnnxOptions.BatchSize)),
                string.Create(CultureInfo.InvariantCulture, $"expected at least 1, got {options.BatchSize}")
            );
        }

        var lengths = new Dictionary<string, long>();
        foreach (var (name, shape) in options.InputShapes)
        {
            Take(graph, name, shape, lengths);
        }

        for (var i = 0; i < graph.Inputs.Count; i++)
        {
            var input = graph.Inputs[i];
            var type = input.Type.TensorType;
            if (type.Shape is null && !options.InputShapes.ContainsKey(input.Name))
            {
                throw new InvalidInputException(
                    ParameterName.Spell(nameof(OnnxOptions.InputShapes)),
                    $"expected the shape of '{input.Name}', which is not in the file; give all of it, batch first, in the form {input.Name}=8x3x32x32"
                );
            }

            var shape =
                options.InputShapes.TryGetValue(input.Name, out var given) ? [.. given]
                : options.ImageShape is { } image && type.Shape?.Dim.Count == 4 && Tensors.IsReal(type.ElemType) ? OfImages(input, image, lengths, options)
                : [.. type.Shape!.Dim.Select((dimension, axis) => Length(input, dimension, axis, lengths, options))];
            graph.Inputs[i] = GraphModel.Input(input.Name, type.ElemType, shape);
            _ = Count(graph, graph.Inputs[i]);
        }
    }

    private static long[] OfImages(ValueInfoProto input, Shape image, Dictionary<string, long> lengths, OnnxOptions options)
    {
        var dimensions = input.Type.TensorType.Shape.Dim;
        long[][] orders =
        [
            [image.Channels, image.Height, image.Width],
            [image.Height, image.Width, image.Channels],
        ];
        return
            orders.FirstOrDefault(order => order.Zip(dimensions.Skip(1)).All(pair => pair.Second.DimValue <= 0 || pair.Second.DimValue == pair.First))
                is { } fitting
            ? [Length(input, dimensions[0], 0, lengths, options), .. fitting]
            : throw new InvalidInputException(
                ParameterName.Spell(nameof(OnnxOptions.InputShapes)),
                $"expected images that fit {Written(dimensions)}, the shape of '{input.Name}', got {image.Height}x{image.Width}x{image.Channels}"
            );
    }

    /// <summary>Creates a value of real numbers or integers for ONNX Runtime.</summary>
    public static OrtValue Value(ValueInfoProto input, ReadOnlySpan<float> elements)
    {
        var type = input.Type.TensorType;
        long[] shape = [.. type.Shape.Dim.Select(dimension => dimension.DimValue)];
        OrtValue value;
        try
        {
            value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)type.ElemType, shape);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidInputException(input.Name, Runtime.NoMemory, error);
        }

        switch ((DataType)type.ElemType)
        {
            case DataType.Float:
                elements.CopyTo(value.GetTensorMutableDataAsSpan<float>());
                break;
            case DataType.Double:
                Copy(elements, value.GetTensorMutableDataAsSpan<double>(), element => element);
                break;
            case DataType.Bool:
                Copy(elements, value.GetTensorMutableDataAsSpan<bool>(), element => element != 0);
                break;
            case DataType.Int8:
                CopyIntegers<sbyte>(elements, value);
                break;
            case DataType.Int16:
                CopyIntegers<short>(elements, value);
                break;
            case DataType.Int32:
                CopyIntegers<int>(elements, value);
                break;
            case DataType.Int64:
                CopyIntegers<long>(elements, value);
                break;
            case DataType.Uint8:
                CopyIntegers<byte>(elements, value);
                break;
            case DataType.Uint16:
                CopyIntegers<ushort>(elements, value);
                break;
            case DataType.Uint32:
                CopyIntegers<uint>(elements, value);
                break;
            case DataType.Uint64:
                CopyIntegers<ulong>(elements, value);
                break;
            default:
                value.Dispose();
                throw new InvalidInputException(input.Name, $"expected an input of real numbers or integers, got type {type.ElemType}");
        }

        return value;
    }

    /// <summary>Inputs of ones, which are valid for all tables and masks, to try a graph with.</summary>
    public static IReadOnlyList<OrtValue> Example(Graph graph) =>
        [
            .. graph.Inputs.Select(input =>
                Value(input, [.. Enumerable.Repeat(Tensors.IsReal(input.Type.TensorType.ElemType) ? 0.5f : 1f, (int)Count(graph, input))])
            ),
        ];

    /// <summary>Number of elements of an input.</summary>
    /// <exception cref="InvalidInputException">They are more than memory can hold.</exception>
    public static long Count(Graph graph, ValueInfoProto input)
    {
        long[] shape = [.. input.Type.TensorType.Shape.Dim.Select(dimension => dimension.DimValue)];
        return Tensors.Count(shape) is { } count and <= MostElements
            ? count
            : throw new InvalidInputException(
                graph.Subject,
                $"expected an input of at most {MostElements} elements, got '{input.Name}' of shape [{string.Join(", ", shape)}]; choose a smaller batch"
            );
    }

    private static void CopyIntegers<T>(ReadOnlySpan<float> elements, OrtValue value)
        where T : unmanaged, IBinaryInteger<T> => Copy(elements, value.GetTensorMutableDataAsSpan<T>(), element => T.CreateTruncating((long)element));

    private static void Copy<T>(ReadOnlySpan<float> elements, Span<T> target, Func<float, T> convert)
    {
        for (var i = 0; i < elements.Length; i++)
        {
            target[i] = convert(elements[i]);
        }
    }

    private static void Take(Graph graph, string name, IReadOnlyList<long> shape, Dictionary<string, long> lengths)
    {
        var input =
            graph.Inputs.Find(input => input.Name == name)
            ?? throw new InvalidInputException(
                ParameterName.Spell(nameof(OnnxOptions.InputShapes)),
                $"expected an input of the file ({string.Join(", ", graph.Inputs.Select(input => input.Name))}), got '{name}'"
            );
        var dimensions = input.Type.TensorType.Shape?.Dim;
        var fits =
            dimensions is null
            || (dimensions.Count == shape.Count && dimensions.Zip(shape).All(pair => pair.First.DimValue <= 0 || pair.First.DimValue == pair.Second));
        if (!fits || shape.Any(length => length < 1))
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(OnnxOptions.InputShapes)),
                $"expected {Written(dimensions)} for '{name}', got [{string.Join(", ", shape)}]"
            );
        }

        for (var axis = 0; axis < (dimensions?.Count ?? 0); axis++)
        {
            if (dimensions![axis].DimParam is { Length: > 0 } parameter)
            {
                lengths[parameter] = shape[axis];
            }
        }
    }

    private static long Length(
        ValueInfoProto input,
        TensorShapeProto.Types.Dimension dimension,
        int axis,
        Dictionary<string, long> lengths,
        OnnxOptions options
    )
    {
        if (dimension.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dimension.DimValue > 0)
        {
            return axis > 0 || options.BatchSize is not { } asked || asked == dimension.DimValue
                ? dimension.DimValue
                : throw new InvalidInputException(
                    ParameterName.Spell(nameof(OnnxOptions.BatchSize)),
                    $"expected {dimension.DimValue}, which the file fixes for '{input.Name}', got {asked}; export it with an open batch"
                );
        }

        if (dimension.DimParam.Length > 0 && lengths.TryGetValue(dimension.DimParam, out var known))
        {
            return known;
        }

        if (axis > 0)
        {
            throw Open(input, Written(input.Type.TensorType.Shape.Dim));
        }

        var batch = options.BatchSize ?? UsualBatch;
        if (dimension.DimParam.Length > 0)
        {
            lengths[dimension.DimParam] = batch;
        }

        return batch;
    }

    private static InvalidInputException Open(ValueInfoProto input, string shape) =>
        new(ParameterName.Spell(nameof(OnnxOptions.InputShapes)), $"expected the shape of '{input.Name}', which the file leaves open: {shape}");

    private static string Written(IEnumerable<TensorShapeProto.Types.Dimension>? dimensions) =>
        dimensions is null ? "[…]" : $"[{string.Join(", ", dimensions.Select(Written))}]";

    private static string Written(TensorShapeProto.Types.Dimension dimension) =>
        dimension.DimValue > 0 ? dimension.DimValue.ToString(CultureInfo.InvariantCulture)
        : dimension.DimParam.Length > 0 ? dimension.DimParam
        : "?";
}
