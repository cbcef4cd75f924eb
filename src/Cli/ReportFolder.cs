namespace Wellbehaved.Cli;

/// <summary>The folder of a report on a network.</summary>
internal static class ReportFolder
{
    /// <summary>Writes a page and the same as Markdown into a folder.</summary>
    /// <param name="report">What they say.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidInputException">A file cannot be written.</exception>
    public static void Write(IReport report, string folder)
    {
        AtomicFile.WriteText(Path.Combine(folder, "report.md"), ReportMarkdown.Write(report));
        AtomicFile.WriteText(Path.Combine(folder, "report.html"), ReportPage.Write(report));
    }
}
