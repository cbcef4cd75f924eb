using System.Buffers.Binary;
using System.Text;

namespace Wellbehaved.Files;

/// <summary>NumPy's array format, versions 1 to 3: a header that describes the array, then its elements.</summary>
/// <remarks>Source: the format's specification in NumPy's documentation, numpy.lib.format.</remarks>
internal static class NpyFormat
{
    private const int Alignment = 64;
    private const int MaxHeaderLength = 1 << 16;

    /// <summary>The greatest number of axes that NumPy allows.</summary>
    private const int MostAxes = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array from a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The array.</returns>
    /// <exception cref="InvalidInputException">The file is missing, or does not hold an array that can be decoded.</exception>
    public static NpyArray ReadFile(string path)
    {
        using var stream = RegularFile.Open(path);
        try
        {
            return Read(stream, stream.Length, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(path, $"expected a readable file ({exception.Message})", exception);
        }
    }

    /// <summary>Reads an array. It must have exactly the given length, so memory is only allocated for bytes that the stream can hold.</summary>
    /// <param name="stream">The stream to read.</param>
    /// <param name="length">Bytes of header and elements.</param>
    /// <param name="name">The stream's name in messages.</param>
    /// <returns>The array.</returns>
    /// <exception cref="InvalidInputException">The bytes are not an array that can be decoded.</exception>
    public static NpyArray Read(Stream stream, long length, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            var header = ReadHeader(stream, length, name);
            if (header.Bytes > Array.MaxLength)
            {
                throw new InvalidInputException(name, $"expected an array of at most {Array.MaxLength} bytes, found {header.Bytes} of {header}");
            }

            var content = new byte[(int)header.Bytes];
            stream.ReadExactly(content);
            if (header.IsFortranOrder && header.Shape.Count > 1)
            {
                content = ToCOrder(content, header.Shape, header.ElementType.Size);
            }

            var array = new NpyArray(header.ElementType, [.. header.Shape], content);
            return !header.ElementType.IsWideFloat || array.WideFormat is not null ? array : throw new InvalidInputException(name, NpyElementType.NoWideFloat);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidInputException(name, "expected a whole NumPy array, found a truncated one", exception);
        }
    }

    /// <summary>Reads the header of an array, but not its elements, so that the caller can refuse an unwanted array before its elements are read.</summary>
    /// <param name="stream">The stream to read; afterwards it is at the first element.</param>
    /// <param name="length">Bytes of header and elements.</param>
    /// <param name="name">The stream's name in messages.</param>
    /// <returns>Type and shape; they fit the given length.</returns>
    /// <exception cref="InvalidInputException">The bytes are not an array that can be decoded.</exception>
    public static NpyHeader ReadHeader(Stream stream, long length, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            var header = NpyDictionary.Parse(ReadText(stream, name, out var headerBytes), name);
            var type =
                (header.Type is null ? null : NpyElementType.Parse(header.Type))
                ?? throw new InvalidInputException(name, $"expected an array of numbers or text of a plain type, {NpyElementType.Refusal(header.Type)}");
            var shape = header.Shape;
            if (shape.Length > MostAxes)
            {
                throw new InvalidInputException(name, $"expected an array of at most {MostAxes} axes, which NumPy allows, found {shape.Length}");
            }

            var size = shape.Aggregate((Int128)type.Size, (bytes, extent) => Int128.Min(bytes * extent, Int128.MaxValue >> 34));
            return size == length - headerBytes
                ? new NpyHeader(type, shape, header.IsFortranOrder, headerBytes, (long)size)
                : throw new InvalidInputException(
                    name,
                    $"expected {size} bytes of elements for {NpyHeader.Describe(type, shape)}, found {length - headerBytes}"
                );
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidInputException(name, "expected a whole NumPy array, found a truncated one", exception);
        }
    }

    /// <summary>Writes an array.</summary>
    /// <param name="stream">The stream to write.</param>
    /// <param name="array">The array.</param>
    public static void Write(Stream stream, NpyArray array)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(array);
        var type = array.ElementType;
        var shape = array.Shape.Count == 1 ? $"({array.Shape[0]},)" : $"({string.Join(", ", array.Shape)})";
        var header = new StringBuilder($"{{'descr': '{type.Spelling}', 'fortran_order': False, 'shape': {shape}, }}");
        var prefix = Magic.Length + 4;
        header.Append(' ', Alignment - 1 - ((prefix + header.Length) % Alignment)).Append('\n');
        stream.Write(Magic);
        stream.Write([1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header.ToString()));
        stream.Write(array.Bytes);
    }

    private static string ReadText(Stream stream, string name, out long bytesRead)
    {
        Span<byte> start = stackalloc byte[8];
        stream.ReadExactly(start);
        if (!start.StartsWith(Magic) || start[6] is < 1 or > 3)
        {
            throw new InvalidInputException(name, $"expected a NumPy array (.npy, version 1 to 3), found {KnownFormat.Describe(start)}");
        }

        Span<byte> lengthBytes = stackalloc byte[4];
        lengthBytes.Clear();
        var lengthSize = start[6] == 1 ? 2 : 4;
        stream.ReadExactly(lengthBytes[..lengthSize]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (length > MaxHeaderLength)
        {
            throw new InvalidInputException(name, $"expected an array header of at most {MaxHeaderLength} bytes, found {length}");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        bytesRead = start.Length + lengthSize + length;
        try
        {
            return (start[6] < 3 ? Encoding.Latin1 : StrictUtf8).GetString(header);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidInputException(name, "expected a NumPy header in UTF-8, found bytes that are none", exception);
        }
    }

    /// <summary>Reorders elements from Fortran order (first index fastest) to C order (last index fastest).</summary>
    private static byte[] ToCOrder(byte[] fortran, IEnumerable<int> shape, int size)
    {
        // Axes of extent 1 change no order. Without them, the steps for an element are few on average, whatever the number of axes.
        int[] extents = [.. shape.Where(extent => extent != 1)];
        var strides = new int[extents.Length];
        for (var (axis, stride) = (0, size); axis < extents.Length; axis++)
        {
            strides[axis] = stride;
            stride *= extents[axis];
        }

        var reordered = new byte[fortran.Length];
        var index = new int[extents.Length];
        for (var (target, source) = (0, 0); target < reordered.Length; target += size)
        {
            fortran.AsSpan(source, size).CopyTo(reordered.AsSpan(target));
            for (var axis = extents.Length - 1; axis >= 0; axis--)
            {
                source += strides[axis];
                if (++index[axis] < extents[axis])
                {
                    break;
                }

                source -= strides[axis] * extents[axis];
                index[axis] = 0;
            }
        }

        return reordered;
    }
}
