using System.Text.RegularExpressions;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Figures;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The report is one page that needs nothing else and that everybody can read.</summary>
public sealed class HtmlReportTests : IDisposable
{
    private static readonly string[] SomeClaims = ["S2", "D4", "P3", "P4", "P8"];
    private static readonly Lazy<string> Page = new(() =>
    {
        using var reference = new ReferenceSubject();
        return HtmlReport.ToText(VerificationRun.Execute(reference, Scale.Quick, TestSeed.Value, SomeClaims));
    });

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wellbehaved");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_html_report_begins_with_the_verdict_and_shows_evidence_for_every_claim()
    {
        var page = Page.Value;

        page.Should().Contain("<title>reference: inconclusive</title>", "P8 was asked for and is not run at this scale");
        page.IndexOf("id=\"verdict\"", StringComparison.Ordinal).Should().BeLessThan(page.IndexOf("id=\"matrix\"", StringComparison.Ordinal));
        foreach (var id in SomeClaims[..4])
        {
            var claim = ClaimLedger.Find(id)!;
            var article = Regex.Match(page, $"<article id=\"claim-{id}\".*?</article>", RegexOptions.Singleline).Value;
            article
                .Should()
                .Contain($"{id}: {System.Net.WebUtility.HtmlEncode(claim.Statement)[..20]}")
                .And.Contain("<dt>Source</dt><dd><a href=\"")
                .And.Contain($"wellbehaved verify --scale quick --claim {id} --seed")
                .And.Contain("class=\"strip\"");
            Regex.Count(article, "<tr><th scope=\"row\">").Should().Be(Suite.Checks.Count(check => check.ClaimId == id));
        }

        page.Should()
            .Contain("Not run at this scale")
            .And.Contain("<strong>P8</strong>")
            .And.Contain("bn_ff: pathological SNR")
            .And.Contain("id=\"environment\"");
    }

    [Fact]
    public void The_html_report_needs_no_other_file_and_is_valid()
    {
        var page = Page.Value;

        page.Should().NotContain("<script").And.NotContain("src=").And.NotContain("@import").And.NotContain("url(http");
        page.Should().NotContain("`", "Markdown of the laws is converted").And.MatchRegex("<code>wellbehaved verify .*?--network.*? FILE.json</code>");
        Regex
            .Matches(page, "href=\"([^\"]*)\"")
            .Select(match => match.Groups[1].Value)
            .Should()
            .OnlyContain(
                target =>
                    (target.StartsWith('#') && page.Contains($"id=\"{target.Substring(1)}\""))
                    || target.StartsWith("https://arxiv.org/abs/")
                    || target.StartsWith("https://papers.nips.cc/"),
                "what is not on the page is a paper"
            );
        Regex.Matches(page, " id=\"([^\"]*)\"").Select(match => match.Groups[1].Value).Should().OnlyHaveUniqueItems();
        Regex.Matches(page, "<svg[^>]*>").Should().OnlyContain(match => match.Value.Contains("role=\"img\"") && match.Value.Contains("aria-labelledby="));
        Regex.Matches(page, "<th(?: [^>]*)?>").Should().OnlyContain(match => match.Value.Contains("scope="));
        Regex.Count(page, "<table").Should().Be(Regex.Count(page, "<caption>"));
        Regex.Count(page, "<h1").Should().Be(1);
    }

    [Fact]
    public void Rejections_link_to_their_claims_and_foreign_text_is_escaped()
    {
        var measurement = new Measurement("<img src=x onerror=alert(1)>", new Expected(1), new Observed(2), Verdict.Rejected)
        {
            Deviation = 40,
            Samples = 9,
            FalseFailRate = 1e-9,
        };
        var check = Suite.Checks.First(check => check.ClaimId == "S2");
        var run = new VerificationRun("<script>alert(1)</script>", Scale.Quick, 3, [new CheckOutcome(check, Verdict.Rejected, [measurement], null)], [], []);

        var page = HtmlReport.ToText(run);

        page.Should()
            .NotContain("<script")
            .And.NotContain("<img")
            .And.Contain("<a href=\"#claim-S2\">S2</a>")
            .And.Contain("<header class=\"rejected\">")
            .And.Contain("✗ rejected")
            .And.Contain("class=\"rejected\" cx=\"346.0\"", "a deviation beyond the strip is drawn at its edge");
        HtmlReport.ToText(run with { Outcomes = [] }).Should().Contain("<header class=\"inconclusive\">").And.Contain("No check was executed.");
    }

    [Fact]
    public void The_edges_of_a_strip_say_that_marks_may_lie_beyond_them()
    {
        Measurement exact = new("a rounding", new Expected(1), new Observed(2), Verdict.Rejected) { Deviation = 1000, Samples = 1 };

        DeviationStrip.Draw("D1", [exact]).Should().Contain(">≥ 1.5<").And.Contain(">≤ −1.5<");
        DeviationStrip.Draw("S2", [exact with { FalseFailRate = 1e-9 }]).Should().Contain(">≥ 8<").And.Contain(">≤ −8<");
    }

