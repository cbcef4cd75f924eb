namespace Wellbehaved.Figures;

/// <summary>What a figure shows, before anything is drawn: panels from left to right and from top to bottom.</summary>
/// <param name="Title">Says what is to be seen.</param>
/// <param name="Panels">The panels.</param>
/// <param name="Columns">Panels in a row.</param>
public sealed record Figure(string Title, IReadOnlyList<Panel> Panels, int Columns)
{
    /// <summary>The figure in words, for those who cannot see it: every panel with its axes, and every curve with its first and last value.</summary>
    public string Words => string.Join(" ", Panels.Select(panel => panel.Words).Prepend($"{Title}."));
}
