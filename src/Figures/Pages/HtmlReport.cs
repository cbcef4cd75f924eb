using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Wellbehaved.Audit;
using Architecture = Wellbehaved.Model.Architecture;

namespace Wellbehaved.Figures;

/// <summary>
/// A run of the suite as one self-contained page: the verdict first, then the matrix of claims, figures, every claim with its evidence, and the laws
/// that claims refer to.
/// </summary>
/// <remarks>
/// It has no script and loads nothing from a network; only links to papers lead out of it. Text from a subject is encoded, so that it cannot become markup.
/// </remarks>
internal static class HtmlReport
{
    private const string StyleResource = "report.css";

    /// <summary>Columns about the quantity that decided, between the verdict and the quantity's name.</summary>
    private static readonly string[] NumericColumns = ["predicted", "measured", "apart by", "interval", "n", "α"];

    /// <summary>The style of all pages.</summary>
    internal static string Style => EmbeddedText.Read(StyleResource);

    /// <summary>Writes the page of a run.</summary>
    /// <param name="run">The run.</param>
    /// <returns>The page.</returns>
    public static string ToText(VerificationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var page = new StringBuilder();
        var references = new References(Claims(run).Select(claim => claim.Id).ToHashSet());
        var title = $"{run.Title}: {Badge.TextOf(run)}";
        page.Append(
            $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
                + $"initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
                + $"dark\">\n<title>{Text(title)}</title>\n<style>\n{Style}</style>\n</head>\n<body>\n"
        );
        page.Append("<a class=\"skip\" href=\"#claims\">Skip to the claims</a>\n");
        page.Append(
            $"<header class=\"{EnumWords.Spell(run.Verdict)}\">\n<h1>{Text(title)}</h1>\n<p class=\"verdict\">{Mark(run.Verdict)} "
                + $"{EnumWords.Spell(run.Verdict)}</p>\n</header>\n<main>\n"
        );
        AppendVerdict(page, run);
        AppendMatrix(page, run);
        AppendFigures(page, run);
        AppendClaims(page, run, references);
        page.Append($"<section aria-labelledby=\"laws\">\n<h2 id=\"laws\">The laws</h2>\n{LawsSection.ToHtml(references)}</section>\n");
        AppendEnvironment(page, run);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void AppendVerdict(StringBuilder page, VerificationRun run)
    {
        page.Append("<section aria-labelledby=\"verdict\">\n<h2 id=\"verdict\">Verdict</h2>\n<ul>\n");
        foreach (var sentence in RunSummary.Write(run))
        {
            page.Append($"<li>{Prose.Html(sentence)}</li>\n");
        }

        page.Append($"<li>A{Prose.Html(Promise.State(run)[1..])}.</li>\n</ul>\n");
        var findings = run.Outcomes.Where(outcome => outcome.Verdict is Verdict.Rejected or Verdict.Inconclusive).ToArray();
        if (findings.Length > 0)
        {
            page.Append("<h3 id=\"findings\">Findings</h3>\n<ul>\n");
            foreach (var outcome in findings)
            {
                page.Append(
                    $"<li class=\"{EnumWords.Spell(outcome.Verdict)}\"><a "
                        + $"href=\"#{Anchor(outcome.Check.ClaimId)}\">{Text(outcome.Check.ClaimId)}</a>{Prose.Html(outcome.ToString()[outcome.Check.ClaimId.Length..])}</li>\n"
                );
            }

            page.Append("</ul>\n");
        }

        page.Append("</section>\n");
    }

    private static void AppendMatrix(StringBuilder page, VerificationRun run)
    {
        if (run.Outcomes.Count == 0)
        {
            page.Append("<section aria-labelledby=\"matrix\">\n<h2 id=\"matrix\">Claims by architecture</h2>\n<p>No check was executed.</p>\n</section>\n");
            return;
        }

        page.Append("<section aria-labelledby=\"matrix\">\n<h2 id=\"matrix\">Claims by architecture</h2>\n");

        // The four architectures are columns of one table; networks of other layers have different claims, and a table of their own.
        string[][] tables =
        [
            [.. Architecture.Names],
            [.. run.Outcomes.Select(outcome => outcome.Check.Architecture).Except(Architecture.Names).Distinct()],
        ];
        foreach (var names in tables)
        {
            AppendMatrix(page, run, [.. names.Where(name => run.Outcomes.Any(outcome => outcome.Check.Architecture == name))]);
        }

        page.Append("</section>\n");
    }

    private static void AppendMatrix(StringBuilder page, VerificationRun run, string[] architectures)
    {
        if (architectures.Length == 0)
        {
            return;
        }

        page.Append(
            "<table class=\"matrix\">\n<caption>Verdict of each check<span class=\"dots\">; a dot means that the claim does not apply to the "
                + "architecture</span>.</caption>\n<thead><tr><th scope=\"col\">claim</th><th scope=\"col\">says</th>"
        );
        page.AppendJoin("", architectures.Select(name => $"<th scope=\"col\">{Text(name)}</th>")).Append("</tr></thead>\n<tbody>\n");
        foreach (
            var claim in Claims(run)
                .Where(claim => run.Outcomes.Any(outcome => outcome.Check.ClaimId == claim.Id && architectures.Contains(outcome.Check.Architecture)))
        )
        {
            page.Append($"<tr><th scope=\"row\"><a href=\"#{Anchor(claim.Id)}\">{claim.Id}</a></th><td class=\"says\">{Prose.Html(claim.Statement)}</td>");
            foreach (var name in architectures)
            {
                var outcome = run.Outcomes.FirstOrDefault(outcome => outcome.Check.ClaimId == claim.Id && outcome.Check.Architecture == name);
                page.Append(
                    outcome is null
                        ? "<td class=\"none\"><span>·</span></td>"
                        : $"<td class=\"{EnumWords.Spell(outcome.Verdict)}\" data-of=\"{Text(name)}\">{Mark(outcome.Verdict)} "
                            + $"{EnumWords.Spell(outcome.Verdict)}</td>"
                );
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table>\n");
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
            page.Append($"<li><strong>{Text(architecture)}</strong>: {Prose.Html(diagnosis.Sentence)}</li>\n");
        }

        page.Append("</ul>\n");
        if (run.DeepMoments.Count > 0)
        {
            AppendFigure(page, SideBySideFigure.Draw(run.DeepMoments, NotesOf(run)));
        }

        page.Append("</section>\n");
    }

    /// <summary>Appends each panel as a picture of its own, so that the reader's screen decides how many stand in a row.</summary>
    private static void AppendFigure(StringBuilder page, Figure figure)
    {
        page.Append("<figure>\n<div class=\"panels\">\n")
            .AppendJoin("\n", figure.Panels.Select((panel, i) => FigureRenderer.ToSvg(panel, string.Create(CultureInfo.InvariantCulture, $"panel-{i + 1}"))))
            .Append(
                $"\n</div>\n<figcaption>{Prose.OfMarkup(figure.Title)}. "
                    + $"{string.Join(" ", figure.Notes.Select(note => $"{Prose.OfMarkup(note.TrimEnd('.'))}."))}</figcaption>\n</figure>\n"
            );
    }

    /// <summary>How the moments by depth were made: as the suite requires, or as a file was recorded.</summary>
    private static IReadOnlyList<string> NotesOf(VerificationRun run)
    {
        var notes = run
            .DeepMoments.Select(pair =>
                (
                    Name: pair.Key,
                    Note: run.IsRecorded
                        ? string.Create(CultureInfo.InvariantCulture, $"{pair.Value.Simulations} recorded simulations")
                        : Provenance.Describe(DeepExperiments.OptionsOf(pair.Key, run.Scale, run.Seed), pair.Value.Simulations)
                )
            )
            .GroupBy(pair => pair.Note, pair => pair.Name)
            .ToArray();
        return notes is [var all] ? [all.Key] : [.. notes.Select(group => $"{string.Join(", ", group)}: {group.Key}")];
    }

    private static void AppendClaims(StringBuilder page, VerificationRun run, References references)
    {
        page.Append("<section aria-labelledby=\"claims\">\n<h2 id=\"claims\">Every claim</h2>\n");
        foreach (var claim in Claims(run))
        {
            CheckOutcome[] outcomes = [.. run.Outcomes.Where(outcome => outcome.Check.ClaimId == claim.Id)];
            page.Append(
                $"<article id=\"{Anchor(claim.Id)}\" aria-labelledby=\"{Anchor(claim.Id)}-title\">\n<h3 "
                    + $"id=\"{Anchor(claim.Id)}-title\">{claim.Id}: {references.ToClaims(Prose.Html(claim.Statement), claim.Id)}</h3>\n"
            );
            page.Append(
                $"<dl><dt>Source</dt><dd>{References.ToSources(Text(claim.Source))}</dd><dt>Holds</dt><dd>{EnumWords.Spell(claim.Kind).Replace('_', ' ')}</dd><dt>Must "
                    + $"detect</dt><dd>{references.ToClaims(Prose.Html(claim.Discrepancy ?? "–"), claim.Id)}</dd><dt>Tolerance</dt><dd>{references.ToClaims(Prose.Html(claim.Tolerance ?? "–"), claim.Id)}</dd></dl>\n"
            );
            page.Append(DeviationStrip.Draw(claim.Id, [.. outcomes.SelectMany(outcome => outcome.Measurements)]));
            page.Append(
                "\n<table class=\"evidence\">\n<caption>The quantity that decided, on each architecture.</caption>\n<thead><tr><th "
                    + "scope=\"col\">architecture</th><th scope=\"col\">verdict</th>"
            );
            page.AppendJoin("", NumericColumns.Select(column => $"<th scope=\"col\" class=\"number\">{column}</th>"))
                .Append("<th scope=\"col\">decided by</th></tr></thead>\n<tbody>\n");
            foreach (var outcome in outcomes)
            {
                page.Append($"<tr><th scope=\"row\">{Text(outcome.Check.Architecture)}</th>{Evidence(outcome)}</tr>\n");
            }

            page.Append("</tbody>\n</table>\n");
            foreach (var replay in (run.IsRecorded ? [] : outcomes).Select(outcome => VerificationReport.ReplayOf(run, outcome)).Distinct())
            {
                page.Append($"<p class=\"replay\">Repeat: <code>{Text(replay)}</code></p>\n");
            }

            page.Append("</article>\n");
        }

        AppendLeftOut(
            page,
            "Not run at this scale",
            [
                .. run.NotRun.Select(claim =>
                    (
                        claim.Id,
                        $"{claim.Statement} "
                            + $"{(claim.IsTrained ? "verify --scale training trains networks for it." : "verify --scale quick and --scale full check it.")}"
                    )
                ),
            ],
            references
        );
        AppendLeftOut(page, "Not testable", [.. run.NotTestable.Select(claim => (claim.Id, $"{claim.Statement} {claim.Reason}"))], references);
        AppendLeftOut(page, "Not judged", [.. run.NotJudged.Select(pair => (pair.Key, pair.Value))], references);
        page.Append("</section>\n");
    }

    private static void AppendLeftOut(StringBuilder page, string title, IReadOnlyList<(string Id, string Words)> claims, References references)
    {
        if (claims.Count > 0)
        {
            page.Append($"<h3>{title}</h3>\n<ul>\n")
                .AppendJoin(
                    "",
                    claims.Select(claim => $"<li><strong>{Text(claim.Id)}</strong>: {references.ToClaims(Prose.Html(claim.Words), claim.Id)}</li>\n")
                )
                .Append("</ul>\n");
        }
    }

    private static void AppendEnvironment(StringBuilder page, VerificationRun run)
    {
        (string Name, string Value)[] facts =
        [
            ("command", run.NetworkOptions.Length == 0 ? run.Command : $"{run.Command} {run.NetworkOptions}"),
            ("scale", EnumWords.Spell(run.Scale)),
            ("seed", run.Seed.ToString(CultureInfo.InvariantCulture)),
            ("wellbehaved", typeof(VerificationRun).Assembly.GetName().Version?.ToString(3) ?? "unknown"),
            ("runtime", RuntimeInformation.FrameworkDescription),
            ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors"),
        ];
        page.Append("<section aria-labelledby=\"environment\">\n<h2 id=\"environment\">Environment</h2>\n<dl>")
            .AppendJoin("", facts.Select(fact => $"<dt>{fact.Name}</dt><dd>{Text(fact.Value)}</dd>"))
            .Append("</dl>\n</section>\n");
    }

    private static string Evidence(CheckOutcome outcome)
    {
        var verdict =
            $"<td class=\"{EnumWords.Spell(outcome.Verdict)}\">{Mark(outcome.Verdict)} "
            + $"{EnumWords.Spell(outcome.Verdict)}{(outcome.Declined.Count > 0 && outcome.Verdict != Verdict.Declined ? $", in part (declined: {Text(string.Join(", ", outcome.Declined))})" : "")}</td>";
        if (outcome.Decisive is not { } decisive)
        {
            return $"{verdict}<td colspan=\"{NumericColumns.Length + 1}\">{Prose.Html(outcome.Failure ?? "")}</td>";
        }

        string[] numbers =
        [
            MeasurementWords.Predicted(decisive, 6),
            decisive.Measured.Value.ToString("G6", CultureInfo.InvariantCulture),
            MeasurementWords.Apart(decisive),
            MeasurementWords.Interval(decisive),
            decisive.Samples.ToString("N0", CultureInfo.InvariantCulture),
            MeasurementWords.Rate(decisive),
        ];
        return $"{verdict}{string.Concat(numbers.Zip(NumericColumns, (number, column) => $"<td class=\"number\" data-of=\"{column}\">{Prose.Html(number)}</td>"))}<td "
            + $"class=\"quantity\" data-of=\"decided by\">{Prose.Html(MeasurementWords.Quantity(decisive))}</td>";
    }

    /// <summary>Claims of the ledger that were executed, in its order.</summary>
    private static IEnumerable<Claim> Claims(VerificationRun run) =>
        ClaimLedger.Claims.Where(claim => run.Outcomes.Any(outcome => outcome.Check.ClaimId == claim.Id));

    private static string Anchor(string claim) => References.Anchor(claim);

    /// <summary>A sign beside the verdict's word, so that a verdict is never shown by colour alone.</summary>
    private static string Mark(Verdict verdict) =>
        verdict switch
        {
            Verdict.Holds => "✓",
            Verdict.Rejected => "✗",
            Verdict.Declined => "–",
            _ => "?",
        };

    private static string Text(string text) => Prose.Text(text);
}
