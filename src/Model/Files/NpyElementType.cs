using System.Buffers.Binary;
using System.Globalization;

namespace Wellbehaved.Model;

/// <summary>The element type of a NumPy array, as its header spells it (<c>&lt;f8</c>, <c>&gt;i4</c>, <c>|u1</c>, …), and how to decode it.</summary>
/// <param name="Kind"><c>b</c> boolean, <c>i</c> signed, <c>u</c> unsigned, <c>f</c> floating point, <c>U</c> text of UTF-32 characters.</param>
/// <param name="Size">Bytes in an element.</param>
/// <param name="IsBigEndian">Whether the most significant byte comes first.</param>
public readonly record struct NpyElementType(char Kind, int Size, bool IsBigEndian)
{
    private const int ExtendedBytes = 16;
    private const int Utf32Bytes = 4;

    /// <summary>Reads a type from its spelling.</summary>
    /// <param name="spelling">For example <c>&lt;f8</c>.</param>
    /// <returns>The type, or null if it is not one that can be decoded.</returns>
    public static NpyElementType? Parse(string spelling)
    {
        ArgumentNullException.ThrowIfNull(spelling);
        if (spelling.Length < 3
            || !int.TryParse(spelling.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || spelling[0] is not ('<' or '>' or '|' or '='))
        {
            return null;
        }

        var kind = spelling[1];
        var known = kind switch
        {
            'b' => size == 1,
            'i' or 'u' => size is 1 or 2 or 4 or 8,
            'f' => size is 2 or 4 or 8 or ExtendedBytes,
            'U' => size is > 0 and <= 1 << 24,
            _ => false,
        };
        return known ? new NpyElementType(kind, kind == 'U' ? size * Utf32Bytes : size, spelling[0] == '>') : null;
    }

    /// <summary>Decodes one number.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>The number, rounded to double precision.</returns>
    /// <exception cref="FormatException">The bytes are not a number of this type, or the type is text.</exception>
    public double Decode(ReadOnlySpan<byte> bytes)
    {
        if (Kind == 'U')
        {
            throw new FormatException("expected numbers, found text");
        }

        Span<byte> littleEndian = stackalloc byte[ExtendedBytes];
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
            ('f', ExtendedBytes) => DecodeExtended(littleEndian),
            _ => throw new FormatException("expected numbers, found text"),
        };
    }

    /// <summary>Decodes x86 extended precision: 64 bits of significand with its leading bit stored, 15 of exponent, a sign, six bytes of padding.</summary>
    private static double DecodeExtended(ReadOnlySpan<byte> bytes)
    {
        const int maxExponent = 0x7FFF;
        const int bias = 16383;
        var significand = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var signAndExponent = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        var sign = (signAndExponent & 0x8000) == 0 ? 1.0 : -1.0;
        var exponent = signAndExponent & maxExponent;
        var leadingBit = (significand >> 63) != 0;
        if (exponent != 0 && !leadingBit)
        {
            throw new FormatException("expected x86 80-bit extended precision in a 16-byte float, found another format");
        }

        return exponent == maxExponent
            ? sign * (significand << 1 == 0 ? double.PositiveInfinity : double.NaN)
            : sign * Math.ScaleB(significand, Math.Max(exponent, 1) - bias - 63);
    }
}
