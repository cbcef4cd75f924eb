using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The packages as a stranger gets them: packed from what was built, installed from a folder.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Version = "0.0.1-tested";
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_tool_is_installed_from_a_folder_and_run()
    {
        Pack("Cli");
        Dotnet("tool", "install", "wellbehaved", "--version", Version, "--source", _folder, "--tool-path", Path.Combine(_folder, "tools"));
        var run = CommandLine.Run(Path.Combine(_folder, "tools", "wellbehaved"), ["verify", "--claim", "O1"]);
        run.ExitStatus.Should().Be(0, run.Error);
        run.Output.Should().Contain("1 of 1 claim holds");
    }

    [Theory]
    [InlineData("Numerics")]
    [InlineData("Model")]
    [InlineData("Theory")]
    [InlineData("Audit")]
    [InlineData("Xunit")]
    [InlineData("Cli")]
    public void A_package_has_what_a_reader_looks_for(string project)
    {
        Pack(project);
        var id = project == "Cli" ? "wellbehaved" : $"Wellbehaved.{project}";
        using var package = ZipFile.OpenRead(Path.Combine(_folder, $"{id}.{Version}.nupkg"));
        package.Entries.Select(entry => entry.FullName).Should().Contain(["icon.png", "README.md"]);
        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().Single();
        foreach (var (name, expected) in new[] { ("license", "MIT"), ("icon", "icon.png"), ("readme", "README.md") })
        {
            metadata.Elements().Single(element => element.Name.LocalName == name).Value.Should().Be(expected);
        }

        metadata.Elements().Single(element => element.Name.LocalName == "description").Value.Should().NotBeEmpty();
        if (project != "Cli")
        {
            using var symbols = ZipFile.OpenRead(Path.Combine(_folder, $"{id}.{Version}.snupkg"));
            symbols.Entries.Should().Contain(entry => entry.Name == $"{id}.pdb");
            package.Entries.Should().Contain(entry => entry.Name == $"{id}.xml");
        }
    }

    [Fact]
    public void The_libraries_are_used_from_their_packages_alone()
    {
        foreach (var project in new[] { "Numerics", "Model", "Theory", "Audit" })
        {
            Pack(project);
        }

        var folder = Directory.CreateDirectory(Path.Combine(_folder, "stranger")).FullName;
        File.WriteAllText(Path.Combine(folder, "stranger.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreFallbackFolders>{GlobalPackages()}</RestoreFallbackFolders>
                <RestoreSources>{_folder}</RestoreSources>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Wellbehaved.Audit" Version="{Version}" /></ItemGroup>
            </Project>
            """);
        var snippets = new[] { "src/Audit/README.md", "src/Model/README.md", "src/Theory/README.md" }.SelectMany(document => Repository.Blocks(document, "csharp")).Select(block => block.Text).ToArray();
        var lines = snippets.SelectMany(text => text.Split('\n')).ToArray();
        var usings = lines.Where(line => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=', StringComparison.Ordinal)).Distinct();
        var bodies = snippets.Select(text => "{\n" + string.Join('\n', text.Split('\n').Where(line => !usings.Contains(line))) + "}\n");
        File.WriteAllText(Path.Combine(folder, "Program.cs"), string.Join('\n', usings) + "\n" + string.Join('\n', bodies));

        var output = Dotnet("run", "--project", folder);
        output.Should().Contain("S2: Holds").And.Contain("D4: Holds").And.Contain("χ at depth 50").And.Contain("ln ν₂ drifts by -0.019786");
    }

    [Fact]
    public void Every_package_that_comes_with_the_product_is_listed_with_its_licence()
    {
        var listed = File.ReadAllText(Path.Combine(Repository.Root, "docs", "licences.md"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "packages.lock.json", SearchOption.AllDirectories))
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

    private static string GlobalPackages() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Packs what the tests were built with.</summary>
    private void Pack(string project)
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
        Dotnet("pack", Path.Combine(Repository.Root, "src", project), "--no-build", "-c", configuration, "-o", _folder, $"-p:Version={Version}");
    }

    /// <summary>Runs the SDK with a package cache of its own, so that no earlier version is met there.</summary>
    private string Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        if (arguments[0] != "pack")
        {
            start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder, "cache");
        }

        using var dotnet = Process.Start(start)!;
        var error = dotnet.StandardError.ReadToEndAsync();
        var output = dotnet.StandardOutput.ReadToEnd();
        dotnet.WaitForExit();
        dotnet.ExitCode.Should().Be(0, "{0}\n{1}", output, error.Result);
        return output;
    }
}