    [Fact]
    public void The_verify_command_writes_the_html_report_beside_the_markdown_report()
    {
        var report = Path.Combine(_folder.FullName, "report");

        CommandLine.Run("verify", "--claim", "S2", "--report", report).ExitStatus.Should().Be(0);

        File.ReadAllText(Path.Combine(report, "report.html")).Should().StartWith("<!DOCTYPE html>").And.Contain("1 of 1 claim<");
        File.ReadAllText(Path.Combine(report, "report.md")).Should().StartWith("# reference");
    }

    [Theory]
    [InlineData("verify --scale training trains", "verify <span class=\"option\">--scale</span> training trains")]
    [InlineData("--noise full", "<span class=\"option\">--noise</span> full")]
    [InlineData("a -- b, my--name", "a -- b, my--name")]
    public void Names_of_options_are_not_broken_after_their_dashes(string text, string html) => Prose.Html(text).Should().Be(html);

    [Theory]
    [InlineData("SNR^l/SNR^0", "SNRˡ/SNR⁰")]
    [InlineData("χ^-2 < 1", "χ⁻² < 1")]
    [InlineData("l^τ", "l^τ")]
    public void Attributes_hold_superscripts_that_have_letters(string text, string attribute) =>
        Prose.Attribute(text).Should().Be(ForeignText.InHtml(attribute));

    [Fact]
    public void Numbers_and_formulas_are_typeset_in_the_html_report()
    {
        Measurement[] measurements =
        [
            new("ln μ₂(x) at depth 2, r_eff of my_net", new Expected(-1.25e-7), new Observed(-0.5), Verdict.Rejected)
            {
                Deviation = -40,
                Samples = 123_456,
                FalseFailRate = 1e-7,
                Effect = null,
            },
        ];
        var run = new VerificationRun(
            "mine 1.2e-3-beta",
            Scale.Quick,
            3,
            [new CheckOutcome(Suite.Checks.First(check => check.ClaimId == "S6"), Verdict.Rejected, measurements, null)],
            [],
            []
        );

        var page = HtmlReport.ToText(run);

        page.Should()
            .Contain(
                "<td class=\"number\" data-of=\"predicted\">−1.25 × 10<sup>−7</sup></td><td class=\"number\" data-of=\"measured\">−0.5</td><td "
                    + "class=\"number\" data-of=\"apart by\">40.00 SE</td>"
            )
            .And.Contain("data-of=\"n\">123,456</td><td class=\"number\" data-of=\"α\">10<sup>−7</sup></td>")
            .And.Contain("<i>r</i><sub>eff</sub> of my_net")
            .And.Contain("(1 − 2 E ν₁(z⁺)ν₁(z⁻))<sup>−&#189;</sup>")
            .And.Contain("mine 1.2e-3-beta", "a version is no number");
        WithoutCode(page)
            .Should()
            .NotMatchRegex(@"(?<![\w.])\d(\.\d+)?[eE][+-]?\d", "computers write 1E-07, people do not")
            .And.NotMatchRegex(@"[ (>]-\d", "a hyphen is no minus");
    }

    [Fact]
    public void A_finding_names_its_claim_once_and_the_matrix_shows_the_statements_of_claims()
    {
        var check = Suite.Checks.First(check => check.ClaimId == "D4");
        var page = HtmlReport.ToText(new VerificationRun("mine", Scale.Quick, 3, [new CheckOutcome(check, Verdict.Rejected, [], "it failed")], [], []));

        page.Should().Contain($"<a href=\"#claim-D4\">D4</a> {check.Architecture}: rejected: it failed</li>");
        page.Should().MatchRegex("<th scope=\"row\"><a href=\"#claim-D4\">D4</a></th><td class=\"says\">Batch norm takes");
    }

    [Fact]
    public void Sources_lead_to_the_laws_on_the_page_and_to_papers()
    {
        var page = HtmlReport.ToText(
            new VerificationRun(
                "mine",
                Scale.Quick,
                3,
                [.. new[] { "S1", "S4", "R2", "P3" }.Select(id => new CheckOutcome(Suite.Checks.First(check => check.ClaimId == id), Verdict.Holds, [], null))],
                [],
                []
            )
        );

        page.Should()
            .Contain(
                "<dd><a href=\"#laws-3\">law 3</a>; <a href=\"https://papers.nips.cc/paper/3628-kernel-methods-for-deep-learning\">Cho and Saul, "
                    + "NIPS 2009</a></dd>"
            )
            .And.Contain("<a href=\"https://arxiv.org/abs/1811.03087\">the paper</a>'s theorem".Replace("'", "&#39;"))
            .And.Contain("<a href=\"https://arxiv.org/abs/1902.08129\">Yang et al., ICLR 2019</a>")
            .And.Contain("<a href=\"#laws-7\">the post</a>")
            .And.Contain("<strong><a href=\"#claim-R2\">R2</a></strong>", "laws lead back to claims")
            .And.Contain("<strong>O1</strong>", "a claim that is not on the page is no link");
        foreach (var section in Enumerable.Range(1, 7))
        {
            page.Should().Contain($"<h3 id=\"laws-{section}\">{section}. ");
        }

        Regex
            .Match(page, "<h2 id=\"laws\">.*?</section>", RegexOptions.Singleline)
            .Value.Should()
            .NotContain("**")
            .And.NotContain("](")
            .And.NotContain("_{")
            .And.NotContain("^{")
            .And.NotContain("## ");
        page.Should().Contain("1<sub>i</sub>").And.Contain("e<sup>−tPε</sup>").And.Contain("χ&#178;<sub>n</sub>").And.Contain("<sup>H−1</sup>");
        WithoutCode(page).Should().NotContain("docs/laws.md section");
    }

