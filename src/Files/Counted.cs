using System.Globalization;

namespace Wellbehaved.Files;

/// <summary>Spells a number together with a noun in the singular or plural.</summary>
internal static class Counted
{
    /// <summary>A number with its noun.</summary>
    /// <param name="count">The number.</param>
    /// <param name="noun">The noun in the singular; its plural ends in s.</param>
    /// <returns><c>1 simulation</c>, <c>24 simulations</c>.</returns>
    public static string Spell(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>A number out of a total, with the noun.</summary>
    /// <param name="some">The number.</param>
    /// <param name="all">The total.</param>
    /// <param name="noun">The noun in the singular; its plural ends in s.</param>
    /// <returns><c>1 of 1 check</c>, <c>1 of 3 checks</c>.</returns>
    public static string Spell(long some, long all, string noun) => string.Create(CultureInfo.InvariantCulture, $"{some} of {Spell(all, noun)}");
}
