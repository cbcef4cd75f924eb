using System.Reflection;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public class AssemblyTests
{
    /// <summary>What each library may know of the others: data flows from the description to the verdict, and no circle closes.</summary>
    [Theory]
    [InlineData("Networks")]
    [InlineData("Numerics")]
    [InlineData("Files")]
    [InlineData("Model", "Networks", "Numerics")]
    [InlineData("Theory", "Networks", "Numerics")]
    [InlineData("Experiments", "Files", "Model", "Networks", "Numerics")]
    [InlineData("Training", "Experiments", "Files", "Model", "Networks", "Numerics")]
    [InlineData("Onnx", "Experiments", "Files", "Model", "Networks", "Numerics")]
    [InlineData("Statistics")]
    [InlineData("Audit", "Experiments", "Files", "Model", "Networks", "Numerics", "Statistics", "Theory", "Training")]
    [InlineData("Reports", "Audit", "Experiments", "Files", "Model", "Networks", "Statistics")]
    [InlineData("Figures", "Audit", "Experiments", "Files", "Model", "Networks", "Reports", "Statistics", "Theory", "Training")]
    public void A_library_references_only_the_libraries_that_it_may(string library, params string[] known) =>
        Known(library).Should().BeSubsetOf(known.Select(name => $"Wellbehaved.{name}"));

    /// <summary>An oracle that shares code with what it judges is no oracle.</summary>
    [Fact]
    public void Model_and_Theory_know_nothing_of_each_other()
    {
        Known("Model").Should().NotContain("Wellbehaved.Theory");
        Known("Theory").Should().NotContain("Wellbehaved.Model");
    }

    [Theory]
    [InlineData("Numerics")]
    [InlineData("Model")]
    [InlineData("Experiments")]
    [InlineData("Training")]
    [InlineData("Theory")]
    [InlineData("Onnx")]
    [InlineData("Statistics")]
    [InlineData("Audit")]
    [InlineData("Reports")]
    public void No_library_but_the_command_references_drawing_libraries(string library) =>
        Assembly
            .Load($"Wellbehaved.{library}")
            .GetReferencedAssemblies()
            .Should()
            .NotContain(reference => reference.Name == "Wellbehaved.Figures" || reference.Name == "SkiaSharp");

    /// <summary>
    /// A name means one thing in all packages, since the author of a subject uses the places of the recipes and those of any network.
    /// </summary>
    [Fact]
    public void No_two_packages_have_public_types_of_one_name()
    {
        string[] libraries = ["Networks", "Numerics", "Files", "Model", "Experiments", "Training", "Theory", "Statistics", "Audit", "Reports", "Onnx"];
        libraries
            .SelectMany(library => Assembly.Load($"Wellbehaved.{library}").GetExportedTypes())
            .Where(type => !type.IsNested)
            .GroupBy(type => type.Name.Split('`')[0])
            .Where(group => group.Count() > 1)
            .Select(group => group.Key)
            .Should()
            .BeEmpty();
    }

    [Theory]
    [InlineData("Numerics")]
    [InlineData("Training")]
    public void A_library_that_only_others_of_ours_use_shows_nothing(string library) =>
        Assembly.Load($"Wellbehaved.{library}").GetExportedTypes().Should().BeEmpty();

    private static IEnumerable<string> Known(string library) =>
        Assembly
            .Load($"Wellbehaved.{library}")
            .GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("Wellbehaved.", StringComparison.Ordinal));
}
