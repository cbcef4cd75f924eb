namespace Wellbehaved.Files;

/// <summary>
/// What messages call a parameter. A library calls it by its own name. A program that takes the parameter from its user says how it calls it itself, such as
/// the name of an option; that holds for everything that it calls from there on, in other threads too, like a culture.
/// </summary>
internal static class ParameterName
{
    private static readonly AsyncLocal<Func<string, string>?> Speller = new();

    /// <summary>Names parameters as the user of this program knows them.</summary>
    /// <param name="parameters">Names of the parameters in the library: <c>nameof</c> of properties and parameters.</param>
    /// <returns>The names, joined by commas.</returns>
    public static string Spell(params IEnumerable<string> parameters) => string.Join(", ", Speller.Value is { } spell ? parameters.Select(spell) : parameters);

    /// <summary>Sets how the program calls the parameters of libraries, for the caller and all that it calls.</summary>
    /// <param name="spelling">Gives the name that the user knows; null for the library's own.</param>
    public static void SpellBy(Func<string, string>? spelling) => Speller.Value = spelling;
}
