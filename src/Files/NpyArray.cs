using System.Runtime.InteropServices;
using System.Text;

namespace Wellbehaved.Files;

/// <summary>A NumPy array in memory: its shape and its elements in C order (last index fastest), as stored.</summary>
public sealed class NpyArray
{
    private readonly byte[] _bytes;
    private readonly Lazy<WideFloatFormat?> _wideFormat;

    internal NpyArray(NpyElementType type, int[] shape, byte[] bytes)
    {
        ElementType = type;
        Shape = shape;
        _bytes = bytes;
        Count = bytes.Length / type.Size;
        _wideFormat = new(() => type.IsWideFloat ? WideFloat.FormatOf(bytes, type.IsBigEndian) : null);
    }

    /// <summary>Type of the elements.</summary>
    internal NpyElementType ElementType { get; }

    /// <summary>Extent along each axis; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Count { get; }

    /// <summary>The bytes of the elements, as in the file.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The format of floating-point numbers of 16 bytes; null for other elements, and where the format is not clear.</summary>
    internal WideFloatFormat? WideFormat => _wideFormat.Value;

    /// <summary>Type and shape, for messages.</summary>
    /// <returns>For example <c>&lt;f8 (3, 32)</c>.</returns>
    public override string ToString() => NpyHeader.Describe(ElementType, Shape);

    /// <summary>An array of doubles.</summary>
    /// <param name="values">Elements in C order.</param>
    /// <param name="shape">Extent along each axis.</param>
    /// <returns>The array.</returns>
    /// <exception cref="ArgumentException">Shape and number of elements disagree.</exception>
    public static NpyArray From(ReadOnlySpan<double> values, params ReadOnlySpan<int> shape) => Create('f', values, shape);

    /// <summary>An array of 64-bit integers.</summary>
    /// <param name="values">Elements in C order.</param>
    /// <param name="shape">Extent along each axis.</param>
    /// <returns>The array.</returns>
    /// <exception cref="ArgumentException">Shape and number of elements disagree.</exception>
    public static NpyArray From(ReadOnlySpan<long> values, params ReadOnlySpan<int> shape) => Create('i', values, shape);

    /// <summary>A single text, as an array of no axes.</summary>
    /// <param name="text">The text, not empty.</param>
    /// <returns>The array.</returns>
    internal static NpyArray From(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var bytes = Encoding.UTF32.GetBytes(text);
        return new NpyArray(new NpyElementType('U', bytes.Length, false), [], bytes);
    }

    /// <summary>An array of texts along one axis; as in NumPy, shorter texts are padded with zeros.</summary>
    /// <param name="texts">The texts, none empty.</param>
    /// <returns>The array.</returns>
    internal static NpyArray From(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        byte[][] encoded = [.. texts.Select(Encoding.UTF32.GetBytes)];
        var longest = encoded.Select(text => text.Length).DefaultIfEmpty(0).Max();
        ArgumentOutOfRangeException.ThrowIfZero(longest);
        var bytes = new byte[checked(longest * encoded.Length)];
        for (var i = 0; i < encoded.Length; i++)
        {
            encoded[i].CopyTo(bytes, i * longest);
        }

        return new NpyArray(new NpyElementType('U', longest, false), [encoded.Length], bytes);
    }

    /// <summary>An array of rows, along the first axis, from arrays of the same type and with the same other axes.</summary>
    internal static NpyArray OfRows(IReadOnlyList<NpyArray> arrays, IReadOnlyList<(int Array, int Row)> rows)
    {
        var type = arrays[0].ElementType;
        int[] further = [.. arrays[0].Shape.Skip(1)];
        var length = further.Aggregate(type.Size, (product, extent) => checked(product * extent));
        var bytes = new byte[checked(rows.Count * length)];
        for (var i = 0; i < rows.Count; i++)
        {
            arrays[rows[i].Array]._bytes.AsSpan(rows[i].Row * length, length).CopyTo(bytes.AsSpan(i * length));
        }

        return new NpyArray(type, [rows.Count, .. further], bytes);
    }

    /// <summary>Decodes some elements.</summary>
    /// <param name="first">Index of the first one, in C order.</param>
    /// <param name="destination">Receives them in double precision.</param>
    /// <exception cref="FormatException">The array holds text, or bytes that are not a number.</exception>
    internal void Decode(int first, Span<double> destination)
    {
        if (ElementType is { Kind: 'u', Size: 1 })
        {
            // Images are mostly stored as bytes, and a batch has a hundred thousand pixels; so bytes are decoded separately.
            var bytes = _bytes.AsSpan(first, destination.Length);
            for (var i = 0; i < bytes.Length; i++)
            {
                destination[i] = bytes[i];
            }

            return;
        }

        if (ElementType.IsWideFloat)
        {
            var format = WideFormat ?? throw new FormatException(NpyElementType.NoWideFloat);
            for (var i = 0; i < destination.Length; i++)
            {
                destination[i] = WideFloat.Decode(_bytes.AsSpan((first + i) * WideFloat.Size, WideFloat.Size), format, ElementType.IsBigEndian);
            }

            return;
        }

        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = ElementType.Decode(_bytes.AsSpan((first + i) * ElementType.Size, ElementType.Size));
        }
    }

    /// <summary>Decodes all elements.</summary>
    /// <returns>The elements in C order, in double precision.</returns>
    /// <exception cref="FormatException">The array holds text, or bytes that are not a number.</exception>
    public double[] ToDoubles()
    {
        var values = new double[Count];
        Decode(0, values);
        return values;
    }

    /// <summary>Decodes a text.</summary>
    /// <returns>The text of the array's only element.</returns>
    /// <exception cref="FormatException">The array is not a single text.</exception>
    internal string ToText() => ElementType.Kind == 'U' && Count == 1 ? Text(_bytes) : throw new FormatException($"expected a single text, found {this}");

    /// <summary>Decodes texts.</summary>
    /// <returns>The elements in C order.</returns>
    /// <exception cref="FormatException">The array does not hold text.</exception>
    internal string[] ToTexts()
    {
        if (ElementType.Kind != 'U')
        {
            throw new FormatException($"expected texts, found {this}");
        }

        return [.. Enumerable.Range(0, Count).Select(i => Text(_bytes.AsSpan(i * ElementType.Size, ElementType.Size)))];
    }

    private string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new UTF32Encoding(ElementType.IsBigEndian, false, throwOnInvalidCharacters: true).GetString(bytes).TrimEnd('\0');
        }
        catch (DecoderFallbackException exception)
        {
            throw new FormatException("expected text, found a number that is no character of Unicode", exception);
        }
    }

    private static NpyArray Create<T>(char kind, ReadOnlySpan<T> values, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        var count = 1L;
        foreach (var extent in shape)
        {
            count *= extent;
        }

        if (count != values.Length)
        {
            throw new ArgumentException($"expected {count} elements, got {values.Length}", nameof(values));
        }

        return new NpyArray(new NpyElementType(kind, sizeof(long), false), shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray());
    }
}
