using System.Globalization;

namespace Wellbehaved.Files;

/// <summary>Numbers of things, in words that agree.</summary>
internal static class Counted
{
    /// <summary>A number with its noun.</summary>
    /// <param name="count">How many.</param>
    /// <param name="noun">The noun in the singular; its plural ends in s.</param>
    /// <returns><c>1 simulation</c>, <c>24 simulations</c>.</returns>
    public static string Spell(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>Some of all, with the noun of all.</summary>
    /// <param name="some">How many.</param>
    /// <param name="all">Of how many.</param>
    /// <param name="noun">The noun in the singular; its plural ends in s.</param>
    /// <returns><c>1 of 1 check</c>, <c>1 of 3 checks</c>.</returns>
    public static string Spell(long some, long all, string noun) => string.Create(CultureInfo.InvariantCulture, $"{some} of {Spell(all, noun)}");
}
