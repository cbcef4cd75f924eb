using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Architecture = Wellbehaved.Model.Architecture;

namespace Wellbehaved.Figures;

/// <summary>A run of the suite as one page that needs nothing else: the verdict first, then the matrix of claims, figures, and every claim with its evidence.</summary>
/// <remarks>No script and nothing from a network. Words of a subject are encoded, so they cannot become markup.</remarks>
public static class HtmlReport
{
    private const string StyleResource = "report.css";

    /// <summary>Writes a run out.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The page.</returns>
    public static string ToText(VerificationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var page = new StringBuilder();
        var title = $"{run.Subject}{(run.SubjectVersion is null ? "" : $" {run.SubjectVersion}")}: {Badge.TextOf(run)}";
        page.Append($"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{Text(title)}</title>\n<style>\n{Style()}</style>\n</head>\n<body>\n");
        page.Append("<a class=\"skip\" href=\"#claims\">Skip to the claims</a>\n");
        page.Append($"<header class=\"{Words.Of(run.Verdict)}\">\n<h1>{Text(title)}</h1>\n<p class=\"verdict\">{Mark(run.Verdict)} {Words.Of(run.Verdict)}</p>\n</header>\n<main>\n");
        AppendVerdict(page, run);
        AppendMatrix(page, run);
        AppendFigures(page, run);
        AppendClaims(page, run);
        AppendEnvironment(page, run);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void AppendVerdict(StringBuilder page, VerificationRun run)
    {
        page.Append("<section aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">Verdict</h2>\n<ul>\n");
        foreach (var sentence in RunSummary.Of(run))
        {
            page.Append($"<li>{Text(sentence)}</li>\n");
        }

        page.Append($"<li>A{Text(Promise.Of(run)[1..])}.</li>\n</ul>\n");
        var findings = run.Outcomes.Where(outcome => outcome.Verdict is Verdict.Rejected or Verdict.Inconclusive).ToArray();
        if (findings.Length > 0)
        {
            page.Append("<h3 id=\"findings\">Findings</h3>\n<ul>\n");
            foreach (var outcome in findings)
            {
                page.Append($"<li class=\"{Words.Of(outcome.Verdict)}\"><a href=\"#{Anchor(outcome.Check.ClaimId)}\">{Text(outcome.Check.ClaimId)}</a> {Text(outcome.ToString())}</li>\n");
            }

            page.Append("</ul>\n");
        }

        page.Append("</section>\n");
    }

    private static void AppendMatrix(StringBuilder page, VerificationRun run)
    {
        string[] architectures = [.. Architecture.Names.Where(name => run.Outcomes.Any(outcome => outcome.Check.Architecture == name))];
        page.Append("<section aria-labelledby=\"matrix\">\n<h2 id=\"matrix\">Claims by architecture</h2>\n<div class=\"scroll\" role=\"region\" aria-labelledby=\"matrix\" tabindex=\"0\"><table class=\"matrix\">\n<caption>Verdict of each check; an empty cell means that the claim does not speak about the architecture.</caption>\n<thead><tr><th scope=\"col\">claim</th>");
        page.AppendJoin("", architectures.Select(name => $"<th scope=\"col\">{name}</th>")).Append("</tr></thead>\n<tbody>\n");
        foreach (var claim in Claims(run))
        {
            page.Append($"<tr><th scope=\"row\"><a href=\"#{Anchor(claim.Id)}\">{claim.Id}</a></th>");
            foreach (var name in architectures)
            {
                var outcome = run.Outcomes.FirstOrDefault(outcome => outcome.Check.ClaimId == claim.Id && outcome.Check.Architecture == name);
                page.Append(outcome is null ? "<td></td>" : $"<td class=\"{Words.Of(outcome.Verdict)}\">{Mark(outcome.Verdict)} {Words.Of(outcome.Verdict)}</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n</section>\n");
    }

    private static void AppendFigures(StringBuilder page, VerificationRun run)
    {
        if (run.DeepMoments.Count == 0 && run.Diagnoses.Count == 0)
        {
            return;
        }

        page.Append("<section aria-labelledby=\"architectures\">\n<h2 id=\"architectures\">Well-behaved or pathological</h2>\n<ul>\n");
        foreach (var (architecture, diagnosis) in run.Diagnoses)
        {
            page.Append($"<li><strong>{Text(architecture)}</strong>: {Text(diagnosis.Sentence)}</li>\n");
        }

        page.Append("</ul>\n");
        if (run.DeepMoments.Count > 0)
        {
            page.Append($"<figure>\n<div class=\"scroll\" role=\"region\" aria-label=\"Figure by depth\" tabindex=\"0\">{FigureRenderer.ToSvg(SideBySideFigure.Of(run.DeepMoments), "depth")}</div>\n<figcaption>Directions of variance and SNR<sup>l</sup>/SNR<sup>0</sup> by depth, mean and 16th to 84th percentile over the random mappings of this run; below, how much the residual branch adds.</figcaption>\n</figure>\n");
        }

        page.Append("</section>\n");
    }

    private static void AppendClaims(StringBuilder page, VerificationRun run)
    {
        page.Append("<section aria-labelledby=\"claims\">\n<h2 id=\"claims\">Every claim</h2>\n");
        foreach (var claim in Claims(run))
        {
            CheckOutcome[] outcomes = [.. run.Outcomes.Where(outcome => outcome.Check.ClaimId == claim.Id)];
            page.Append($"<article id=\"{Anchor(claim.Id)}\" aria-labelledby=\"{Anchor(claim.Id)}-title\">\n<h3 id=\"{Anchor(claim.Id)}-title\">{claim.Id}: {Text(claim.Statement)}</h3>\n");
            page.Append($"<dl><dt>Source</dt><dd>{Text(claim.Source)}</dd><dt>Holds</dt><dd>{Words.Of(claim.Kind).Replace('_', ' ')}</dd><dt>Must detect</dt><dd>{Text(claim.Discrepancy ?? "–")}</dd><dt>Tolerance</dt><dd>{Text(claim.Tolerance ?? "–")}</dd></dl>\n");
            page.Append(DeviationStrip.Of(claim.Id, [.. outcomes.SelectMany(outcome => outcome.Measurements)]));
            page.Append($"\n<div class=\"scroll\" role=\"region\" aria-labelledby=\"{Anchor(claim.Id)}-title\" tabindex=\"0\"><table>\n<caption>The quantity that decided, on each architecture.</caption>\n<thead><tr><th scope=\"col\">architecture</th><th scope=\"col\">predicted</th><th scope=\"col\">measured</th><th scope=\"col\">apart by</th><th scope=\"col\">interval</th><th scope=\"col\">n</th><th scope=\"col\">α</th><th scope=\"col\">verdict</th><th scope=\"col\">decided by</th></tr></thead>\n<tbody>\n");
            foreach (var outcome in outcomes)
            {
                page.Append($"<tr><th scope=\"row\">{Text(outcome.Check.Architecture)}</th>{Evidence(outcome)}</tr>\n");
            }

            page.Append("</tbody>\n</table></div>\n");
            foreach (var replay in (run.IsRecorded ? [] : outcomes).Select(outcome => VerificationReport.ReplayOf(run, outcome)).Distinct())
            {
                page.Append($"<p class=\"replay\">Repeat: <code>{Text(replay)}</code></p>\n");
            }

            page.Append("</article>\n");
        }

        AppendLeftOut(page, "Not testable", [.. run.NotTestable.Select(claim => (claim.Id, $"{claim.Statement} {claim.Reason}"))]);
        AppendLeftOut(page, "Not judged", [.. run.NotJudged.Select(pair => (pair.Key, pair.Value))]);
        page.Append("</section>\n");
    }

    private static void AppendLeftOut(StringBuilder page, string title, IReadOnlyList<(string Id, string Words)> claims)
    {
        if (claims.Count > 0)
        {
            page.Append($"<h3>{title}</h3>\n<ul>\n").AppendJoin("", claims.Select(claim => $"<li><strong>{Text(claim.Id)}</strong>: {Text(claim.Words)}</li>\n")).Append("</ul>\n");
        }
    }

    private static void AppendEnvironment(StringBuilder page, VerificationRun run)
    {
        (string Name, string Value)[] facts =
        [
            ("command", run.Command),
            ("scale", Words.Of(run.Scale)),
            ("seed", run.Seed.ToString(CultureInfo.InvariantCulture)),
            ("wellbehaved", typeof(VerificationRun).Assembly.GetName().Version?.ToString(3) ?? "unknown"),
            ("runtime", RuntimeInformation.FrameworkDescription),
            ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors"),
        ];
        page.Append("<section aria-labelledby=\"environment\">\n<h2 id=\"environment\">Environment</h2>\n<dl>").AppendJoin("", facts.Select(fact => $"<dt>{fact.Name}</dt><dd>{Text(fact.Value)}</dd>")).Append("</dl>\n</section>\n");
    }

    private static string Evidence(CheckOutcome outcome)
    {
        var verdict = $"<td class=\"{Words.Of(outcome.Verdict)}\">{Mark(outcome.Verdict)} {Words.Of(outcome.Verdict)}{(outcome.Declined.Count > 0 && outcome.Verdict != Verdict.Declined ? $", in part (declined: {Text(string.Join(", ", outcome.Declined))})" : "")}</td>";
        return outcome.Decisive is { } decisive
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"<td>{MeasurementWords.Predicted(decisive, 6)}</td><td>{decisive.Measured.Value:G6}</td><td>{MeasurementWords.Apart(decisive)}</td><td>{MeasurementWords.Interval(decisive)}</td><td>{decisive.Samples}</td><td>{MeasurementWords.Rate(decisive)}</td>{verdict}<td>{Text(MeasurementWords.Quantity(decisive))}</td>")
            : $"<td colspan=\"6\">{Text(outcome.Failure ?? "")}</td>{verdict}<td></td>";
    }

    /// <summary>Claims of the ledger that were executed, in its order.</summary>
    private static IEnumerable<Claim> Claims(VerificationRun run) => ClaimLedger.Claims.Where(claim => run.Outcomes.Any(outcome => outcome.Check.ClaimId == claim.Id));

    private static string Anchor(string claim) => $"claim-{claim}";

    /// <summary>A sign beside the word, so that a verdict is never told by colour alone.</summary>
    private static string Mark(Verdict verdict) => verdict switch
    {
        Verdict.Holds => "✓",
        Verdict.Rejected => "✗",
        Verdict.Declined => "–",
        _ => "?",
    };

    private static string Text(string text) => ForeignText.InHtml(text);

    private static string Style()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(StyleResource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
