using System.Text.Json;

namespace Wellbehaved.Audit;

/// <summary>How values are spelled in files and on pages.</summary>
public static class Words
{
    /// <summary>An enumeration value in lower case, words joined by underscores.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>Its word.</returns>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
