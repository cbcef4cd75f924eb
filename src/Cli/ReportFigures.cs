using System.Globalization;
using Wellbehaved.Figures;

namespace Wellbehaved.Cli;

/// <summary>The figures of reports on networks.</summary>
internal static class ReportFigures
{
    /// <summary>Each panel is a picture of its own, so that as many stand in a row as the reader's screen has room for.</summary>
    /// <param name="figure">The figure.</param>
    public static IReadOnlyList<string> Divide(Figure figure) =>
        [.. figure.Panels.Select((panel, i) => FigureRenderer.ToSvg(panel, string.Create(CultureInfo.InvariantCulture, $"panel-{i + 1}")))];

    /// <summary>The title of a figure and where its numbers come from, as HTML.</summary>
    /// <param name="figure">The figure.</param>
    public static string Caption(Figure figure) =>
        $"{Prose.OfMarkup(figure.Title)}. {string.Join(" ", figure.Notes.Select(note => $"{Prose.OfMarkup(note.TrimEnd('.'))}."))}";
}
