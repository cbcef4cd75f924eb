using FluentAssertions;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Tables of another arithmetic are marked as old.</summary>
public sealed class EvidencePageTests : IDisposable
{
    private const string Tables = "Arithmetic `0123456789ab`, C library `ba9876543210`.\n\n| a | b |\n|---|---|\n| 1 | 2 |";
    private readonly string _folder = Directory.CreateTempSubdirectory("page").FullName;

    private static EvidencePage Page => new EvidencePage($"# Title\n\n{EvidencePage.Begin}\n{EvidencePage.End}\n\nText after it.\n").WithTables(Tables);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ArithmeticFact]
    public void The_tables_of_the_documentation_are_of_the_current_arithmetic_or_marked_as_old() =>
        new EvidencePage(File.ReadAllText(Path.Combine(Repository.Root, "docs", "verdicts.md")))
            .WhyMisleading(Arithmetic.Propagation, EvidenceTables.Outdated(Path.Combine(Repository.Root, "data", "evidence")))
            .Should()
            .BeNull();

    [Fact]
    public void Tables_of_another_arithmetic_are_misleading_until_the_page_marks_them_as_old()
    {
        Page.Digest.Should().Be("0123456789ab");
        Page.WhyMisleading("0123456789ab").Should().BeNull();
        Page.WhyMisleading("aaaaaaaaaaaa").Should().Contain("0123456789ab").And.Contain("aaaaaaaaaaaa");

        var stamped = Page.Stamped("aaaaaaaaaaaa");
        stamped.Text.Should().Contain("These tables are of an earlier arithmetic (`0123456789ab`); today's is `aaaaaaaaaaaa`.").And.Contain("Text after it.");
        stamped.WhyMisleading("aaaaaaaaaaaa").Should().BeNull();
        stamped.WhyMisleading("bbbbbbbbbbbb").Should().NotBeNull("the line names another arithmetic than today's");
        stamped.WhyMisleading("0123456789ab").Should().NotBeNull("the tables are not old");
    }

    [Fact]
    public void The_mark_for_old_tables_is_added_once_and_removed_again()
    {
        var stamped = Page.Stamped("aaaaaaaaaaaa");

        stamped.Stamped("aaaaaaaaaaaa").Text.Should().Be(stamped.Text);
        stamped.Stamped("0123456789ab").Text.Should().Be(Page.Text);
        stamped.WithTables(Tables).Text.Should().Be(Page.Text);
    }

    [Fact]
    public void A_page_without_tables_is_not_old()
    {
        var page = Page.WithTables("No evidence has been gathered yet.");

        page.Digest.Should().Be(EvidencePage.NoTables);
        page.WhyMisleading("aaaaaaaaaaaa").Should().BeNull();
        page.Stamped("aaaaaaaaaaaa").Text.Should().Be(page.Text);
        FluentActions.Invoking(() => new EvidencePage("no marks").Digest).Should().Throw<InvalidInputException>();
    }

    [Fact]
    public void A_changed_check_makes_only_its_own_rows_old()
    {
        Arithmetic.Propagation.Should().MatchRegex("^[0-9a-f]{12}$");
        Arithmetic.Library.Should().MatchRegex("^[0-9a-f]{12}$").And.NotBe(Arithmetic.Propagation);
        string[] record = ["check\tverdict", "D1 vanilla\tHolds\t1", "D1 bn_ff\tHolds\t2", "D10 vanilla\tHolds\t3"];
        string[] changed = ["check\tverdict", "D1 vanilla\tHolds\t1", "D1 bn_ff\tHolds\t4", "D10 vanilla\tHolds\t3"];

        Arithmetic
            .StampOf("D1 vanilla", record)
            .Should()
            .Be(Arithmetic.StampOf("D1 rejects noise (vanilla)", record), "both are of the claim D1")
            .And.NotBe(Arithmetic.StampOf("D1 vanilla", changed))
            .And.NotBe(Arithmetic.StampOf("D10 vanilla", record));
        Arithmetic.StampOf("D10 vanilla", changed).Should().Be(Arithmetic.StampOf("D10 vanilla", record));
        Arithmetic.StampOf(QuickStudy.WholeRun, changed).Should().NotBe(Arithmetic.StampOf(QuickStudy.WholeRun, record), "a whole run is of every check");
        Arithmetic
            .StampOf("vanilla | width 64, depth 50", changed)
            .Should()
            .Be(Arithmetic.StampOf("vanilla | width 64, depth 50", record), "a diagnosis is of none");
    }

    [Fact]
    public void Rows_of_an_earlier_check_are_reported_left_out_of_tables_and_recomputed()
    {
        var (data, page) = (Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName, Path.Combine(_folder, "page.md"));
        File.WriteAllText(page, $"{EvidencePage.Begin}\n{EvidencePage.End}\n");
        var file = Path.Combine(data, "quick.tsv");
        EvidenceCommands.Run("quick", "0", "2", file, "O2 vanilla", "O2 bn_ff", "D8 vanilla").Should().Be(0);
        var sound = File.ReadAllText(file);
        File.WriteAllText(file, sound.Replace(Arithmetic.StampOf("D8 vanilla"), "0123456789ab", StringComparison.Ordinal));

        EvidenceCommands.Run("table", data, page).Should().Be(0);

        var line = EvidenceTables.Outdated(data);
        line.Should().Be($"{EvidencePage.OutdatedBeginning}D8.**");
        File.ReadAllText(page).Should().Contain(line).And.Contain("2 other checks held");
        var written = new EvidencePage(File.ReadAllText(page));
        written.WhyMisleading(Arithmetic.Propagation, line).Should().BeNull();
        written.WhyMisleading(Arithmetic.Propagation).Should().NotBeNull("nothing is old, and yet the page says so");
        written.Stamped(Arithmetic.Propagation).WhyMisleading(Arithmetic.Propagation).Should().BeNull();
        written.Stamped(Arithmetic.Propagation, line).Text.Should().Be(written.Text);
        EvidenceCommands.Run("quick", "0", "2", file, "D8 vanilla").Should().Be(0);
        File.ReadAllText(file).Should().Be(sound);
        EvidenceTables.Outdated(data).Should().BeNull();
    }

    [Fact]
    public void The_table_command_writes_tables_and_marks_old_ones()
    {
        var (data, page) = (Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName, Path.Combine(_folder, "page.md"));
        File.WriteAllText(page, $"{EvidencePage.Begin}\n{EvidencePage.End}\n");
        EvidenceCommands.Run("table", data, page).Should().Be(0);
        File.ReadAllText(page).Should().Contain("No evidence has been gathered yet.");

        var file = Path.Combine(data, "quick.tsv");
        EvidenceCommands.Run("quick", "0", "1", file, "O2 vanilla").Should().Be(0);
        EvidenceCommands.Run("table", data, page).Should().Be(0);
        var today = File.ReadAllText(page);
        today.Should().Contain(Arithmetic.Propagation).And.Contain("1 other checks held").And.NotContain("earlier arithmetic");

        File.WriteAllText(file, File.ReadAllText(file).Replace(Arithmetic.Propagation, "0123456789ab", StringComparison.Ordinal));
        EvidenceCommands.Run("table", data, page).Should().Be(0);
        File.ReadAllText(page).Should().Contain($"earlier arithmetic (`0123456789ab`); today's is `{Arithmetic.Propagation}`");

        File.WriteAllText(page, today.Replace(Arithmetic.Propagation, "0123456789ab", StringComparison.Ordinal));
        EvidenceCommands.Run("stamp", page).Should().Be(0);
        new EvidencePage(File.ReadAllText(page)).WhyMisleading(Arithmetic.Propagation).Should().BeNull();
    }

    [Fact]
    public void Tables_of_different_arithmetics_are_not_written_together()
    {
        new EvidenceFile<Tally>(new Provenance("quick", "0123456789ab", "c")).Write(Path.Combine(_folder, "a.tsv"));
        new EvidenceFile<Tally>(new Provenance("mutants", "ba9876543210", "c")).Write(Path.Combine(_folder, "b.tsv"));

        FluentActions.Invoking(() => EvidenceTables.Write(_folder)).Should().Throw<InvalidInputException>().WithMessage("*0123456789ab*ba9876543210*");
    }
}
