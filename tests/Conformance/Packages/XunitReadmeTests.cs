using System.Text.RegularExpressions;
using System.Xml.Linq;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The packages for xunit by their READMEs alone: the project and the class that are shown there are built and run as they stand.</summary>
[Collection(PackageFolder.SharedByTests)]
public sealed partial class XunitReadmeTests(PackageFolder packages)
{
    /// <summary>Tests compile with either xunit, and the other's runner finds none of them; so each package refuses all packages of the other.</summary>
    [Theory]
    [InlineData("xunit", "Xunit.V3")]
    [InlineData("xunit.core", "Xunit.V3")]
    [InlineData("xunit.v3", "Xunit")]
    [InlineData("xunit.V3.mtp-v2", "Xunit")]
    [InlineData("xunit.v3.mtp-off", "Xunit")]
    [InlineData("xunit.v3.core.mtp-v1", "Xunit")]
    [InlineData("xunit.assert", null)]
    [InlineData("xunit.v3.assert", null)]
    public void Every_package_of_the_other_xunit_is_refused(string reference, string? refusing)
    {
        foreach (var (package, target) in new[] { ("Xunit", "WellbehavedXunitIsForXunit2"), ("Xunit.V3", "WellbehavedXunitV3IsForXunitV3") })
        {
            var targets = Path.Combine(Repository.Root, "src", package, "buildTransitive", $"Wellbehaved.{package}.targets");
            var project = Path.Combine(packages.NewProject("guard"), "any.proj");
            File.WriteAllText(
                project,
                $"""<Project><ItemGroup><PackageReference Include="{reference}" /></ItemGroup><Import Project="{targets}" /></Project>"""
            );

            var (status, output) = packages.Dotnet(["msbuild", project, $"-target:{target}"]);

            (status != 0).Should().Be(package == refusing, output);
        }
    }

    [Theory]
    [InlineData("Xunit", "Wellbehaved.Xunit.V3 is for xunit.v3")]
    [InlineData("Xunit.V3", "Wellbehaved.Xunit is for xunit 2")]
    public void The_project_of_the_README_passes_and_fails_as_it_should(string package, string refusalOfTheOther)
    {
        packages.PackLibraries();
        var folder = packages.NewProject(package);
        var document = Path.Combine("src", package, "README.md");
        var project = Repository.Blocks(document, "xml").Single().Text;
        var subject = Repository.Blocks(document, "csharp").Single().Text;
        VersionPattern().Match(project).Groups["version"].Value.Should().Be(ProductVersion, "the README shows the present version");
        project = VersionPattern().Replace(project, $"${{head}}{PackageFolder.Version}\"");
        Write(project, "Mine.csproj");
        Write(subject, "MyNetwork.cs");

        // The mistake that the README proposes, beside what is right: one build for both.
        var wrong = subject.Replace("value > 0 ? noise : 0", "noise", StringComparison.Ordinal).Replace("MyNetwork", "Broken", StringComparison.Ordinal);
        wrong.Should().NotContain("noise : 0");
        Write(wrong, "Broken.cs");

        var (tested, log) = packages.Dotnet(
            ["test", "--logger", "trx;LogFileName=results.trx", "--logger", "progress", "--test-adapter-path", Path.GetDirectoryName(LoggerPath)!],
            folder
        );
        tested.Should().Be(1, "one class is wrong");
        var results = XDocument
            .Load(Path.Combine(folder, "TestResults", "results.trx"))
            .Descendants()
            .Where(element => element.Name.LocalName == "UnitTestResult")
            .ToArray();
        Outcomes(results, "MyNetworkTests")
            .Should()
            .HaveCountGreaterThan(100)
            .And.OnlyContain(result => result.Outcome == "Passed" || (result.Outcome == "NotExecuted" && result.Text.Contains("declined: ")));
        Outcomes(results, "MyNetworkTests").Count(result => result.Outcome == "Passed").Should().BeGreaterThanOrEqualTo(5);
        var failed = Outcomes(results, "BrokenTests").Where(result => result.Outcome == "Failed").ToArray();
        failed.Should().Contain(result => result.Name.Contains("\"D8\"") && result.Text.Contains("rejected"), "the README says so");

        // Our own logger, as `dotnet test Verify.sln` uses it.
        log.Should()
            .MatchRegex(@"Mine: \d+ passed, \d+ failed, \d+ skipped after \d+ min \d\d s")
            .And.Contain("Mine: skipped, declined: architecture bn_ff: ");

        // With the package for the other xunit no test would be found.
        Write(OwnPackagePattern().Replace(project, package == "Xunit" ? "Wellbehaved.Xunit.V3" : "Wellbehaved.Xunit"), "Mine.csproj");
        var (status, output) = packages.Dotnet(["build"], folder);
        status.Should().Be(1);
        output.Should().Contain(refusalOfTheOther);

        void Write(string text, string name) => File.WriteAllText(Path.Combine(folder, name), text);
    }

    internal static string ProductVersion => XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    private static string LoggerPath =>
        Directory
            .EnumerateFiles(
                Path.Combine(Repository.Root, "tests", "Progress", "bin", PackageFolder.Configuration),
                "*.TestLogger.dll",
                SearchOption.AllDirectories
            )
            .Single();

    private static IEnumerable<(string Name, string Outcome, string Text)> Outcomes(IEnumerable<XElement> results, string tests) =>
        results
            .Select(result => (Name: result.Attribute("testName")!.Value, Outcome: result.Attribute("outcome")!.Value, Text: result.Value))
            .Where(result => result.Name.StartsWith(tests + ".", StringComparison.Ordinal));

    [GeneratedRegex("(?<head>\"Wellbehaved\\.Xunit[^\"]*\" Version=\")(?<version>[^\"]*)\"")]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"Wellbehaved\.Xunit(\.V3)?(?="")")]
    private static partial Regex OwnPackagePattern();
}
