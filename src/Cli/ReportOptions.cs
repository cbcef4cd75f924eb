using System.CommandLine;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>The options that say where the outcome of a run is written.</summary>
internal sealed class ReportOptions
{
    private readonly Option<string?> _json = OptionFactory.OutputFile("--json", "Write the outcome to this file as JSON");
    private readonly Option<string?> _junit = OptionFactory.OutputFile("--junit", "Write the outcome to this file as JUnit XML, for CI servers");
    private readonly Option<string?> _badge = OptionFactory.OutputFile(
        "--badge",
        "Write the verdict in a few words to this file, as JSON that shields.io reads"
    );
    private readonly Option<string?> _report = new Option<string?>("--report")
    {
        Description = "Write a report into this folder: report.html, one self-contained page, and report.md",
        HelpName = "DIR",
    }.Taking(FileRole.WriteReport);

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new[] { _json, _junit, _badge, _report })
        {
            command.Add(option);
        }
    }

    /// <summary>Reads them.</summary>
    public ReportFiles Read(ParseResult parsed) => new(parsed.GetValue(_json), parsed.GetValue(_junit), parsed.GetValue(_badge), parsed.GetValue(_report));
}

/// <summary>Where the outcome of a run is written; null where it is not.</summary>
internal sealed record ReportFiles(string? Json, string? Junit, string? Badge, string? Report)
{
    /// <summary>The page of a report in its folder.</summary>
    public const string Page = "report.html";

    /// <summary>The same report as Markdown.</summary>
    public const string Markdown = "report.md";

    /// <summary>Checks before the work begins that the files can be written; a folder that this makes is gone again.</summary>
    /// <exception cref="InvalidInputException">One of the files cannot be written.</exception>
    public void EnsureWritable()
    {
        foreach (var (path, option) in Written)
        {
            Outputs.RequireText(path, option);
        }

        using var folder = Report is null ? null : TrialFolder.Create(Report, "--report");
        foreach (var (path, option) in Written)
        {
            if (path is not null)
            {
                AtomicFile.EnsureWritable(path, option);
                Outputs.RequireReplaceableText(path, option);
            }
        }
    }

    /// <summary>The files that may be written, and the option for each; null where the option was not given.</summary>
    private (string? Path, string Option)[] Written =>
        [
            (Json, "--json"),
            (Junit, "--junit"),
            (Badge, "--badge"),
            (Report is null ? null : Path.Combine(Report, Page), "--report"),
            (Report is null ? null : Path.Combine(Report, Markdown), "--report"),
        ];

    /// <summary>Writes the files.</summary>
    public void Write(VerificationRun run)
    {
        if (Report is not null)
        {
            Directory.CreateDirectory(Report);
        }

        WriteIf(Json, () => VerificationReport.ToText(run) + "\n");
        WriteIf(Junit, () => JunitReport.ToText(run));
        WriteIf(Badge, () => Reports.Badge.ToText(run));
        WriteIf(Report is null ? null : Path.Combine(Report, Markdown), () => MarkdownReport.ToText(run));
        WriteIf(Report is null ? null : Path.Combine(Report, Page), () => PageOf(run));
    }

    /// <summary>A method of its own, so that a command without figures does not load the code that draws them.</summary>
    private static string PageOf(VerificationRun run) => Figures.HtmlReport.ToText(run);

    private static void WriteIf(string? path, Func<string> text)
    {
        if (path is not null)
        {
            AtomicFile.WriteText(path, text());
        }
    }
}
