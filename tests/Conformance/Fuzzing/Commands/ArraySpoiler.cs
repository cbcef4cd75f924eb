using System.Globalization;
using System.Runtime.InteropServices;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Spoils arrays where they mean something: in a word of the header, in an axis, in a number.</summary>
internal static class ArraySpoiler
{
    /// <summary>Spoils the header.</summary>
    public static void SpoilHeader(RawArray array, Random random)
    {
        switch (random.Next(14))
        {
            case 0:
                array.Type = random.Pick(ForeignWords.Types);
                break;
            case 1:
                Convert(array, random);
                break;
            case 2:
                array.Order = random.Pick(["True", "1", "0", "true", "None", "False", "'True'"]);
                break;
            case 3 or 4:
                array.Shape = SpoiltShape(array, random);
                break;
            case 5:
                array.Quote = '"';
                break;
            case 6:
                array.Keys = [.. array.Keys.OrderBy(_ => random.Next())];
                break;
            case 7 when array.Keys.Count > 0:
                array.Keys.RemoveAt(random.Next(array.Keys.Count));
                break;
            case 8:
                array.Keys.Insert(random.Next(array.Keys.Count + 1), random.Pick(["shape", "descr", "fortran_order", "\u202e", "more"]));
                break;
            case 9:
                array.Version = random.Pick<byte>([0, 1, 2, 3, 4, 255]);
                break;
            case 10:
                array.LengthError = random.Pick([-1, 1, -64, 64, 60000, -200]);
                break;
            case 11:
                array.IsPadded = false;
                break;
            case 12:
                array.Tail = random.Pick(["}", "", ", } #", ", \n}", ", 'shape': (1,)}", "\0}"]);
                break;
            default:
                array.Elements =
                    random.Next(2) == 0 ? array.Elements[..random.Next(array.Elements.Length + 1)] : [.. array.Elements, .. new byte[random.Next(1, 100)]];
                break;
        }
    }

    /// <summary>Spoils numbers; arrays of other elements than doubles and whole numbers stay as they are.</summary>
    public static void SpoilValues(RawArray array, Random random)
    {
        if (array.Elements.Length < sizeof(double))
        {
            return;
        }

        if (array.Type == "<i8")
        {
            var whole = MemoryMarshal.Cast<byte, long>(array.Elements.AsSpan());
            long[] limits = [0, 1, -1, 2, 5, 1000, int.MaxValue, 1L << 31, long.MaxValue, long.MinValue];
            whole[random.Next(whole.Length)] = random.Pick(limits);
            return;
        }

        if (array.Type != "<f8")
        {
            return;
        }

        var values = MemoryMarshal.Cast<byte, double>(array.Elements.AsSpan());
        var number = random.Pick(ForeignWords.Numbers);
        var (from, count) = random.Next(4) switch
        {
            0 => (random.Next(values.Length), 1),
            1 => (0, values.Length),
            _ => (random.Next(values.Length), random.Next(1, values.Length + 1)),
        };
        var part = values[from..Math.Min(values.Length, from + count)];
        switch (random.Next(7))
        {
            case 0:
                part.Reverse();
                break;
            case 1:
                foreach (ref var value in part)
                {
                    value *= number;
                }

                break;
            case 2:
                foreach (ref var value in part)
                {
                    value = -value;
                }

                break;
            case 3:
                foreach (ref var value in part)
                {
                    value = random.Pick(ForeignWords.Numbers);
                }

                break;
            case 4:
                part.Sort();
                break;
            default:
                part.Fill(number);
                break;
        }
    }

