using System.Text.Json.Nodes;
using System.Xml.Linq;
using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Implementations of others, correct and independent of ours, pass the whole audit.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NumPyFact]
    public void The_NumPy_example_passes_all_claims_in_every_report()
    {
        var (json, junit, badge) = (PathOf("verdicts.json"), PathOf("verdicts.xml"), PathOf("badge.json"));
        var outcome = Audited.Run(Audited.NumPyExample, "--json", json, "--junit", junit, "--badge", badge, "--report", PathOf("report"));

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Output.Should().Contain("47 of 47 claims hold (124 of 124 checks), 0 rejected, 0 inconclusive, 2 not run at this scale");
        var report = JsonNode.Parse(File.ReadAllText(json))!;
        report["subject"]!.GetValue<string>().Should().Be("wellbehaved_numpy");
        report["verdict"]!.GetValue<string>().Should().Be("holds");
        report["checks"]!
            .AsArray()
            .Should()
            .HaveCount(
                Suite.Checks.Count(check => Wellbehaved.Model.Architecture.Names.Contains(check.Architecture)),
                "a program of protocol 1 is asked about the four architectures"
            )
            .And.OnlyContain(check => check!["declined"]!.AsArray().Count == 0);
        report["adapter_failures"]!.AsArray().Should().BeEmpty();
        var suite = XDocument.Load(junit).Root!.Element("testsuite")!;
        (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("errors")!.Value, suite.Attribute("skipped")!.Value)
            .Should()
            .Be(("126", "0", "0", "2"), "two claims cannot be tested");
        JsonNode.Parse(File.ReadAllText(badge))!["message"]!.GetValue<string>().Should().Be("47 of 47 claims");
        File.ReadAllText(Path.Combine(_folder, "report", "report.md")).Should().StartWith("# wellbehaved_numpy 1: 47 of 47 claims");
    }

    [NumPyFact]
    public void The_NumPy_example_passes_the_smoke_test()
    {
        var outcome = Audited.Run(Audited.NumPyExample, "--smoke");

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Output.Should().Contain("adapter ok: simulates every architecture").And.NotContain("BROKEN").And.Contain("6 of 6 claims hold");
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
