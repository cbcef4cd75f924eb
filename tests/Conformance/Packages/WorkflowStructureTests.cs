using System.Text.RegularExpressions;
using FluentAssertions;
using YamlDotNet.RepresentationModel;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Workflows are checked without their host: what they name exists, and every job has a time limit.</summary>
public partial class WorkflowStructureTests
{
    public static TheoryData<string> Workflows =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repository.Root, ".github", "workflows"))
                .Select(path => Path.GetRelativePath(Repository.Root, path))
                .Append(Path.Combine("examples", "github-actions", "audit.yml")),
        ];

    /// <summary>A job of six hours that hangs is paid for; a token that may write is stolen.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_job_has_a_time_limit_and_minimal_permissions(string workflow)
    {
        var root = Root(workflow);
        root.Children.Should().ContainKey("permissions");
        ((YamlMappingNode)root["permissions"])
            .Children.Select(right => $"{right.Key}: {right.Value}")
            .Should()
            .Contain("contents: read")
            .And.BeSubsetOf(["contents: read", "checks: write"], "a published report of tests is a check, and nothing else is written");
        foreach (var (name, job) in Jobs(root))
        {
            job.Children.Should().ContainKey("timeout-minutes", "{0} of {1}", name, workflow);
            job.Children.Should().ContainKey("runs-on").And.NotContainKey("permissions", "a job may ask for more than the workflow");
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_step_uses_an_action_of_a_fixed_version_or_runs_a_script(string workflow)
    {
        foreach (var step in Jobs(Root(workflow)).SelectMany(job => (YamlSequenceNode)job.Job["steps"]).Cast<YamlMappingNode>())
        {
            var keys = step.Children.Keys.Select(key => key.ToString()).ToArray();
            keys.Should()
                .OnlyContain(key =>
                    key == "name"
                    || key == "id"
                    || key == "if"
                    || key == "uses"
                    || key == "with"
                    || key == "run"
                    || key == "env"
                    || key == "shell"
                    || key == "working-directory"
                );
            (keys.Contains("uses") ^ keys.Contains("run")).Should().BeTrue("a step does one or the other");
            if (keys.Contains("uses"))
            {
                step["uses"].ToString().Should().MatchRegex(@"^[\w-]+/[\w-]+(/[\w-]+)*@v\d+$");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Expressions_of_a_job_refer_to_existing_jobs_and_matrix_variables(string workflow)
    {
        var root = Root(workflow);
        var jobs = Jobs(root);
        foreach (var (name, job) in jobs)
        {
            foreach (var needed in job.Children.TryGetValue("needs", out var needs) ? needs.AllNodes.OfType<YamlScalarNode>().Select(node => node.Value) : [])
            {
                jobs.Select(other => other.Name).Should().Contain(needed, "{0} needs it", name);
            }

            string[] variables = job.Children.TryGetValue("strategy", out var strategy)
                ?
                [
                    .. ((YamlMappingNode)strategy["matrix"])
                        .SelectMany(pair =>
                            pair.Key.ToString() == "include"
                                ? ((YamlSequenceNode)pair.Value).SelectMany(entry => ((YamlMappingNode)entry).Children.Keys)
                                : [pair.Key]
                        )
                        .Select(key => key.ToString()),
                ]
                : [];
            foreach (var text in job.AllNodes.OfType<YamlScalarNode>().Select(node => node.Value ?? string.Empty))
            {
                MatrixPattern().Matches(text).Select(match => match.Groups["name"].Value).Should().BeSubsetOf(variables, "{0} of {1}", name, workflow);
                (text.Split("${{").Length - 1).Should().Be(text.Split("}}").Length - 1, text);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Scripts_and_projects_that_a_workflow_runs_exist(string workflow)
    {
        if (workflow.StartsWith("examples", StringComparison.Ordinal))
        {
            // It runs in another repository.
            return;
        }

        var program = File.ReadAllText(Path.Combine(Repository.Root, "bench", "Program.cs"));
        foreach (
            var line in Jobs(Root(workflow))
                .SelectMany(job => (YamlSequenceNode)job.Job["steps"])
                .Cast<YamlMappingNode>()
                .Where(step => step.Children.ContainsKey("run"))
                .SelectMany(step => step["run"].ToString().Split('\n'))
        )
        {
            foreach (Match match in PathPattern().Matches(line))
            {
                Path.Exists(Path.Combine(Repository.Root, match.Groups["path"].Value)).Should().BeTrue(line);
            }

            if (BenchPattern().Match(line) is { Success: true } bench)
            {
                program.Should().Contain($"case [\"{bench.Groups["word"].Value}\"", line);
            }
        }
    }

    /// <summary>Artifacts of one name overwrite each other.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Artifacts_of_a_workflow_have_unique_names(string workflow)
    {
        var names = new List<string>();
        foreach (var (_, job) in Jobs(Root(workflow)))
        {
            foreach (
                var upload in ((YamlSequenceNode)job["steps"])
                    .Cast<YamlMappingNode>()
                    .Where(step =>
                        step.Children.TryGetValue("uses", out var uses) && uses.ToString().StartsWith("actions/upload-artifact", StringComparison.Ordinal)
                    )
            )
            {
                var name = upload["with"]["name"].ToString();
                names.Add(name);
                name.Contains("matrix.", StringComparison.Ordinal)
                    .Should()
                    .Be(job.Children.ContainsKey("strategy"), "{0}: each job of a matrix uploads its own", name);
            }
        }

        names.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void The_nightly_feeds_the_commands_a_million_spoilt_files_and_watches_memory()
    {
        var jobs = Jobs(Root(Path.Combine(".github", "workflows", "nightly.yml")));
        var fuzz = jobs.Single(job => job.Name == "spoilt-files").Job;
        var parts = ((YamlSequenceNode)fuzz["strategy"]["matrix"]["part"]).Count();
        var count = Regex.Match(
            fuzz["steps"].AllNodes.OfType<YamlScalarNode>().Single(node => node.Value!.Contains("fuzz commands", StringComparison.Ordinal)).Value!,
            @"FROM \+ (?<count>\d+)"
        );
        (parts * int.Parse(count.Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture)).Should().BeGreaterThanOrEqualTo(1_000_000);
        jobs.SelectMany(job => job.Job["steps"].AllNodes.OfType<YamlScalarNode>())
            .Should()
            .Contain(node => node.Value!.Contains("bench -- leak 10", StringComparison.Ordinal));
    }

    private static YamlMappingNode Root(string path)
    {
        using var reader = new StreamReader(Path.Combine(Repository.Root, path));
        var stream = new YamlStream();
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static (string Name, YamlMappingNode Job)[] Jobs(YamlMappingNode root) =>
        [.. ((YamlMappingNode)root["jobs"]).Select(pair => (pair.Key.ToString(), (YamlMappingNode)pair.Value))];

    [GeneratedRegex(@"matrix\.(?<name>[\w-]+)")]
    private static partial Regex MatrixPattern();

    [GeneratedRegex(
        @"(?<=(^|\s)(bash|--project|-f)\s)(?<path>[\w.]+/[\w./-]+|bench)(?=\s|$)|(?<=dotnet (build|pack|restore)( -c Release)? )(?<path>[\w.]+/[\w./-]+|\w+\.sln)"
    )]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"--project bench -- (?<word>[\w-]+)")]
    private static partial Regex BenchPattern();
}
