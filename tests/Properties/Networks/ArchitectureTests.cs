using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

/// <summary>Two architectures are equal if their names and steps are, so that what is kept for one is found for the other.</summary>
public class ArchitectureTests
{
    public static TheoryData<string> Names => [.. Architecture.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_architecture_named_twice_is_equal_to_itself(string name)
    {
        Architecture.Named(name, 3).Should().Be(Architecture.Named(name, 3));
        Architecture.Named(name, 3).GetHashCode().Should().Be(Architecture.Named(name, 3).GetHashCode());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Another_name_or_other_branches_make_another_architecture(string name)
    {
        var architecture = Architecture.Named(name);

        Architecture.Names.Where(other => architecture.Equals(Architecture.Named(other))).Should().Equal(name);
        architecture.Equals(Architecture.Named(name, 3)).Should().Be(!architecture.IsResidual);
        architecture.Equals(architecture with { Name = "mine" }).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Branches_of_another_depth_are_those_of_the_name_with_that_depth(string name)
    {
        var architecture = Architecture.Named(name).WithResidualDepth(5);

        architecture.Should().Be(Architecture.Named(name, 5));
        architecture.ConvolutionsPerUnit.Should().Be(architecture.IsResidual ? 5 : 1);
        architecture.Invoking(one => one.WithResidualDepth(0)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
