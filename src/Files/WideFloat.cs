using System.Buffers.Binary;

namespace Wellbehaved.Files;

/// <summary>Floating-point numbers of 16 bytes: finds out which format an array holds, and decodes it.</summary>
internal static class WideFloat
{
    /// <summary>Bytes of a number.</summary>
    public const int Size = 16;

    private const int Bias = 16383;
    private const int MostExponent = 0x7FFF;

    /// <summary>The greatest exponent of numbers that a double can hold; bytes that are read in a wrong format mostly give exponents beyond it.</summary>
    private const int UsualExponent = 1100;

    /// <summary>Different elements that all have the leading bit of x87 numbers and are no x87 numbers: once in 10¹².</summary>
    private const int EnoughElements = 8;

    private static readonly double HalfUlp = Math.ScaleB(1, -53);

    /// <summary>The least magnitude of the second double of a pair, relative to the first, unless it is zero.</summary>
    private static readonly double LeastRemainder = Math.ScaleB(1, -200);

    /// <summary>Finds the format of an array from all of its elements, since a single element may be a valid number in several formats.</summary>
    /// <remarks>
    /// An x87 number has its leading bit set unless it is zero. Its padding holds arbitrary bytes of memory: mostly zeros, often a pointer, whose
    /// highest two bytes are zero, or a part of a double. A quadruple number has its exponent there, and a double's bits look like one. In a pair the second
    /// double is below half a unit in the last place of the first. No recording has numbers below the normal range of 15-bit exponents (3.4e-4932), so a format
    /// in which they occur is unlikely.
    /// </remarks>
    /// <param name="elements">The elements as stored.</param>
    /// <param name="isBigEndian">Whether the most significant byte comes first.</param>
    /// <returns>The format; null if no format fits all elements, or several do.</returns>
    public static WideFloatFormat? FormatOf(ReadOnlySpan<byte> elements, bool isBigEndian)
    {
        var (extended, quadruple, pair) = (true, true, true);
        var (usualExtended, usualQuadruple, isPadded, allZero) = (true, true, true, true);
        var distinct = new HashSet<(ulong, ushort)>();
        for (; elements.Length >= Size; elements = elements[Size..])
        {
            var (low, high) = Halves(elements, isBigEndian);
            var exponent = (int)(high & MostExponent);
            extended &= exponent == 0 ? low == 0 : low >> 63 != 0;
            usualExtended &= IsUsual(exponent);
            isPadded &= high >> 16 == 0;
            allZero &= low == 0;
            if (low != 0 && distinct.Count < EnoughElements)
            {
                distinct.Add((low, (ushort)high));
            }

            exponent = (int)((high >> 48) & MostExponent);
            quadruple &= exponent != 0 || (low == 0 && high << 16 == 0);
            usualQuadruple &= IsUsual(exponent);
            pair &= IsPair(low, high, isBigEndian);
        }

        // The chance that quadruple numbers or pairs have the leading bit of x87 numbers, and a usual exponent, is one of thirty for each element.
        if (extended && (isPadded || (usualExtended && distinct.Count == EnoughElements)))
        {
            return WideFloatFormat.X86Extended;
        }

        // If the elements would be x87 zeros with nonzero padding, and also quadruple numbers of usual size, then they are quadruple numbers.
        var (asExtended, asQuadruple) = (extended && usualExtended && !(allZero && quadruple && usualQuadruple), quadruple && usualQuadruple);
        return (asExtended, asQuadruple, pair) switch
        {
            (true, false, false) => WideFloatFormat.X86Extended,
            (false, true, false) => WideFloatFormat.Quadruple,
            (false, false, true) => WideFloatFormat.PairOfDoubles,
            (false, false, false) when extended != quadruple => extended ? WideFloatFormat.X86Extended : WideFloatFormat.Quadruple,
            _ => null,
        };
    }

    /// <summary>Decodes a number.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="format">Its format.</param>
    /// <param name="isBigEndian">Whether the most significant byte comes first.</param>
    /// <returns>The number, rounded to double precision.</returns>
    public static double Decode(ReadOnlySpan<byte> bytes, WideFloatFormat format, bool isBigEndian)
    {
        var (low, high) = Halves(bytes, isBigEndian);
        return format switch
        {
            WideFloatFormat.X86Extended => DecodeExtended(low, (int)high & MostExponent, (high & 0x8000) != 0),
            WideFloatFormat.Quadruple => DecodeQuadruple(low, high),
            WideFloatFormat.PairOfDoubles => Pair(low, high, isBigEndian) is var (first, second) && double.IsFinite(first) ? first + second : first,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "expected a format of 16 bytes"),
        };
    }

    /// <summary>The eight bytes of lower and the eight bytes of higher significance.</summary>
    private static (ulong Low, ulong High) Halves(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian
            ? (BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));

    private static bool IsUsual(int exponent) => exponent is 0 or MostExponent || Math.Abs(exponent - Bias) <= UsualExponent;

    /// <summary>The doubles of a pair; the first in the file is the larger one in either byte order.</summary>
    private static (double First, double Second) Pair(ulong low, ulong high, bool isBigEndian)
    {
        var (first, second) = isBigEndian ? (high, low) : (low, high);
        return (BitConverter.UInt64BitsToDouble(first), BitConverter.UInt64BitsToDouble(second));
    }

    private static bool IsPair(ulong low, ulong high, bool isBigEndian)
    {
        var (first, second) = Pair(low, high, isBigEndian);
        return double.IsFinite(first)
            ? second == 0
                ? first == 0 || double.IsNormal(first)
                : Math.Abs(second) <= HalfUlp * Math.Abs(first) && Math.Abs(second) >= LeastRemainder * Math.Abs(first) && double.IsNormal(second)
            : second == 0 || double.IsNaN(second);
    }

    private static double DecodeExtended(ulong significand, int exponent, bool isNegative)
    {
        var sign = isNegative ? -1.0 : 1.0;
        return exponent == MostExponent
            ? sign * (significand << 1 == 0 ? double.PositiveInfinity : double.NaN)
            : sign * Math.ScaleB(significand, exponent - Bias - 63);
    }

    private static double DecodeQuadruple(ulong low, ulong high)
    {
        const int bitsOfHigh = 48;
        var sign = high >> 63 == 0 ? 1.0 : -1.0;
        var exponent = (int)(high >> bitsOfHigh) & MostExponent;
        var fraction = ((UInt128)(high & ((1UL << bitsOfHigh) - 1)) << 64) | low;
        if (exponent == MostExponent)
        {
            return sign * (fraction == 0 ? double.PositiveInfinity : double.NaN);
        }

        if (exponent == 0)
        {
            return sign * 0;
        }

        // 113 bits are shortened to 64. The last bit records whether any bit that was cut off was set, so the conversion rounds as if it had all bits.
        var significand = fraction | ((UInt128)1 << 112);
        var top = (ulong)(significand >> 49) | ((significand & (((UInt128)1 << 49) - 1)) == 0 ? 0UL : 1UL);
        return sign * Math.ScaleB(top, exponent - Bias - 63);
    }
}
