using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Reads the elements of the tensors in a model file, which may be in different fields.</summary>
internal static class Tensors
{
    /// <summary>The one number of a tensor, real or an integer, as the exponent of a power may be; null for another number of elements.</summary>
    public static double? Number(TensorProto tensor) =>
        IsReal(tensor.DataType)
            ? Reals(tensor) is [var real]
                ? real
                : null
            : Integers(tensor) is [var integer]
                ? integer
                : null;

    /// <summary>Bytes of an element; 0 for types that are not read (text, complex numbers, types of later versions).</summary>
    public static int ElementBytes(DataType type) =>
        type switch
        {
            DataType.Float or DataType.Int32 or DataType.Uint32 => 4,
            DataType.Double or DataType.Int64 or DataType.Uint64 => 8,
            DataType.Float16 or DataType.Bfloat16 or DataType.Int16 or DataType.Uint16 => 2,
            DataType.Int8 or DataType.Uint8 or DataType.Bool => 1,
            _ => 0,
        };

    /// <summary>Whether values of a type can have noise.</summary>
    public static bool IsReal(int type) => (DataType)type is DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16;

    /// <summary>Number of elements; null if a dimension is negative or the product exceeds 2⁴⁰.</summary>
    public static long? Count(IEnumerable<long> dimensions)
    {
        var count = 1L;
        foreach (var dimension in dimensions)
        {
            if (dimension < 0 || (dimension > 0 && count > (1L << 40) / dimension))
            {
                return null;
            }

            count *= dimension;
        }

        return count;
    }

    /// <summary>The elements of a tensor of real numbers, in double precision.</summary>
    public static double[] Reals(TensorProto tensor) =>
        (DataType)tensor.DataType switch
        {
            DataType.Float when tensor.RawData.IsEmpty => [.. tensor.FloatData.Select(value => (double)value)],
            DataType.Float => Read(tensor, 4, bytes => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes)),
            DataType.Double when tensor.RawData.IsEmpty => [.. tensor.DoubleData],
            DataType.Double => Read(tensor, 8, bytes => BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
            DataType.Float16 when tensor.RawData.IsEmpty => [.. tensor.Int32Data.Select(bits => (double)BitConverter.UInt16BitsToHalf((ushort)bits))],
            DataType.Float16 => Read(tensor, 2, bytes => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
            DataType.Bfloat16 when tensor.RawData.IsEmpty => [.. tensor.Int32Data.Select(bits => (double)BitConverter.Int32BitsToSingle(bits << 16))],
            DataType.Bfloat16 => Read(tensor, 2, bytes => (double)BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16)),
            _ => throw new ArgumentException($"expected a tensor of real numbers, got type {tensor.DataType}", nameof(tensor)),
        };

    /// <summary>The elements of a tensor of integers or truth values; null for other types.</summary>
    public static long[]? Integers(TensorProto tensor) =>
        (DataType)tensor.DataType switch
        {
            DataType.Int64 when tensor.RawData.IsEmpty => [.. tensor.Int64Data],
            DataType.Int64 => Read(tensor, 8, bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes)),
            DataType.Int32 when !tensor.RawData.IsEmpty => Read(tensor, 4, bytes => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes)),
            DataType.Bool or DataType.Uint8 when !tensor.RawData.IsEmpty => Read(tensor, 1, bytes => (long)bytes[0]),
            DataType.Int32 or DataType.Bool or DataType.Uint8 => [.. tensor.Int32Data.Select(value => (long)value)],
            _ => null,
        };

    /// <summary>The elements of a tensor of numbers in their binary form.</summary>
    public static byte[] Bytes(TensorProto tensor)
    {
        if (!tensor.RawData.IsEmpty)
        {
            return tensor.RawData.ToByteArray();
        }

        if (IsReal(tensor.DataType))
        {
            return FromReals((DataType)tensor.DataType, tensor.Dims, Reals(tensor)).RawData.ToByteArray();
        }

        var width = ElementBytes((DataType)tensor.DataType);
        return
        [
            .. (
                tensor.Int64Data.Count > 0 ? tensor.Int64Data
                : tensor.Uint64Data.Count > 0 ? tensor.Uint64Data.Select(value => (long)value)
                : tensor.Int32Data.Select(value => (long)value)
            ).SelectMany(value => BitConverter.GetBytes(value).Take(width)),
        ];
    }

    /// <summary>A tensor of real numbers, in single or double precision.</summary>
    public static TensorProto FromReals(DataType type, IEnumerable<long> dimensions, ReadOnlySpan<double> values)
    {
        var tensor = new TensorProto { DataType = (int)type };
        tensor.Dims.AddRange(dimensions);
        var bytes = new byte[values.Length * ElementBytes(type)];
        for (var i = 0; i < values.Length; i++)
        {
            if (type == DataType.Double)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), values[i]);
            }
            else
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), (float)values[i]);
            }
        }

        tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
        return tensor;
    }

    /// <summary>A vector of integers, for operators that take axes or shapes.</summary>
    public static TensorProto FromIntegers(params ReadOnlySpan<long> values)
    {
        var tensor = new TensorProto { DataType = (int)DataType.Int64, RawData = UnsafeByteOperations.UnsafeWrap(MemoryMarshal.AsBytes(values).ToArray()) };
        tensor.Dims.Add(values.Length);
        return tensor;
    }

    private static T[] Read<T>(TensorProto tensor, int width, Func<byte[], T> read)
    {
        var bytes = tensor.RawData.Span;
        var element = new byte[width];
        var values = new T[bytes.Length / width];
        for (var i = 0; i < values.Length; i++)
        {
            bytes[(i * width)..((i + 1) * width)].CopyTo(element);
            values[i] = read(element);
        }

        return values;
    }
}
