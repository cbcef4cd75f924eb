using System.Diagnostics;
using System.Runtime.InteropServices;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// A folder of packages, packed from what the tests were built with, and a stranger's machine beside it: no package cache, no tools, no network.
/// </summary>
public sealed class PackageFolder : IDisposable
{
    public const string SharedByTests = "Packages";

    public const string Version = "0.0.1";

    /// <summary>Debug or Release, as the tests were built.</summary>
    public static readonly string Configuration = System.IO.Path.GetFileName(
        System.IO.Path.GetDirectoryName(System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))
    )!;

    /// <summary>Projects of <c>src</c> that are packed; the command is packed for itself.</summary>
    public static readonly IReadOnlyList<string> Libraries =
    [
        "Networks",
        "Numerics",
        "Model",
        "Files",
        "Experiments",
        "Theory",
        "Training",
        "Statistics",
        "Audit",
        "Reports",
        "Xunit",
        "Xunit.V3",
    ];

    private readonly string _home = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    private bool _hasLibraries;
    private bool _hasCommand;

    public PackageFolder() => Path = Directory.CreateDirectory(System.IO.Path.Combine(_home, "packages")).FullName;

    /// <summary>The folder of packages.</summary>
    public string Path { get; }

    /// <summary>Where the SDK puts a person's tools.</summary>
    public string Tools => System.IO.Path.Combine(_home, ".dotnet", "tools");

    public void Dispose() => Directory.Delete(_home, recursive: true);

    /// <summary>
    /// A folder of the stranger's, in which a project takes its packages from this folder, and others from where they were restored for the tests.
    /// </summary>
    public string NewProject(string name)
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(_home, name)).FullName;
        var restored =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(
            System.IO.Path.Combine(folder, "nuget.config"),
            $"""
            <configuration>
              <packageSources><clear /><add key="wellbehaved" value="{Path}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{restored}" /></fallbackPackageFolders>
            </configuration>
            """
        );
        return folder;
    }

    /// <summary>Packs the libraries into the folder, unless they are there: all at once, since each start of the SDK takes longer than a package.</summary>
    public void PackLibraries()
    {
        if (_hasLibraries)
        {
            return;
        }

        var all = System.IO.Path.Combine(_home, "pack.proj");
        File.WriteAllText(
            all,
            $"""
            <Project>
              <ItemGroup>
                {string.Concat(Libraries.Select(name => $"<Library Include=\"{System.IO.Path.Combine(SourceOf(name), name)}.csproj\" />"))}
              </ItemGroup>
              <Target Name="Pack">
                <MSBuild Projects="@(Library)" Targets="Pack" Properties="NoBuild=true" BuildInParallel="true" />
              </Target>
            </Project>
            """
        );
        Succeed(["build", all, "-t:Pack", "--no-restore", "-c", Configuration, $"-p:PackageOutputPath={Path}", $"-p:Version={Version}"]);
        _hasLibraries = true;
    }

    /// <summary>Packs the command into the folder, unless it is there.</summary>
    public void PackCommand()
    {
        if (_hasCommand)
        {
            return;
        }

        // Only the assembly of the command is compiled for a platform; the rest is as the tests were built with.
        var folder = SourceOf("Cli");
        Succeed(["build", folder, "--no-restore", "-c", Configuration, "-r", RuntimeIdentifier, "-p:BuildProjectReferences=false", "-p:RunAnalyzers=false"]);
        Succeed(["pack", folder, "--no-build", "-c", Configuration, "-o", Path, $"-p:Version={Version}"]);
        _hasCommand = true;
    }

    /// <summary>Runs the SDK as a stranger, and expects that it succeeds.</summary>
    public string Succeed(IReadOnlyList<string> arguments, string? folder = null)
    {
        var (status, output) = Dotnet(arguments, folder);
        status.Should().Be(0, output);
        return output;
    }

    /// <summary>Runs the SDK as a stranger.</summary>
    public (int Status, string Output) Dotnet(IReadOnlyList<string> arguments, string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? _home,
        };
        start.Environment["DOTNET_NOLOGO"] = "1";
        if (arguments[0] is not ("build" or "pack") || folder is not null)
        {
            // A cache of its own, so that no earlier version is met there.
            start.Environment["NUGET_PACKAGES"] = System.IO.Path.Combine(_home, "cache");
            start.Environment["DOTNET_CLI_HOME"] = _home;
        }

        using var dotnet = Process.Start(start)!;
        var error = dotnet.StandardError.ReadToEndAsync();
        var output = dotnet.StandardOutput.ReadToEnd();
        dotnet.WaitForExit();
        return (dotnet.ExitCode, output + error.Result);
    }

    private static string SourceOf(string project) => System.IO.Path.Combine(Repository.Root, "src", project);

    /// <summary>The platform of the SDK, as its packages name it.</summary>
    private static string RuntimeIdentifier
    {
        get
        {
            var system =
                OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl"
                : "linux";
            return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}

/// <summary>What is packed once serves all tests of packages.</summary>
[CollectionDefinition(PackageFolder.SharedByTests)]
public sealed class SharedPackages : ICollectionFixture<PackageFolder>;
