using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Numbers that documents give in words.</summary>
public class CountsTests
{
    [Fact]
    public void The_tutorial_states_the_correct_number_of_claims()
    {
        Prose("docs/tutorial.md").Should().Contain("all ninety-one claims that need no training are checked");
        ClaimLedger.Claims.Count(claim => claim.IsTestable).Should().Be(91);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/tutorial.md")]
    [InlineData("docs/audit-protocol.md")]
    [InlineData("docs/my-implementation.md")]
    public void The_documents_state_the_correct_length_of_the_example(string document)
    {
        Prose(document).Should().Contain("130 lines");
        File.ReadAllLines(Path.Combine(Repository.Root, "examples/numpy/wellbehaved_numpy.py")).Length.Should().BeInRange(125, 135);
    }

    [Fact]
    public void README_states_the_correct_number_of_wrong_implementations()
    {
        Prose("README.md").Should().Contain("more than a hundred wrong implementations");
        AllMutants.List.Length.Should().BeInRange(101, 149);
        Prose("README.md").Should().Contain("two hundred of single layers");
        LayerMutants.List.Length.Should().BeInRange(200, 249);
    }

    /// <summary>A document without its line ends: a phrase may go on in the next line.</summary>
    private static string Prose(string document) => Repository.Text(document).Replace('\n', ' ');
}
