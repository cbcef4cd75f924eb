using System.Globalization;
using Wellbehaved.Figures;

namespace Wellbehaved.Cli;

/// <summary>The figures of reports on networks.</summary>
internal static class ReportFigures
{
    /// <summary>Divides a figure into one picture for each panel, so that the reader's screen decides how many stand in a row.</summary>
    /// <param name="figure">The figure.</param>
    public static IReadOnlyList<string> Divide(Figure figure) =>
        [.. figure.Panels.Select((panel, i) => FigureRenderer.ToSvg(panel, string.Create(CultureInfo.InvariantCulture, $"panel-{i + 1}")))];

    /// <summary>The title of a figure and where its numbers come from, as HTML.</summary>
    /// <param name="figure">The figure.</param>
    public static string Caption(Figure figure) =>
        $"{Prose.OfMarkup(figure.Title)}. {string.Join(" ", figure.Notes.Select(note => $"{Prose.OfMarkup(note.TrimEnd('.'))}."))}";
}
