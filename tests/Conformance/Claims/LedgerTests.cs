using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The ledger and the code correspond one to one.</summary>
public class LedgerTests
{
    [Fact]
    public void Claims_and_checks_correspond_one_to_one()
    {
        var stated = ClaimLedger
            .Claims.Where(claim => claim.IsTestable)
            .SelectMany(claim => claim.Architectures.Select(architecture => $"{claim.Id} {architecture}"));
        var checks = Suite.Checks.Select(check => $"{check.ClaimId} {check.Architecture}");
        checks.Should().BeEquivalentTo(stated).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void Every_law_and_every_claim_of_the_post_is_in_the_ledger()
    {
        string[] laws = [.. Numbered("D", 8), .. Numbered("S", 8), .. Numbered("W", 4), .. Numbered("R", 2), .. Numbered("A", 3), .. Numbered("P", 9)];
        ClaimLedger.Claims.Select(claim => claim.Id).Should().Contain(laws).And.OnlyHaveUniqueItems();

        static IEnumerable<string> Numbered(string letter, int count) => Enumerable.Range(1, count).Select(i => $"{letter}{i}");
    }

    [Fact]
    public void Every_claim_has_the_fields_that_its_kind_needs()
    {
        foreach (var claim in ClaimLedger.Claims)
        {
            claim.Statement.Should().EndWith(".", claim.Id).And.HaveLength(claim.Statement.Trim().Length);
            claim.Source.Should().NotBeNullOrWhiteSpace(claim.Id);
            claim.Architectures.Should().NotBeEmpty(claim.Id).And.BeSubsetOf([.. Architecture.Names, Suite.Composed, TrainingSuite.Composed]);
            if (claim.IsTestable || claim.IsTrained)
            {
                claim.Discrepancy.Should().NotBeNullOrWhiteSpace(claim.Id);
                claim.Tolerance.Should().NotBeNullOrWhiteSpace(claim.Id);
                claim.Reason.Should().BeNull(claim.Id);
            }
            else
            {
                claim.Reason.Should().NotBeNullOrWhiteSpace(claim.Id);
            }
        }
    }

    [Fact]
    public void Claims_on_sites_describe_their_sites()
    {
        foreach (var claim in ClaimLedger.Claims.Where(claim => claim.IsTestable && claim.Architectures.Contains(Suite.Composed)).AtLeastOne())
        {
            claim.Sites.Should().NotBeNullOrWhiteSpace(claim.Id);
            LayerMutants.List.Select(mutant => mutant.ClaimId).Should().Contain(claim.Id, "a wrong interpreter of layers must break it");
        }
    }

    [Fact]
    public void Every_mutant_names_a_claim_of_the_ledger() => AllMutants.List.Should().OnlyContain(mutant => ClaimLedger.Find(mutant.ClaimId) != null);
}
