using FluentAssertions;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Old tables look old.</summary>
public sealed class EvidencePageTests : IDisposable
{
    private const string Tables = "Arithmetic `0123456789ab`, C library `ba9876543210`.\n\n| a | b |\n|---|---|\n| 1 | 2 |";
    private readonly string _folder = Directory.CreateTempSubdirectory("page").FullName;

    private static EvidencePage Page => new EvidencePage($"# Title\n\n{EvidencePage.Begin}\n{EvidencePage.End}\n\nText behind.\n").WithTables(Tables);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ArithmeticFact]
    public void The_tables_of_the_documentation_are_of_todays_arithmetic_or_say_that_they_are_old() =>
        new EvidencePage(File.ReadAllText(Path.Combine(Repository.Root, "docs", "verdicts.md"))).WhyMisleading(Arithmetic.Digest).Should().BeNull();

    [Fact]
    public void Tables_of_another_arithmetic_mislead_until_the_page_says_so()
    {
        Page.Digest.Should().Be("0123456789ab");
        Page.WhyMisleading("0123456789ab").Should().BeNull();
        Page.WhyMisleading("aaaaaaaaaaaa").Should().Contain("0123456789ab").And.Contain("aaaaaaaaaaaa");

        var stamped = Page.Stamped("aaaaaaaaaaaa");
        stamped.Text.Should().Contain("These tables are of an earlier arithmetic (`0123456789ab`); today's is `aaaaaaaaaaaa`.").And.Contain("Text behind.");
        stamped.WhyMisleading("aaaaaaaaaaaa").Should().BeNull();
        stamped.WhyMisleading("bbbbbbbbbbbb").Should().NotBeNull("the line names another arithmetic than today's");
        stamped.WhyMisleading("0123456789ab").Should().NotBeNull("the tables are not old");
    }

    [Fact]
    public void A_stamp_is_put_once_and_taken_away()
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
    public void The_digest_sees_the_record_of_the_checks()
    {
        Arithmetic.Digest.Should().MatchRegex("^[0-9a-f]{12}$");
        var digest = Arithmetic.DigestOf([1, 2, 3]);
        Arithmetic.DigestOf([1, 2, 3]).Should().Be(digest, "it is a function of bits");
        Arithmetic.DigestOf([1, 2, 4]).Should().NotBe(digest);
        Arithmetic.Digest.Should().NotBe(digest);
        Arithmetic.Library.Should().MatchRegex("^[0-9a-f]{12}$").And.NotBe(Arithmetic.Digest);
    }

    [Fact]
    public void The_command_writes_tables_and_stamps()
    {
        var (data, page) = (Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName, Path.Combine(_folder, "page.md"));
        File.WriteAllText(page, $"{EvidencePage.Begin}\n{EvidencePage.End}\n");
        EvidenceCommands.Run("table", data, page).Should().Be(0);
        File.ReadAllText(page).Should().Contain("No evidence has been gathered yet.");

        var file = Path.Combine(data, "quick.tsv");
        EvidenceCommands.Run("quick", "0", "1", file, "O2 vanilla").Should().Be(0);
        EvidenceCommands.Run("table", data, page).Should().Be(0);
        var today = File.ReadAllText(page);
        today.Should().Contain(Arithmetic.Digest).And.Contain("1 other checks held").And.NotContain("earlier arithmetic");

        File.WriteAllText(file, File.ReadAllText(file).Replace(Arithmetic.Digest, "0123456789ab", StringComparison.Ordinal));
        EvidenceCommands.Run("table", data, page).Should().Be(0);
        File.ReadAllText(page).Should().Contain($"earlier arithmetic (`0123456789ab`); today's is `{Arithmetic.Digest}`");

        File.WriteAllText(page, today.Replace(Arithmetic.Digest, "0123456789ab", StringComparison.Ordinal));
        EvidenceCommands.Run("stamp", page).Should().Be(0);
        new EvidencePage(File.ReadAllText(page)).WhyMisleading(Arithmetic.Digest).Should().BeNull();
    }

    [Fact]
    public void Tables_of_two_arithmetics_are_not_put_beside_each_other()
    {
        new EvidenceFile<Tally>(new Provenance("quick", "0123456789ab", "c")).Write(Path.Combine(_folder, "a.tsv"));
        new EvidenceFile<Tally>(new Provenance("mutants", "ba9876543210", "c")).Write(Path.Combine(_folder, "b.tsv"));

        FluentActions.Invoking(() => EvidenceTables.Of(_folder)).Should().Throw<InvalidInputException>().WithMessage("*0123456789ab*ba9876543210*");
    }
}
