using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

public class AssemblyTests
{
    [Fact]
    public void Model_and_Theory_know_nothing_of_each_other()
    {
        var theory = System.Reflection.Assembly.Load("Wellbehaved.Theory");
        typeof(Experiment).Assembly.GetReferencedAssemblies().Should().NotContain(name => name.Name == "Wellbehaved.Theory");
        theory.GetReferencedAssemblies().Should().NotContain(name => name.Name == "Wellbehaved.Model");
    }

    [Fact]
    public void Only_the_command_knows_what_draws()
    {
        foreach (var name in new[] { "Wellbehaved.Numerics", "Wellbehaved.Model", "Wellbehaved.Theory", "Wellbehaved.Audit" })
        {
            System.Reflection.Assembly.Load(name).GetReferencedAssemblies().Should().NotContain(reference => reference.Name == "Wellbehaved.Figures" || reference.Name == "SkiaSharp", name);
        }
    }
}
