using System.Text.RegularExpressions;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Figures;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The report is one page that needs nothing else and that everybody can read.</summary>
public sealed partial class HtmlReportTests : IDisposable
{
    private static readonly string[] SomeClaims = ["S2", "D4", "P3", "P4", "P8"];
    private static readonly Lazy<string> Page = new(() =>
    {
        using var reference = new ReferenceSubject();
        return HtmlReport.ToText(VerificationRun.Of(reference, Scale.Quick, TestSeed.Value, SomeClaims));
    });

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wellbehaved");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_verdict_comes_first_and_every_claim_has_its_evidence()
    {
        var page = Page.Value;

        page.Should().Contain("<title>reference: 4 of 4 claims</title>");
        page.IndexOf("id=\"verdict\"", StringComparison.Ordinal).Should().BeLessThan(page.IndexOf("id=\"matrix\"", StringComparison.Ordinal));
        foreach (var id in SomeClaims[..4])
        {
            var claim = ClaimLedger.Find(id)!;
            var article = Regex.Match(page, $"<article id=\"claim-{id}\".*?</article>", RegexOptions.Singleline).Value;
            article.Should().Contain(System.Net.WebUtility.HtmlEncode(claim.Statement)).And.Contain(System.Net.WebUtility.HtmlEncode(claim.Source)).And.Contain($"wellbehaved verify --scale quick --claim {id} --seed").And.Contain("class=\"strip\"");
            Regex.Count(article, "<tr><th scope=\"row\">").Should().Be(Suite.Checks.Count(check => check.ClaimId == id));
        }

        page.Should().Contain("Not testable").And.Contain("<strong>P8</strong>").And.Contain("bn_ff: pathological SNR").And.Contain("id=\"environment\"");
    }

    [Fact]
    public void It_is_self_contained_and_sound()
    {
        var page = Page.Value;

        page.Should().NotContain("<script").And.NotContain("src=").And.NotContain("@import").And.NotContain("url(http");
        Regex.Matches(page, "href=\"([^\"]*)\"").Select(match => match.Groups[1].Value).Should().OnlyContain(target => target.StartsWith('#') && page.Contains($"id=\"{target.Substring(1)}\""));
        Regex.Matches(page, " id=\"([^\"]*)\"").Select(match => match.Groups[1].Value).Should().OnlyHaveUniqueItems();
        Regex.Matches(page, "<svg[^>]*>").Should().OnlyContain(match => match.Value.Contains("role=\"img\"") && match.Value.Contains("aria-labelledby="));
        Regex.Matches(page, "<th(?: [^>]*)?>").Should().OnlyContain(match => match.Value.Contains("scope="));
        Regex.Count(page, "<table").Should().Be(Regex.Count(page, "<caption>"));
        Regex.Count(page, "<h1").Should().Be(1);
    }

    [Fact]
    public void Rejections_lead_to_their_claims_and_foreign_words_stay_words()
    {
        var measurement = new Measurement("<img src=x onerror=alert(1)>", new Expected(1), new Observed(2), Verdict.Rejected) { Deviation = 40, Samples = 9, FalseFailRate = 1e-9 };
        var check = Suite.Checks.First(check => check.ClaimId == "S2");
        var run = new VerificationRun("<script>alert(1)</script>", Scale.Quick, 3, [new CheckOutcome(check, Verdict.Rejected, [measurement], null)], [], []);

        var page = HtmlReport.ToText(run);

        page.Should().NotContain("<script").And.NotContain("<img").And.Contain("<a href=\"#claim-S2\">S2</a>").And.Contain("<header class=\"rejected\">").And.Contain("✗ rejected").And.Contain("class=\"rejected\" cx=\"346.0\"", "a deviation beyond the strip is drawn at its edge");
        HtmlReport.ToText(run with { Outcomes = [] }).Should().Contain("<header class=\"inconclusive\">", "nothing was executed");
    }

    [Fact]
    public void The_command_writes_it_beside_the_markdown()
    {
        var report = Path.Combine(_folder.FullName, "report");

        CommandLine.Run("verify", "--claim", "S2", "--report", report).ExitStatus.Should().Be(0);

        File.ReadAllText(Path.Combine(report, "report.html")).Should().StartWith("<!DOCTYPE html>").And.Contain("1 of 1 claim<");
        File.ReadAllText(Path.Combine(report, "report.md")).Should().StartWith("# reference");
    }

    /// <summary>Opens the page at the widths of a desktop and a phone, in a browser that prints what a script of the test finds there.</summary>
    [ChromiumTheory]
    [InlineData(1280)]
    [InlineData(390)]
    public void A_browser_shows_all_of_it_without_errors(int width)
    {
        const string probe = """
            <script>
            const broken = [...document.querySelectorAll('svg')].filter(svg => { const box = svg.getBoundingClientRect(); return box.width < 100 || box.height < 20; }).length;
            const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
            document.title = JSON.stringify({ figures: document.querySelectorAll('svg').length, broken, repeated: ids.length - new Set(ids).size, wider: document.documentElement.scrollWidth - document.documentElement.clientWidth, unlabelled: [...document.querySelectorAll('[aria-labelledby]')].filter(element => !element.getAttribute('aria-labelledby').split(' ').every(id => document.getElementById(id)?.textContent)).length });
            </script>
            """;
        var path = Path.Combine(_folder.FullName, "page.html");
        File.WriteAllText(path, Page.Value.Replace("</body>", probe + "</body>", StringComparison.Ordinal));

        var outcome = Chromium.Dump(path, width, _folder.FullName);

        TitlePattern().Match(outcome.Output).Groups[1].Value.Should().Be("""{"figures":5,"broken":0,"repeated":0,"wider":0,"unlabelled":0}""", outcome.Error);
        outcome.Error.Should().NotContain("CONSOLE", "the page causes no error");
    }

    [GeneratedRegex("<title>(.*?)</title>")]
    private static partial Regex TitlePattern();
}
