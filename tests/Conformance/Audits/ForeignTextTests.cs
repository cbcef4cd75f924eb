using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What text of others looks like in each output, character by character and in mixtures.</summary>
public partial class ForeignTextTests
{
    private static readonly UnicodeCategory[] Shapeless =
    [
        UnicodeCategory.Control,
        UnicodeCategory.Format,
        UnicodeCategory.LineSeparator,
        UnicodeCategory.ParagraphSeparator,
        UnicodeCategory.Surrogate,
        UnicodeCategory.PrivateUse,
        UnicodeCategory.OtherNotAssigned,
    ];

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("ünï ∂χ 網路 😀", "ünï ∂χ 網路 😀")]
    [InlineData("a\tb\nc\rd\u0085e\u2028f\u2029g\u00A0h\u3000i", "a b c d e f g h i")]
    [InlineData("\u001B[31mred\u001B]0;title\u0007", "\\u001B[31mred\\u001B]0;title\\u0007")]
    [InlineData("\u009B2J\u007F\b\0", "\\u009B2J\\u007F\\u0008\\u0000")]
    [InlineData("gpj.\u202Eexe\u202C\u2066\u200F\u061C", "gpj.\\u202Eexe\\u202C\\u2066\\u200F\\u061C")]
    [InlineData("zero\u200Bwidth\uFEFF\u00AD\u200D", "zero\\u200Bwidth\\uFEFF\\u00AD\\u200D")]
    [InlineData("\U000E0041tag\U000E007F", "\\U000E0041tag\\U000E007F")]
    [InlineData("\uFFFE\uE000", "\\uFFFE\\uE000")]
    [InlineData("\u3164filler\uFE0F\u034F", "\\u3164filler\\uFE0F\\u034F")]
    [InlineData("\u0301e\u0301\u0302\u0303\u0304\u0305", "\\u0301e\u0301\u0302\u0303\\u0304\\u0305")]
    public void Text_on_one_line_shows_control_characters_as_escapes(string text, string line)
    {
        ForeignText.OnOneLine(text).Should().Be(line);
        ForeignText.OnOneLine(line).Should().Be(line, "text may pass twice");
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() => ForeignText.OnOneLine("a\uD83Db\uDE00").Should().Be("a\uFFFDb\uFFFD");

    [Fact]
    public void Every_Unicode_character_on_one_line_becomes_visible_and_valid_in_xml()
    {
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.IsValid(value))
            {
                continue;
            }

            var line = ForeignText.OnOneLine($"a{new Rune(value)}");
            foreach (var rune in line.EnumerateRunes())
            {
                if (Shapeless.Contains(Rune.GetUnicodeCategory(rune)))
                {
                    Assert.Fail($"U+{value:X4} is shown as {line}");
                }
            }

            if (line.Length == 1 || !line.All(unit => XmlConvert.IsXmlChar(unit) || char.IsSurrogate(unit)))
            {
                Assert.Fail($"U+{value:X4} is shown as {line}");
            }
        }
    }

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;")]
    [InlineData("[click](http://evil) ![x](y)", "\\[click\\](http&#58;//evil) !\\[x\\](y)")]
    [InlineData("https://evil and www.evil.org", "https&#58;//evil and www&#46;evil.org")]
    [InlineData("*bold* _slanted_ `code` ~~gone~~ $x$", "\\*bold\\* \\_slanted\\_ \\`code\\` \\~\\~gone\\~\\~ \\$x\\$")]
    [InlineData("bn_ff and my_impl_2", "bn_ff and my_impl_2")]
    [InlineData("a | b \\| c", "a \\| b \\\\\\| c")]
    [InlineData("# C#", "\\# C\\#")]
    [InlineData("    code\nnext", "code next")]
    [InlineData("- item", "\\- item")]
    [InlineData("1. item", "1\\. item")]
    [InlineData("2.5 of 3", "2\\.5 of 3")]
    [InlineData("&lt; &#60;", "&amp;lt; &amp;\\#60;")]
    [InlineData("|\u202E|", "\\|\\\\u202E\\|")]
    public void Markup_in_foreign_text_is_escaped_in_Markdown(string text, string page) => ForeignText.InMarkdown(text).Should().Be(page);

    [Fact]
    public void Escaped_Markdown_displays_the_original_text_for_any_characters()
    {
        const string signs = " \t\n\\`*_{}[]<>()#+-.!|~$&:/=\"'a1éw\u202E\u001B";
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => signs[random.Next(signs.Length)]));

            var page = ForeignText.InMarkdown(text);

            // Escapes first, then entities: the order in which a reader of Markdown undoes them.
            var shown = WebUtility.HtmlDecode(EscapePattern().Replace(page, "$1"));
            shown.Should().Be(ForeignText.OnOneLine(text).Trim(), page);
            ActivePattern().IsMatch(EntityPattern().Replace(EscapePattern().Replace(page, "·"), "·")).Should().BeFalse(page);
        }
    }

    [Theory]
    [InlineData("3.6 after residual", "3.6 after residual")]
    [InlineData("=cmd|' /C calc'!A1", "'=cmd|' /C calc'!A1")]
    [InlineData("\t@SUM(1,\"2\")", "\"' @SUM(1,\"\"2\"\")\"")]
    [InlineData("-1", "'-1")]
    [InlineData("a\r\n\u001B,b", "\"a  \\u001B,b\"")]
    public void In_a_table_it_is_one_cell_and_no_formula(string text, string cell) => ForeignText.InCsv(text).Should().Be(cell);

    [Fact]
    public void Foreign_text_in_html_is_escaped_for_elements_and_attributes() =>
        ForeignText.InHtml("<b a=\"1\" c='2'>&\u2028\u001B").Should().Be("&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp; \\u001B");

    [Fact]
    public void Foreign_text_in_json_keeps_every_character_and_escapes_invisible_ones()
    {
        const string text = "χ \u202E \u200B \U000E0041 \u001B \u2028 \\ \"";
        var json = new JsonObject { [text] = text }.ToJsonString(
            new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true }
        );

        var shown = ForeignText.InJson(json);

        JsonNode.Parse(shown)![text]!.GetValue<string>().Should().Be(text);
        shown.Should().Contain("χ").And.Contain("\\u202E").And.Contain("\\uDB40\\uDC41");
        ForeignText.OnOneLine(shown.ReplaceLineEndings(" ")).Should().Be(shown.ReplaceLineEndings(" "));
    }

    [Theory]
    [InlineData("bn_ff-64.npz", "bn_ff-64.npz")]
    [InlineData("../../etc/passwd", "_.._etc_passwd")]
    [InlineData("C:\\x\0y", "C__x_y")]
    [InlineData("..", "unnamed")]
    [InlineData("", "unnamed")]
    [InlineData(".hidden.", "hidden")]
    [InlineData("nul.txt", "_nul.txt")]
    [InlineData("-rf", "_-rf")]
    [InlineData("γ\u202E", "__")]
    public void Foreign_text_becomes_a_file_name_that_is_valid_on_every_system(string text, string name)
    {
        ForeignText.InFileName(text).Should().Be(name);
        ForeignText.InFileName(new string('x', 5000)).Should().HaveLength(100);
    }

    [Fact]
    public void A_long_text_is_cut_between_characters()
    {
        ForeignText.Beginning("abc", 3).Should().Be("abc");
        ForeignText.Beginning("abcd", 3).Should().Be("abc…");
        ForeignText.Beginning("ab😀", 3).Should().Be("ab…");
        Refusal.OfNull("text", () => ForeignText.Beginning(null!, 3));
        Refusal.OfNull("text", () => ForeignText.OnOneLine(null!));
        Refusal.OfNull("text", () => ForeignText.InFileName(null!));
        Refusal.OfNull("json", () => ForeignText.InJson(null!));
    }

    [GeneratedRegex(@"\\([\\`*_\[\]|~$#\-+=.)])")]
    private static partial Regex EscapePattern();

    [GeneratedRegex("&(amp|lt|gt|#58|#46);")]
    private static partial Regex EntityPattern();

    /// <summary>What is left after escapes are taken out, and still means something to a reader of Markdown.</summary>
    [GeneratedRegex(@"[\\`*\[\]|~$#<>]|^[-+=]|^\s|^\d+[.)]|://|www\.|(?<![A-Za-z0-9é])_|_(?![A-Za-z0-9é])")]
    private static partial Regex ActivePattern();

    [Fact]
    public void A_line_of_any_length_is_shown_by_its_beginning_and_its_end()
    {
        foreach (var sign in new[] { "x", "\u202E", "\U0001F600", "é" })
        {
            var text = $"FILE: expected 1, found {string.Concat(Enumerable.Repeat(sign, 100_000))}; do something";

            var line = ForeignText.OnOneLine(text);

            line.Length.Should().BeInRange(3990, 4000);
            line.Should().StartWith("FILE: expected 1, found ").And.Contain("…").And.EndWith("; do something");
            ForeignText.OnOneLine(line).Should().Be(line);
            line.EnumerateRunes().Should().NotContain(System.Text.Rune.ReplacementChar);
        }

        new InvalidInputException("images.npy", $"found shape ({new string('1', 90_000)})").Message.Length.Should().BeLessThan(4001);
    }
}