    /// <summary>Widths of a desk, a column and a phone, as bright and as dark pages: each width and each kind on every push, all of them at night.</summary>
    public static TheoryData<int, bool> Windows
    {
        get
        {
            var windows = new TheoryData<int, bool>();
            foreach (
                var (width, dark) in Breadth.OfEachKind<(int Width, bool Dark)>(
                    [(1280, false), (1280, true), (830, false), (830, true), (390, false), (390, true)],
                    window => window.Width
                )
            )
            {
                windows.Add(width, dark);
            }

            return windows;
        }
    }

    /// <summary>Opens pages and looks at all that is written there.</summary>
    [ChromiumTheory]
    [MemberData(nameof(Windows))]
    public void All_text_of_the_html_report_is_readable(int width, bool dark)
    {
        foreach (var page in new[] { Page.Value, HtmlReport.ToText(WithEverythingWrong()) })
        {
            var reading = Chromium.Read(page, width, dark, _folder.FullName);

            (reading.Width, reading.IsDark).Should().Be((width, dark));
            reading.Texts.Should().BeGreaterThan(200);
            string.Join("\n", reading.Faults).Should().BeEmpty();
        }
    }

    /// <summary>Every verdict, long words of a subject, absurd numbers, and figures of all architectures.</summary>
    private static VerificationRun WithEverythingWrong()
    {
        var word = new string('x', 120);
        CheckOutcome[] outcomes =
        [
            .. Suite.Checks.Select(
                (check, i) =>
                    (i % 5) switch
                    {
                        0 => new CheckOutcome(
                            check,
                            Verdict.Holds,
                            [
                                new Measurement("σ²/(σ² + ε)", new Expected(1), new Observed(1 - 1e-12), Verdict.Holds)
                                {
                                    Tolerance = 1e-9,
                                    Deviation = 1e-3,
                                    Samples = 1,
                                    FalseFailRate = 0,
                                },
                            ],
                            null
                        ),
                        1 => new CheckOutcome(
                            check,
                            Verdict.Rejected,
                            [
                                new Measurement($"distribution of {word}", new Expected(-1.23456e-107), new Observed(9.87654e+201), Verdict.Rejected)
                                {
                                    Deviation = 4e9,
                                    Samples = 123_456_789,
                                    FalseFailRate = 1e-9,
                                    Remark = "in words that go on for a while",
                                },
                            ],
                            null
                        ),
                        2 => new CheckOutcome(check, Verdict.Inconclusive, [], $"the subject said {word} and nothing else"),
                        3 => new CheckOutcome(check, Verdict.Declined, [], null) { Declined = ["boundary zero_padding", word] },
                        _ => new CheckOutcome(
                            check,
                            Verdict.Holds,
                            [
                                new Measurement("E ν₂", new Expected(2), new Observed(2.01), Verdict.Holds)
                                {
                                    Deviation = 0.3,
                                    Samples = 100,
                                    FalseFailRate = 1e-9,
                                },
                            ],
                            null
                        )
                        {
                            Declined = ["boundary zero_padding"],
                        },
                    }
            ),
        ];
        KeyValuePair<string, MomentTable>[] moments =
        [
            new("vanilla", MadeUpRecording.Table(depth => 1 + (5.0 / depth), depth => Math.Log10(depth))),
            new("vanilla_res", MadeUpRecording.Table(depth => 1 + (9.0 / depth), depth => Math.Log10(depth))),
            new("bn_ff", MadeUpRecording.Table(_ => 8, depth => 0.2 * depth)),
            new("bn_res", MadeUpRecording.Table(_ => 9, depth => 0.7 * Math.Log(depth))),
        ];
        return new VerificationRun(
            word,
            Scale.Quick,
            3,
            outcomes,
            [.. moments.Select(pair => KeyValuePair.Create(pair.Key, Diagnosis.Diagnose(pair.Value)))],
            [.. ClaimLedger.Claims.Where(claim => !claim.IsTestable)]
        )
        {
            DeepMoments = moments,
            AdapterFailures = [word],
            SubjectVersion = "1.0.0-alpha",
        };
    }

    /// <summary>A page without what is to be typed and where it was made.</summary>
    private static string WithoutCode(string page) =>
        Regex.Replace(
            page,
            "<code>.*?</code>|<style>.*?</style>|<title.*?</title>|<desc.*?</desc>|<svg.*?</svg>|<h1>.*?</h1>|<section "
                + "aria-labelledby=\"environment\">.*?</section>",
            "",
            RegexOptions.Singleline
        );
}
