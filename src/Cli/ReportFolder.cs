namespace Wellbehaved.Cli;

/// <summary>The folder of a report on a network.</summary>
internal static class ReportFolder
{
    /// <summary>Writes a report into a folder, as a page and as Markdown.</summary>
    /// <param name="report">The report.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidInputException">A file cannot be written.</exception>
    public static void Write(IReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(Path.Combine(folder, ReportFiles.Markdown), ReportMarkdown.Write(report));
        AtomicFile.WriteText(Path.Combine(folder, ReportFiles.Page), ReportPage.Write(report));
    }
}
