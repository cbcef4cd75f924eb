using System.Diagnostics;
using FluentAssertions;
using YamlDotNet.RepresentationModel;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The workflow for repositories of others, and our own.</summary>
public sealed class WorkflowTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NumPyFact]
    public void The_example_workflow_for_other_repositories_runs_and_leaves_the_files_that_it_uploads()
    {
        var job = Job("examples/github-actions/audit.yml", "wellbehaved");
        var commands = Steps(job)
            .Select(step => Text(step, "run"))
            .OfType<string>()
            .Where(run => run.Contains("wellbehaved audit", StringComparison.Ordinal))
            .ToArray();
        commands.Should().HaveCount(2);
        File.Copy(Path.Combine(Repository.Root, "examples", "numpy", "wellbehaved_numpy.py"), Path.Combine(_folder, "my_impl.py"));

        // The whole audit is a test of the examples.
        commands[1] = commands[1].TrimEnd() + " --claim D4";
        foreach (var command in commands)
        {
            Run(command, Text(job, "env", "COMMAND")!);
        }

        foreach (var uploaded in Text(Steps(job).Last(), "with", "path")!.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Path.Exists(Path.Combine(_folder, uploaded)).Should().BeTrue(uploaded);
        }
    }

    [Fact]
    public void The_workflow_for_a_foreign_repository_pins_the_version_and_shows_checks_as_tests()
    {
        var job = Job("examples/github-actions/audit.yml", "wellbehaved");
        var runs = Steps(job).Select(step => Text(step, "run") ?? string.Empty).ToArray();
        Text(job, "env", "VERSION").Should().Be(XunitReadmeTests.ProductVersion);
        runs.Should().ContainSingle(run => run.Contains("dotnet tool install")).Which.Should().Contain("--version \"$VERSION\" --source \"$SOURCE\"");
        runs.Should()
            .ContainSingle(run => run.Contains("apt-get"))
            .Which.Should()
            .Match("*apt-get update*apt-get install*", "a runner's list of packages is old");
        var junit = Steps(job).Single(step => Text(step, "with", "reporter") == "java-junit");
        runs.Should().ContainSingle(run => run.Contains("--junit " + Text(junit, "with", "path")));
        Text(Document("examples/github-actions/audit.yml"), "permissions", "checks").Should().Be("write", "the reporter needs it");
        Steps(job)
            .Select(step => Text(step, "with", "repository"))
            .Should()
            .OnlyContain(repository => repository == null, "a clone would follow whatever its main is");
    }

    [Fact]
    public void The_CI_workflow_tests_every_platform_that_has_a_package()
    {
        var job = Job(".github/workflows/ci.yml", "verify");
        var platforms = ((YamlSequenceNode)job["strategy"]["matrix"]["include"])
            .Select(entry => $"{Text(entry, "system")}-{Text(entry, "processor")}")
            .ToArray();
        platforms.Should().BeEquivalentTo("linux-x64", "linux-arm64", "macos-x64", "macos-arm64", "windows-x64", "windows-arm64");
        Steps(job)
            .Where(step => Text(step, "uses")?.StartsWith("actions/upload-artifact") == true)
            .Should()
            .HaveCount(2)
            .And.OnlyContain(step => Text(step, "if") == "always()", "a failure is what one wants to look at");
    }

    private static YamlNode Document(string path)
    {
        using var reader = new StreamReader(Path.Combine(Repository.Root, path));
        var stream = new YamlStream();
        stream.Load(reader);
        return stream.Documents[0].RootNode;
    }

    private static YamlNode Job(string path, string name) => Document(path)["jobs"][name];

    private static IEnumerable<YamlNode> Steps(YamlNode job) => (YamlSequenceNode)job["steps"];

    /// <summary>What stands at a place; null if nothing does.</summary>
    private static string? Text(YamlNode node, params string[] keys)
    {
        foreach (var key in keys)
        {
            if (node is not YamlMappingNode mapping || !mapping.Children.TryGetValue(key, out var child))
            {
                return null;
            }

            node = child;
        }

        return ((YamlScalarNode)node).Value;
    }

    private void Run(string script, string command)
    {
        var start = new ProcessStartInfo("bash", ["-euc", $"wellbehaved() {{ dotnet \"$WELLBEHAVED\" \"$@\"; }}\n{script}"])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["WELLBEHAVED"] = Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll");
        start.Environment["COMMAND"] = command;
        start.Environment["PATH"] = $"{Path.GetDirectoryName(NumPy.Python)}:{Environment.GetEnvironmentVariable("PATH")}";
        using var bash = Process.Start(start)!;
        var error = bash.StandardError.ReadToEndAsync();
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        bash.ExitCode.Should().Be(0, "{0}\n{1}\n{2}", script, output, error.Result);
    }
}
