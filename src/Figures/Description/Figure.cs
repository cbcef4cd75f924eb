namespace Wellbehaved.Figures;

/// <summary>The content of a figure, before it is drawn: panels from left to right and from top to bottom. There are no empty cells: if the last row
/// would not be full, the first panels have a row of their own. Titles and labels are <see cref="Markup"/>.</summary>
/// <param name="Title">The title, which says what the figure shows.</param>
/// <param name="Panels">The panels.</param>
/// <param name="Columns">Number of panels in a row.</param>
internal sealed record Figure(string Title, IReadOnlyList<Panel> Panels, int Columns)
{
    /// <summary>The origin of the numbers, one line each: sizes of the networks, simulations, data set.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The figure in words, for readers who cannot see it: every panel with its axes, and every curve with its first and last value.</summary>
    public string Words =>
        string.Join(" ", [$"{Markup.Plain(Title)}.", .. Notes.Select(note => $"{Markup.Plain(note).TrimEnd('.')}."), .. Panels.Select(panel => panel.Words)]);
}
