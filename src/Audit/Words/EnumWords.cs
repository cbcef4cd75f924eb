using System.Text.Json;

namespace Wellbehaved.Audit;

/// <summary>The spelling of values in files and on pages.</summary>
internal static class EnumWords
{
    /// <summary>An enumeration value in lower case, with underscores between words.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>Its word.</returns>
    public static string Spell<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>Says how many of a number of things hold.</summary>
    /// <param name="some">The number of those that hold.</param>
    /// <param name="all">The number of all.</param>
    /// <param name="noun">The noun in the singular; its plural ends in s.</param>
    /// <returns><c>1 of 3 checks holds</c>, <c>2 of 3 checks hold</c>.</returns>
    internal static string Hold(int some, int all, string noun) => $"{Files.Counted.Spell(some, all, noun)} {(some == 1 || all == 1 ? "holds" : "hold")}";
}
