using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The table of verdicts is as wide as the window; nothing is cut, and no word is broken.</summary>
public class VerdictTableTests
{
    private const string Red = "\u001b[91m";

    /// <summary>The words of a run stay together; its commands may be broken where the shell allows it.</summary>
    private static readonly string[] Whole = ["REJECTED", "INCONCLUSIVE", "holds", "vanilla_res"];

    public static TheoryData<int> Widths => [34, 40, 60, 72, 80, 100, 120, 144, 160, 200];

    [Theory]
    [MemberData(nameof(Widths))]
    public void No_line_is_wider_than_the_window_and_no_word_is_broken(int width)
    {
        var (narrow, wide) = (Printed(SampleRuns.Defective, width), Printed(SampleRuns.Defective, null));

        narrow
            .Split('\n')
            .Should()
            .OnlyContain(line => line.Length <= width || !line.Trim().Contains(' '), "only a word that is longer than the window may be");
        narrow.Should().NotContain("…");
        foreach (var word in Whole)
        {
            Count(narrow, word).Should().BeGreaterThanOrEqualTo(Count(wide, word), word);
        }

        var words = narrow.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim(';', ',')).ToHashSet();
        wide.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Trim(';', ','))
            .Except(["decided", "by"])
            .Should()
            .BeSubsetOf(words.Concat(Titles).ToHashSet());
    }

    [Fact]
    public void A_table_in_a_file_has_one_full_line_for_each_check()
    {
        var lines = Printed(SampleRuns.Defective, null).Split('\n');

        foreach (var (outcome, line) in SampleRuns.Defective.Outcomes.Zip(lines.Skip(1)))
        {
            line.Should()
                .StartWith($"{outcome.Check.ClaimId} ")
                .And.Contain($" {outcome.Check.Architecture} ")
                .And.EndWith(MeasurementWords.Quantity(outcome.Decisive!));
        }

        lines.Should().NotContain(line => line.EndsWith(' '));
    }

    [Fact]
    public void A_window_of_80_columns_shows_claim_and_verdict_on_one_line_and_the_rest_below()
    {
        var lines = Printed(SampleRuns.Mixed, 80).Split('\n');

        lines[0].Should().Be("claim  architecture   predicted    measured      apart by  verdict");
        lines.Should().Contain(line => line.StartsWith("W1     vanilla", StringComparison.Ordinal) && line.EndsWith("  REJECTED", StringComparison.Ordinal));
        lines.Should().Contain(line => line.StartsWith("       ", StringComparison.Ordinal) && line.Contains("n = ", StringComparison.Ordinal));
        foreach (var word in new[] { "apart by: ", "interval: ", "n: ", "alpha: " })
        {
            lines.Should().ContainSingle(line => line.StartsWith(word, StringComparison.Ordinal), "what each column means is said once");
        }
    }

    [Fact]
    public void Rejected_is_red_only_where_colours_are_allowed()
    {
        var coloured = Printed(SampleRuns.Mixed, 80, colours: true);

        coloured.Should().Contain($"{Red}REJECTED");
        Printed(SampleRuns.Mixed, 80).Should().NotContain("\u001b");
        Printed(SampleRuns.Mixed with { Outcomes = [SampleRuns.Mixed.Outcomes[0]] }, 80, colours: true).Should().NotContain(Red);
    }

    [Fact]
    public void The_replay_command_can_be_pasted_for_any_window_width()
    {
        var run = SampleRuns.Defective with { Command = $"wellbehaved audit --command {Shell.Quote("python3 'my program.py' --size 3")}" };
        var rejected = run.Outcomes.First(outcome => outcome.Verdict == Verdict.Rejected);
        var command = VerificationReport.ReplayOf(run, rejected);

        Printed(run, 60).Replace($" {Shell.LineEnd}\n      ", " ", StringComparison.Ordinal).Should().Contain($"  again: {command}\n");
        Printed(run, null).Should().Contain($"  again: {command}\n");
        command.Should().EndWith($" --claim {rejected.Check.ClaimId} --seed 8 --architecture {rejected.Check.Architecture}");
    }

    [Fact]
    public void Counts_of_one_have_singular_words()
    {
        var one = Printed(SampleRuns.Mixed with { Outcomes = [SampleRuns.Mixed.Outcomes[0]], Diagnoses = [], AdapterFailures = [] }, null);
        one.Should().Contain("1 of 1 claim holds (1 of 1 check), ").And.Contain("statistics of its random networks: 1 of 1 check holds");
        Printed(SampleRuns.Defective, null).Should().Contain("98 of 124 checks");
        EnumWords.Hold(0, 0, "claim").Should().Be("0 of 0 claims hold");
        EnumWords.Hold(0, 1, "claim").Should().Be("0 of 1 claim holds");
        EnumWords.Hold(1, 3, "claim").Should().Be("1 of 3 claims holds");
        EnumWords.Hold(2, 3, "claim").Should().Be("2 of 3 claims hold");
    }

    private static string[] Titles => ["claim", "architecture", "predicted", "measured", "apart", "interval", "n", "alpha", "verdict", "–"];

    private static string Printed(VerificationRun run, int? width, bool colours = false)
    {
        var text = new StringWriter { NewLine = "\n" };
        VerdictTable.Print(run, new Screen(text, width, colours));
        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n');
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;
}
