using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The packages as a stranger gets them: packed from what was built, installed from a folder.</summary>
[Collection(PackageFolder.SharedByTests)]
public sealed partial class PackageTests(PackageFolder packages)
{
    /// <summary>Packed, what one platform needs. With the native code of all platforms in one package it was 82 million bytes.</summary>
    private const long MostBytes = 25_000_000;

    [Fact]
    public void The_command_is_installed_as_its_README_says()
    {
        packages.PackCommand();
        packages.Succeed(Installation("src/Cli/README.md")[1].Split(' ')[1..]);
        var packed = Directory.EnumerateFiles(packages.Path).Where(IsOfTheCommand).Sum(file => new FileInfo(file).Length);
        packed.Should().BeLessThanOrEqualTo(MostBytes);

        // Beside the files the SDK keeps the package itself, twice.
        var installed = Directory
            .EnumerateFiles(packages.Tools, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) != ".nupkg")
            .Sum(file => new FileInfo(file).Length);
        installed.Should().BeLessThanOrEqualTo(3 * MostBytes);

        var command = Path.Combine(packages.Tools, "wellbehaved");
        var verify = CommandLine.Run(command, ["verify", "--claim", "O1"]);
        verify.ExitStatus.Should().Be(0, verify.Error);
        verify.Output.Should().Contain("1 of 1 claim holds");

        // What draws brings native code.
        var result = Path.Combine(packages.Tools, "result.npz");
        var run = CommandLine.Run(
            command,
            [
                "run",
                "--architecture",
                "vanilla",
                "--total-depth",
                "2",
                "--num-computations",
                "2",
                "--kernel-size",
                "1",
                "--num-channels",
                "8",
                "--batch-size",
                "4",
                "--num-sims",
                "2",
                "--out",
                result,
            ]
        );
        run.ExitStatus.Should().Be(0, run.Error);
        foreach (var picture in new[] { "svg", "png", "pdf" })
        {
            var plot = CommandLine.Run(command, ["plot", result, "--out", Path.ChangeExtension(result, picture)]);
            plot.ExitStatus.Should().Be(0, plot.Error);
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/tutorial.md")]
    public void The_other_documents_install_the_command_in_the_same_way(string document) =>
        Installation(document).Should().Equal(Installation("src/Cli/README.md"));

    public static TheoryData<string> Packed => [.. PackageFolder.Libraries, "Cli"];

    [Theory]
    [MemberData(nameof(Packed))]
    public void A_package_contains_its_README_icon_licence_and_documentation(string project)
    {
        if (project == "Cli")
        {
            packages.PackCommand();
        }
        else
        {
            packages.PackLibraries();
        }

        var id = project == "Cli" ? "wellbehaved" : $"Wellbehaved.{project}";
        var files = Directory
            .EnumerateFiles(packages.Path, "*.nupkg")
            .Where(file => project == "Cli" ? IsOfTheCommand(file) : Path.GetFileName(file) == $"{id}.{PackageFolder.Version}.nupkg")
            .ToArray();
        files.Should().HaveCount(project == "Cli" ? 2 : 1);
        foreach (var file in files)
        {
            using var package = ZipFile.OpenRead(file);
            package.Entries.Select(entry => entry.FullName).Should().Contain(["icon.png", "README.md"]);
            using var stream = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
            var metadata = XDocument.Load(stream).Root!.Elements().Single();
            foreach (var (name, expected) in new[] { ("license", "MIT"), ("icon", "icon.png"), ("readme", "README.md") })
            {
                metadata.Elements().Single(element => element.Name.LocalName == name).Value.Should().Be(expected);
            }

            metadata.Elements().Single(element => element.Name.LocalName == "description").Value.Should().NotBeEmpty();
            if (project != "Cli")
            {
                using var symbols = ZipFile.OpenRead(Path.ChangeExtension(file, "snupkg"));
                symbols.Entries.Should().Contain(entry => entry.Name == $"{id}.pdb");
                package.Entries.Should().Contain(entry => entry.Name == $"{id}.xml");
            }
        }
    }

    [Fact]
    public void A_project_outside_the_repository_builds_with_the_packages_alone()
    {
        packages.PackLibraries();
        var folder = packages.NewProject("stranger");
        File.WriteAllText(
            Path.Combine(folder, "stranger.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Wellbehaved.Reports" Version="{PackageFolder.Version}" /></ItemGroup>
            </Project>
            """
        );
        var snippets = new[] { "src/Audit/README.md", "src/Reports/README.md", "src/Experiments/README.md", "src/Model/README.md", "src/Theory/README.md" }
            .SelectMany(document => Repository.Blocks(document, "csharp"))
            .Select(block => block.Text)
            .ToArray();
        var lines = snippets.SelectMany(text => text.Split('\n')).ToArray();
        var usings = lines
            .Where(line => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=', StringComparison.Ordinal))
            .Distinct();
        var bodies = snippets.Select(text => "{\n" + string.Join('\n', text.Split('\n').Where(line => !usings.Contains(line))) + "}\n");
        File.WriteAllText(Path.Combine(folder, "Program.cs"), string.Join('\n', usings) + "\n" + string.Join('\n', bodies));

        var output = packages.Succeed(["run", "--project", folder], folder);
        output.Should().Contain("S2: Holds").And.Contain("D4: Holds").And.Contain("χ at depth 50").And.Contain("ln ν₂ drifts by -0.019786");
    }

    [Fact]
    public void Every_package_that_comes_with_the_product_is_listed_with_its_licence()
    {
        var listed = File.ReadAllText(Path.Combine(Repository.Root, "docs", "licences.md"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "packages.lock.json", SearchOption.AllDirectories).AtLeastOne())
        {
            using var locked = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var package in locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()))
            {
                if (package.Value.GetProperty("type").GetString() != "Project")
                {
                    listed.Should().Contain(package.Name);
                }
            }
        }
    }

    /// <summary>A package index shows the README alone: a package that it names is one click away.</summary>
    [Fact]
    public void The_README_of_a_package_links_the_packages_that_it_names()
    {
        foreach (var document in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "README.md", SearchOption.AllDirectories).AtLeastOne())
        {
            var text = File.ReadAllText(document);
            var own = text.Split('\n')[0].TrimStart('#', ' ');
            var prose = string.Concat(text.Split("```").Where((_, i) => i % 2 == 0));
            foreach (var name in NamePattern().Matches(prose).Select(match => match.Value).Distinct().Where(name => name != own))
            {
                prose.Should().Contain($"[{name}](https://www.nuget.org/packages/{name})", document);
            }
        }
    }

    private static bool IsOfTheCommand(string file) => Path.GetFileName(file).StartsWith("wellbehaved.", StringComparison.Ordinal);

    /// <summary>The two commands that pack and install.</summary>
    private static string[] Installation(string document)
    {
        var lines = Repository.Blocks(document, "sh", "bash").SelectMany(block => block.Text.Split('\n')).ToList();
        var install = lines.FindIndex(line => line.StartsWith("dotnet tool install ", StringComparison.Ordinal));
        install.Should().BePositive(document);
        lines[install - 1].Should().Be("dotnet pack src/Cli -c Release -o packages");
        return [lines[install - 1], lines[install]];
    }

    [GeneratedRegex(@"\bWellbehaved(\.[A-Z][A-Za-z0-9]+)+")]
    private static partial Regex NamePattern();
}