    /// <summary>Takes other rows: some twice, some not, none at all, in another order.</summary>
    public static void SpoilRows(RawArray array, Random random)
    {
        var extents = array.Shape.Trim('(', ')').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (
            extents.Length == 0
            || !long.TryParse(extents[0], NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            || rows is 0 or > 10_000
            || array.Elements.Length % rows != 0
        )
        {
            return;
        }

        var length = (int)(array.Elements.Length / rows);
        var taken = Enumerable.Range(0, random.Next(4) == 0 ? random.Next(3) : (int)rows).Select(_ => random.Next((int)rows)).ToArray();
        array.Elements = [.. taken.SelectMany(row => array.Elements.AsSpan(row * length, length).ToArray())];
        array.Shape = $"({taken.Length}, {string.Join(", ", extents.Skip(1))})";
    }

    private static string SpoiltShape(RawArray array, Random random)
    {
        var extents = array.Shape.Trim('(', ')').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
        switch (random.Next(9))
        {
            case 0:
                return random.Pick([
                    "()",
                    "(0,)",
                    "(0, 0)",
                    "(2147483647,)",
                    "(2147483647, 2147483647, 2147483647)",
                    "(2147483647, 0)",
                    "(60000000, 0)",
                    "(-1,)",
                    "(1.5,)",
                    "[3]",
                    "(3",
                    "3",
                    "(9999999999999999999999,)",
                    "(1, 1, 1, 1, 1, 1)",
                ]);
            case 1:
                extents.Reverse();
                break;
            case 2:
                extents.Insert(random.Next(extents.Count + 1), "1");
                break;
            case 3 when extents.Count > 0:
                extents.RemoveAt(random.Next(extents.Count));
                break;
            case 4 when extents.Count > 0:
                extents[random.Next(extents.Count)] = random.Pick(["0", "1", "2", "3", "4", "5", "12", "2147483647", "-1", "0x10", "1L", "٣"]);
                break;
            case 5:
                return $"({string.Join(", ", extents.Select(extent => extent + "L"))}{(extents.Count == 1 ? "," : "")})";
            case 6 when extents.Count > 1:
                // As many elements, in one axis less.
                var product = extents.Aggregate(1L, (all, extent) => all * (long.TryParse(extent, out var number) ? number : 1) % int.MaxValue);
                return RawArray.ShapeOf(product);
            default:
                return $"( {string.Join(" ,", extents)} , )";
        }

        return $"({string.Join(", ", extents)}{(extents.Count == 1 ? "," : "")})";
    }

    /// <summary>The same numbers in another type: a file that is right.</summary>
    private static void Convert(RawArray array, Random random)
    {
        if (array.Type != "<f8")
        {
            return;
        }

        var values = MemoryMarshal.Cast<byte, double>(array.Elements.AsSpan()).ToArray();
        (string Type, Func<double, IEnumerable<byte>> Encode)[] types =
        [
            ("<f4", value => BitConverter.GetBytes((float)value)),
            ("<f2", value => BitConverter.GetBytes((Half)value)),
            (">f8", value => Enumerable.Reverse(BitConverter.GetBytes(value))),
            ("|u1", value => [(byte)(int)Math.Clamp(double.IsNaN(value) ? 0 : value, 0, 255)]),
            ("<i8", value => BitConverter.GetBytes((long)Math.Clamp(double.IsNaN(value) ? 0 : value, -1e18, 1e18))),
            ("<f16", Extended),
        ];
        var (type, encode) = random.Pick(types);
        (array.Type, array.Elements) = (type, [.. values.SelectMany(encode)]);
    }

    /// <summary>A double as the x87 unit keeps it, with something in the padding.</summary>
    private static byte[] Extended(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var (sign, exponent, fraction) = ((ushort)((bits >> 48) & 0x8000), (int)((bits >> 52) & 0x7ff), (ulong)bits << 12 >> 1);
        var isNumber = exponent is > 0 and < 0x7ff;
        var high = (ushort)(
            sign
            | (
                isNumber ? exponent - 1023 + 16383
                : exponent == 0 ? 0
                : 0x7fff
            )
        );
        return [.. BitConverter.GetBytes(exponent == 0 ? 0 : fraction | (1UL << 63)), .. BitConverter.GetBytes(high), 0, 0, 0, 0, 0, 0];
    }
}
