using System.Buffers.Binary;
using System.Globalization;

namespace Wellbehaved.Files;

/// <summary>The element type of a NumPy array, as its header spells it (<c>&lt;f8</c>, <c>&gt;i4</c>, <c>|u1</c>, …), and how to decode it.</summary>
/// <param name="Kind"><c>b</c> boolean, <c>i</c> signed, <c>u</c> unsigned, <c>f</c> floating point, <c>U</c> text of UTF-32 characters.</param>
/// <param name="Size">Bytes in an element.</param>
/// <param name="IsBigEndian">Whether the most significant byte comes first.</param>
internal readonly record struct NpyElementType(char Kind, int Size, bool IsBigEndian)
{
    private const int LargestBytes = 8;
    private const int Utf32Bytes = 4;

    /// <summary>The spelling of the type in a header.</summary>
    public string Spelling => $"{(Size == 1 ? '|' : IsBigEndian ? '>' : '<')}{Kind}{(Kind == 'U' ? Size / Utf32Bytes : Size)}";

    /// <summary>Whether elements are floating-point numbers of 16 bytes; their format must be found from the whole array.</summary>
    internal bool IsWideFloat => Kind == 'f' && Size == WideFloat.Size;

    /// <summary>The message for floats of 16 bytes whose format is not clear.</summary>
    internal static string NoWideFloat =>
        "expected 16-byte floats of x86 (80 bits), IEEE quadruple precision or pairs of doubles, found elements that fit none or several "
        + "of these formats; save them as float64";

    /// <summary>Reads a type from its spelling.</summary>
    /// <param name="spelling">For example <c>&lt;f8</c>.</param>
    /// <returns>The type, or null if it is not one that can be decoded.</returns>
    public static NpyElementType? Parse(string spelling)
    {
        ArgumentNullException.ThrowIfNull(spelling);
        if (
            spelling.Length < 3
            || !int.TryParse(spelling.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || spelling[0] is not ('<' or '>' or '|' or '=')
        )
        {
            return null;
        }

        var kind = spelling[1];
        var known = kind switch
        {
            'b' => size == 1,
            'i' or 'u' => size is 1 or 2 or 4 or 8,
            'f' => size is 2 or 4 or 8 or WideFloat.Size,
            'U' => size is > 0 and <= 1 << 24,
            _ => false,
        };
        return known ? new NpyElementType(kind, kind == 'U' ? size * Utf32Bytes : size, spelling[0] == '>') : null;
    }

    /// <summary>Describes a type that cannot be decoded, and what to save instead.</summary>
    /// <param name="spelling">The spelling of the type; null for a list of fields.</param>
    internal static string Refusal(string? spelling) =>
        (spelling?.Length > 1 ? spelling[1] : '\0') switch
        {
            _ when spelling is null => "found records of several fields; save each field as an array of numbers",
            'V' when spelling.EndsWith("V2", StringComparison.Ordinal) => $"found type '{spelling}' (bfloat16? save it as float32)",
            'V' => $"found type '{spelling}', bytes of no known type; save numbers",
            'O' => $"found type '{spelling}', Python objects, which are never loaded; save numbers",
            'c' => $"found type '{spelling}', complex numbers; save real numbers",
            'S' or 'a' => $"found type '{spelling}', texts of bytes; save them as str",
            'M' or 'm' => $"found type '{spelling}', dates or durations; save numbers",
            _ => $"found type '{spelling}'",
        };

    /// <summary>Decodes one number.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>The number, rounded to double precision.</returns>
    /// <exception cref="FormatException">The bytes are not a number of this type, or the type is text.</exception>
    public double Decode(ReadOnlySpan<byte> bytes)
    {
        if (Kind == 'U')
        {
            throw new FormatException($"expected numbers, found text of type '{Spelling}'");
        }

        if (IsWideFloat)
        {
            return WideFloat.FormatOf(bytes[..Size], IsBigEndian) is { } format
                ? WideFloat.Decode(bytes, format, IsBigEndian)
                : throw new FormatException(NoWideFloat);
        }

        Span<byte> littleEndian = stackalloc byte[LargestBytes];
        littleEndian = littleEndian[..Size];
        bytes[..Size].CopyTo(littleEndian);
        if (IsBigEndian)
        {
            littleEndian.Reverse();
        }

        return (Kind, Size) switch
        {
            ('b', 1) or ('u', 1) => littleEndian[0],
            ('u', 2) => BinaryPrimitives.ReadUInt16LittleEndian(littleEndian),
            ('u', 4) => BinaryPrimitives.ReadUInt32LittleEndian(littleEndian),
            ('u', 8) => BinaryPrimitives.ReadUInt64LittleEndian(littleEndian),
            ('i', 1) => (sbyte)littleEndian[0],
            ('i', 2) => BinaryPrimitives.ReadInt16LittleEndian(littleEndian),
            ('i', 4) => BinaryPrimitives.ReadInt32LittleEndian(littleEndian),
            ('i', 8) => BinaryPrimitives.ReadInt64LittleEndian(littleEndian),
            ('f', 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(littleEndian),
            ('f', 4) => BinaryPrimitives.ReadSingleLittleEndian(littleEndian),
            ('f', 8) => BinaryPrimitives.ReadDoubleLittleEndian(littleEndian),
            _ => throw new FormatException("expected numbers, found text"),
        };
    }
}
