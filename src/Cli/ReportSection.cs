namespace Wellbehaved.Cli;

/// <summary>A section of a report: a heading, and a list, a table, or both.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Paragraphs">The entries of the list.</param>
/// <param name="Header">Titles of the columns; empty where there is no table, an empty string for a column without a title.</param>
/// <param name="Rows">Rows of the table.</param>
internal sealed record ReportSection(string Title, IReadOnlyList<string> Paragraphs, IReadOnlyList<string> Header, IReadOnlyList<string[]> Rows);

/// <summary>A report on a network, independent of the form in which it is shown.</summary>
internal interface IReport
{
    /// <summary>What the network is called.</summary>
    string Title { get; }

    /// <summary>The answer in one or a few sentences: the verdict, and where the network goes wrong.</summary>
    IReadOnlyList<string> Answer { get; }

    /// <summary>The verdict as a page colours it: <c>holds</c>, <c>rejected</c> or <c>inconclusive</c>.</summary>
    string Mood { get; }

    /// <summary>Its figures, as elements of SVG.</summary>
    IReadOnlyList<string> Figures { get; }

    /// <summary>Its layers as an element of SVG, or a paragraph of HTML that says why they are not drawn; null where they are not known.</summary>
    string? Drawing { get; }

    /// <summary>What the figures show, in a sentence.</summary>
    string Caption { get; }

    /// <summary>Its sections.</summary>
    IEnumerable<ReportSection> Sections();
}
