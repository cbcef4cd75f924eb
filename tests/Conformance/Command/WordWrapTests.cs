using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Lines break between words; commands break where a shell goes on reading.</summary>
public class WordWrapTests
{
    [Theory]
    [InlineData("one two three", 7, "one two|three")]
    [InlineData("one two three", 8, "one two|three")]
    [InlineData("one two three", 13, "one two three")]
    [InlineData("one two three", 1, "one|two|three")]
    [InlineData("  one two three", 9, "  one two|  three")]
    [InlineData("immeasurable", 5, "immeasurable")]
    [InlineData("  immeasurable", 5, "  immeasurable")]
    [InlineData("immeasurable is", 5, "immeasurable|is")]
    [InlineData("an immeasurable word", 5, "an|immeasurable|word")]
    [InlineData("one  two", 4, "one|two")]
    [InlineData("one two\nthree", 20, "one two|three")]
    [InlineData("", 5, "")]
    [InlineData("ends   ", 5, "ends")]
    [InlineData("ends ", 5, "ends ")]
    [InlineData("a ends   ", 3, "a|ends")]
    public void A_line_breaks_between_words(string text, int width, string lines) => WordWrap.Lines(text, width).Should().Equal(lines.Split('|'));

    [Fact]
    public void A_continued_line_is_indented_and_text_for_a_file_is_not_wrapped()
    {
        WordWrap.Lines("  one two three", 12, 3).Should().Equal("  one two", "     three");
        WordWrap.Lines(new string('a', 300) + " b", null).Should().ContainSingle();
        WordWrap.Lines("          one two", 12).Should().Equal("          one", "      two");
    }

    [Theory]
    [InlineData("  again: wellbehaved verify --scale quick --claim S2", 40, @"  again: wellbehaved verify \|      --scale quick --claim S2")]
    [InlineData(
        "wellbehaved audit --command 'python3 my program.py' --smoke --seed 3",
        30,
        @"wellbehaved audit \|    --command 'python3 my program.py' \|    --smoke --seed 3"
    )]
    [InlineData(@"a --b 'it'\''s here' --c d", 14, @"a \|    --b 'it'\''s here' \|    --c d")]
    [InlineData("a --b", 5, "a --b")]
    public void A_command_breaks_between_options(string command, int width, string lines) =>
        CommandText.Lines(command, width, '\\').Should().Equal(lines.Split('|'));

    [UnixFact]
    public void A_quoted_word_passes_through_a_shell_unchanged()
    {
        foreach (var word in new[] { "python3 x.py", "it's", "''", "a \"b\" $HOME `ls` \\", "", "-- *" })
        {
            var outcome = CommandLine.Run("sh", ["-c", $"printf '[%s]' {Shell.Quote(word, powerShell: false)}"]);
            outcome.Output.Should().Be($"[{word}]");
        }
    }

    [Theory]
    [InlineData("python3 x.py", "'python3 x.py'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("it’s $HOME `n", "'it’’s $HOME `n'")]
    public void Quotes_within_a_PowerShell_word_are_doubled(string word, string quoted) => Shell.Quote(word, powerShell: true).Should().Be(quoted);
}
