using System.Text.RegularExpressions;
using System.Xml.Linq;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// The containers, which cannot be built where there is no daemon: the versions, paths and packages that they name are those of the repository.
/// </summary>
public partial class ContainerTests
{
    private const string Containerfile = "deploy/kubernetes/Containerfile";
    private const string Devcontainer = ".devcontainer/devcontainer.json";

    /// <summary>10.0 of net10.0.</summary>
    private static string Framework => XDocument.Load(PathOf("Directory.Build.props")).Descendants("TargetFramework").Single().Value["net".Length..];

    [Fact]
    public void The_container_images_have_the_framework_version_of_the_projects()
    {
        var images = ImagePattern()
            .Matches(Repository.Text(Containerfile) + Repository.Text(Devcontainer))
            .Select(match => match.Groups["tag"].Value)
            .ToArray();
        images.Should().HaveCount(3).And.OnlyContain(tag => tag == Framework);
        Repository.Text("global.json").Should().Contain($"\"version\": \"{Framework}.");
    }

    [Fact]
    public void The_image_publishes_the_command_and_starts_it()
    {
        var lines = Repository.Text(Containerfile).Split('\n');
        var publish = lines.Should().ContainSingle(line => line.StartsWith("RUN dotnet publish ", StringComparison.Ordinal)).Subject.Split(' ');
        var project = XDocument.Load(Directory.EnumerateFiles(PathOf(publish[3]), "*.csproj").Should().ContainSingle().Subject);
        var (published, copied) = (
            publish[Array.IndexOf(publish, "-o") + 1],
            lines.Single(line => line.StartsWith("COPY --from=build ", StringComparison.Ordinal)).Split(' ')
        );
        copied[2].Should().Be(published);
        lines.Should().Contain($"ENTRYPOINT [\"dotnet\", \"{copied[3]}/{project.Descendants("AssemblyName").Single().Value}.dll\"]");
        Repository.Text("deploy/kubernetes/merge.yaml").Should().Contain($"dotnet {copied[3]}/wellbehaved.dll");
        lines.Should().Contain("USER 1000:1000", "the job asks that nobody is root");
        Repository.Text("deploy/kubernetes/job.yaml").Should().Contain("runAsUser: 1000");
    }

    /// <summary>Built here on Debian or Windows, and copied into another system, they would be taken for its own.</summary>
    [Fact]
    public void Build_outputs_of_the_host_are_not_copied_into_the_image() =>
        Repository.Text(".dockerignore").Split('\n').Should().Contain(["**/bin", "**/obj"]);

    /// <summary>The script installs what is missing; with everything there at once its tests begin at once.</summary>
    [Fact]
    public void The_devcontainer_installs_the_packages_of_the_CI_script()
    {
        var asked = Regex
            .Match(Repository.Text(".ci/packages"), "for package in (?<packages>[^;]*);")
            .Groups["packages"]
            .Value.Split([' ', '\\', '\n'], StringSplitOptions.RemoveEmptyEntries);
        asked.Should().Contain("python3-numpy");
        var line = Repository.Text(Devcontainer).Split('\n').Single(line => line.Contains("onCreateCommand", StringComparison.Ordinal));
        asked
            .Should()
            .OnlyContain(package => line.Contains($" {package} ", StringComparison.Ordinal) || line.Contains($" {package}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void The_devcontainer_builds_projects_that_exist()
    {
        foreach (
            var word in Regex
                .Matches(Repository.Text(Devcontainer), @"[\w./-]+\.(sln|csproj|json)\b")
                .Select(match => match.Value)
                .Where(word => !word.Contains("devcontainer.json", StringComparison.Ordinal))
        )
        {
            File.Exists(PathOf(word)).Should().BeTrue(word);
        }
    }

    private static string PathOf(string path) => Path.Combine(Repository.Root, path);

    [GeneratedRegex(@"mcr\.microsoft\.com/(dotnet/(sdk|runtime)|devcontainers/dotnet):(?<tag>[\w.-]+)")]
    private static partial Regex ImagePattern();
}
