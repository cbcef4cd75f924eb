using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public class PublishedFilesTests
{
    [PublishedFact]
    public void The_author_s_files_are_read()
    {
        var vanilla = ResultFile.Read(PublishedFactAttribute.File("vanilla_histo_fc"));
        vanilla.Depth.Should().Equal(50, 100, 150, 200);
        vanilla.Simulations.Should().Be(10_000);
        vanilla.ResidualDepth.Should().BeNull();

        var residual = ResultFile.Read(PublishedFactAttribute.File("bn_res_fc"));
        residual.ResidualDepth.Should().Be(2);
        residual.Depth[^1].Should().Be(500);
        residual.Find("chi_loc5")!.Should().HaveCount(200).And.AllSatisfy(row => row.Should().OnlyContain(value => value > 1 && value < 1000));

        // As NumPy prints the first numbers.
        ResultFile
            .Read(PublishedFactAttribute.File("bn_ff_fc_64"))
            .Find("chi_loc3")![0]
            .Take(3)
            .Should()
            .BeEquivalentTo(
                [1.37018112, 2.12273826, 3.13187495],
                options => options.Using<double>(context => context.Subject.Should().BeApproximately(context.Expectation, 5e-9)).WhenTypeIs<double>()
            );
    }
}
