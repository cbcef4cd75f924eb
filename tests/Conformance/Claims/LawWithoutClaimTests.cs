using System.Text.RegularExpressions;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Every law that a verdict cites can be looked up: as a claim of the ledger, or among the laws that no claim is about.</summary>
public partial class LawWithoutClaimTests
{
    public static TheoryData<string> Ids => [.. LawsWithoutClaim.All.Select(law => law.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_law_without_a_claim_is_printed_by_its_id_and_stated_in_the_page_on_laws(string id)
    {
        var outcome = CommandLine.Run("claims", id);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        Words(outcome.Output).Should().Contain($"{id} {Words(LawsWithoutClaim.Find(id)!)}").And.Contain("no claim is about it");
        Words(File.ReadAllText(Path.Combine(Repository.Root, "docs/laws.md"))).Should().Contain($"- **{id}** {Words(LawsWithoutClaim.Find(id)!)}");
        ClaimLedger.Find(id).Should().BeNull("a law with a claim stands in the ledger");
    }

    [Fact]
    public void Every_law_that_the_sources_of_verdicts_cite_is_known()
    {
        var cited = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src/Theory"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Where(path => path.Contains("Stack", StringComparison.Ordinal) || path.Contains("Reach", StringComparison.Ordinal))
            .SelectMany(path => Citation().Matches(File.ReadAllText(path)))
            .SelectMany(match => match.Groups[1].Value.Split(", "))
            .Distinct()
            .ToArray();

        cited.Should().Contain(["F4", "F5", "V4", "Z2"]);
        cited.Where(id => ClaimLedger.Find(id) is null && LawsWithoutClaim.Find(id) is null).Should().BeEmpty();
    }

    [Fact]
    public void Laws_and_claims_are_printed_together_and_a_word_that_is_neither_is_refused()
    {
        CommandLine.Run("claims", "F4", "S2").Output.Should().Contain("F4  ").And.Contain("S2  ");
        var unknown = CommandLine.Run("claims", "F40");
        unknown.ExitStatus.Should().Be(2);
        unknown.Error.Should().Contain("F40");
    }

    private static string Words(string text) => Blanks().Replace(text, " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    /// <summary>Ids in a text of their own; G10 is a number's format.</summary>
    [GeneratedRegex(@"""((?:(?!G[0-9])[A-Z]{1,2}[0-9]{1,2}(?:, )?)+)""")]
    private static partial Regex Citation();
}
