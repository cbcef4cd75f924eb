namespace Wellbehaved.Figures;

/// <summary>What a figure shows, before anything is drawn: panels from left to right and from top to bottom, with no empty cells: if the last row
/// would not be full, the first panels share a row of their own. Titles and labels are <see cref="Markup"/>.</summary>
/// <param name="Title">Says what is to be seen.</param>
/// <param name="Panels">The panels.</param>
/// <param name="Columns">Panels in a row.</param>
internal sealed record Figure(string Title, IReadOnlyList<Panel> Panels, int Columns)
{
    /// <summary>How the numbers came about: sizes of the networks, simulations, data set, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The figure in words, for those who cannot see it: every panel with its axes, and every curve with its first and last value.</summary>
    public string Words =>
        string.Join(" ", [$"{Markup.Plain(Title)}.", .. Notes.Select(note => $"{Markup.Plain(note).TrimEnd('.')}."), .. Panels.Select(panel => panel.Words)]);
}
