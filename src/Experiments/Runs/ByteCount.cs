using System.Globalization;

namespace Wellbehaved.Experiments;

/// <summary>A number of bytes as a person reads it.</summary>
internal static class ByteCount
{
    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Spells the number with three digits and the unit that fits.</summary>
    /// <param name="bytes">The number, at least 0.</param>
    /// <returns><c>512 bytes</c>, <c>25.3 GB</c>, <c>1.49 TB</c>.</returns>
    public static string Spell(double bytes)
    {
        // A number from 999.5 on rounds to 1000 at three digits, which is 1 of the next unit.
        var unit = 0;
        while (bytes >= 999.5 && unit < Units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        var format =
            unit == 0 || bytes >= 99.95 ? "F0"
            : bytes >= 9.995 ? "F1"
            : "F2";
        return unit == 0 && bytes == 1 ? "1 byte" : $"{bytes.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}";
    }
}
