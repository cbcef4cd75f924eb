using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Control characters and markup in names of subjects, files and arrays have no effect in any output of the commands.</summary>
public sealed class ForeignWordsTests : IDisposable
{
    /// <summary>Colours, a title of the window, a mark that turns the direction of reading, a separator of lines, and what clears a screen.</summary>
    private const string Dressed = "\u001B[31m\u001B]0;f\u0007\u202Eg\u2028h\u200B\u009B2J";

    private readonly Campaign _campaign = new();

    public void Dispose() => _campaign.Dispose();

    [NumPyTheory]
    [InlineData("dresses-up-refusals", 3, "declined")]
    [InlineData("dresses-up-errors", 3, "inconclusive")]
    [InlineData("dresses-up-last-words", 3, "inconclusive")]
    public void Text_from_a_subject_is_escaped_in_every_output(string way, int status, string verdict)
    {
        var (json, junit, badge, report) = (_campaign["verdicts.json"], _campaign["verdicts.xml"], _campaign["badge.json"], _campaign["report"]);
        var outcome = Audited.Run(
            Audited.Misbehaving(way),
            "--claim",
            "O1",
            "I3",
            "--time-limit",
            "300",
            "--json",
            json,
            "--junit",
            junit,
            "--badge",
            badge,
            "--report",
            report
        );

        outcome.ExitStatus.Should().Be(status, outcome.Output + outcome.Error);
        var page = File.ReadAllText(Path.Combine(report, "report.html"));
        var markdown = File.ReadAllText(Path.Combine(report, "report.md"));
        foreach (var text in new[] { outcome.Output, outcome.Error, page, markdown, File.ReadAllText(json), File.ReadAllText(junit), File.ReadAllText(badge) })
        {
            Hidden(text).Should().BeEmpty();
        }

        outcome.Output.Should().Contain("<img src=x onerror=alert(1)>").And.Contain("\\u202Eg h\\u200B &amp; \\u009B2J");
        page.Should().NotContain("<img").And.Contain("name &lt;img src=x onerror=alert(1)&gt;").And.Contain("\\u202Eg h\\u200B &amp;amp; \\u009B2J");
        markdown
            .Should()
            .NotContain("<")
            .And.Contain("# name &lt;img src=x onerror=alert(1)&gt; \\[a\\](http&#58;//b) \\|c\\| \\*d\\* \\`e\\` \\\\u001B\\[31m");
        XDocument
            .Load(junit)
            .Root!.Element("testsuite")!
            .Attribute("name")!
            .Value.Should()
            .Contain("name <img src=x onerror=alert(1)>")
            .And.Contain("\\u202Eg h\\u200B");
        JsonNode.Parse(File.ReadAllText(json))!["verdict"]!.GetValue<string>().Should().Be(verdict);
    }

    [UnixFact]
    public void Names_of_arrays_and_files_are_escaped_on_the_terminal()
    {
        CommandLine.Run(_campaign.Arguments("1.npz", more: ["--shard", "1/2"])).ExitStatus.Should().Be(0);
        CommandLine.Run(_campaign.Arguments("2.npz", more: ["--shard", "2/2"])).ExitStatus.Should().Be(0);
        var dressed = _campaign[$"2{Dressed}.npz"];
        using (var archive = NpzArchive.Open(_campaign["2.npz"]))
        {
            NpzArchive.Write(
                dressed,
                [
                    .. archive.Names.Select(name => KeyValuePair.Create(name, archive.Read(name))),
                    KeyValuePair.Create($"chi{Dressed}_loc4", NpyArray.From(new double[60], 6, 10)),
                ]
            );
        }

        File.Delete(_campaign["2.npz"]);
        var merge = Shown(0, "merge", _campaign["1.npz"], dressed, "--out", _campaign[$"whole{Dressed}.npz"]);
        merge.Error.Should().Contain("warning: left out chi\\u001B[31m\\u001B]0;f\\u0007\\u202Eg h\\u200B\\u009B2J_loc4: ");
        merge.Output.Should().Contain("whole\\u001B[31m");

        Shown(0, "status", _campaign.Folder).Output.Should().Contain("2\\u001B[31m\\u001B]0;f\\u0007\\u202Eg h\\u200B\\u009B2J.npz");
        Shown(3, "status", Directory.CreateDirectory(_campaign[$"empty{Dressed}"]).FullName)
            .Output.Should()
            .Contain("no runs in ")
            .And.Contain("empty\\u001B[31m");
        Shown(2, "diagnose", _campaign[$"none{Dressed}.npz"]).Error.Should().Contain("none\\u001B[31m");
        Shown(2, "audit", "--results", _campaign[$"none{Dressed}.npz"], "--architecture", "bn_ff").Error.Should().Contain("\\u001B[31m");
        Shown(0, _campaign.Arguments($"one{Dressed}.npz", simulations: 1)).Output.Should().Contain("one\\u001B[31m");
        var drawn = _campaign[$"drawn{Dressed}.svg"];
        Shown(0, "plot", _campaign["1.npz"], _campaign[$"one{Dressed}.npz"], "--no-theory", "--out", drawn).Output.Should().Contain("drawn\\u001B[31m");
        Hidden(XDocument.Parse(File.ReadAllText(drawn)).Root!.Value).Except(["U+0009"]).Should().BeEmpty("names of files are in the legend, between tabs");
    }

    private static CommandLine.Outcome Shown(int status, params string[] arguments)
    {
        var outcome = CommandLine.Run(arguments);
        outcome.ExitStatus.Should().Be(status, outcome.Output + outcome.Error);
        Hidden(outcome.Output).Should().BeEmpty();
        Hidden(outcome.Error).Should().BeEmpty();
        return outcome;
    }

    /// <summary>Characters without a shape, ends of lines aside.</summary>
    private static IEnumerable<string> Hidden(string text) =>
        text.EnumerateRunes()
            .Where(rune =>
                Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
            )
            .Where(rune => rune.Value is not ('\n' or '\r'))
            .Select(rune => $"U+{rune.Value:X4}")
            .Distinct();
}
