using FluentAssertions;
using k8s;
using k8s.Models;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The manifests against the schema of Kubernetes' API, as its own client knows it: unknown and ill-typed fields are refused.</summary>
public class KubernetesTests
{
    [Fact]
    public void The_job_gives_each_pod_its_share_and_one_file()
    {
        var job = Read<V1Job>("job");
        var container = job.Spec.Template.Spec.Containers.Should().ContainSingle().Subject;
        var completions = job.Spec.Completions!.Value;
        job.Spec.CompletionMode.Should().Be("Indexed");
        job.Spec.Template.Spec.RestartPolicy.Should().Be("Never", "backoffLimitPerIndex asks for it");
        Mounts(job.Spec.Template.Spec).Should().BeTrue();

        var option = container.Args.Single(argument => argument.StartsWith("--shard=", StringComparison.Ordinal))["--shard=".Length..];
        var shards = Enumerable.Range(0, completions).Select(index => ShardOption.Read(option, name => name == "JOB_COMPLETION_INDEX" ? $"{index}" : null));
        shards.Should().Equal(Enumerable.Range(1, completions).Select(number => new Shard(number, completions)));
        container
            .Args.Should()
            .Contain("--resume")
            .And.Contain(argument =>
                argument.StartsWith("--out=/results/", StringComparison.Ordinal) && argument.Contains("$(JOB_COMPLETION_INDEX)", StringComparison.Ordinal)
            );
    }

    [Fact]
    public void The_options_of_the_job_are_options_of_run()
    {
        var arguments = Read<V1Job>("job")
            .Spec.Template.Spec.Containers[0]
            .Args.Select(argument =>
                argument.StartsWith("--out=", StringComparison.Ordinal)
                    ? "--out=/nowhere/share.npz"
                    : argument.Replace("auto/16", "1/16", StringComparison.Ordinal)
            );
        var outcome = CommandLine.Run([.. arguments]);
        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().Contain("no folder '/nowhere'", "everything before the output was accepted");
    }

    [Fact]
    public void The_merge_job_mounts_the_volume_of_the_shares()
    {
        Mounts(Read<V1Job>("merge").Spec.Template.Spec).Should().BeTrue();
        Read<V1PersistentVolumeClaim>("volume").Spec.AccessModes.Should().Equal("ReadWriteMany");
        Read<V1PersistentVolumeClaim>("volume").Metadata.Name.Should().Be(Read<V1Job>("job").Spec.Template.Spec.Volumes[0].PersistentVolumeClaim.ClaimName);
    }

    [Fact]
    public void A_field_that_the_schema_does_not_know_is_refused() =>
        FluentActions
            .Invoking(() =>
                KubernetesYaml.Deserialize<V1Job>(
                    File.ReadAllText(PathOf("job")).Replace("completions:", "completion:", StringComparison.Ordinal),
                    strict: true
                )
            )
            .Should()
            .Throw<Exception>();

    private static bool Mounts(V1PodSpec pod) =>
        pod.Containers.All(container => container.VolumeMounts.All(mount => pod.Volumes.Any(volume => volume.Name == mount.Name)));

    private static T Read<T>(string name) => KubernetesYaml.Deserialize<T>(File.ReadAllText(PathOf(name)), strict: true);

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "kubernetes", name + ".yaml");
}
