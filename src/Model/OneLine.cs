namespace Wellbehaved.Model;

/// <summary>Text of others, as far as it can be quoted in a message: on one line, without what a terminal would obey.</summary>
public static class OneLine
{
    /// <summary>Puts a space in the place of each control character.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text on one line.</returns>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Any(char.IsControl) ? string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)) : text;
    }
}
