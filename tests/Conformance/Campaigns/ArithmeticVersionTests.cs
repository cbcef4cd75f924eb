using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Results say of which version of the arithmetic they are, and those of two versions are never joined.</summary>
public sealed class ArithmeticVersionTests : IDisposable
{
    private const string Training =
        "train --architecture vanilla --total-depth 1 --kernel-size 1 --num-channels 8 --batch-size 20 --num-sims 1 --steps 2 --learning-rates "
        + "0.01 --train-images 20";
    private readonly Campaign _campaign = new();

    public void Dispose() => _campaign.Dispose();

    [Fact]
    public void Result_files_of_both_layouts_record_the_version_of_the_arithmetic()
    {
        File.WriteAllText(_campaign["network.json"], """{"name": "two", "layers": ["flatten", {"dense": {"channels": 8}}, "relu"]}""");
        CommandLine.Run(_campaign.Arguments("author.npz", simulations: 1)).ExitStatus.Should().Be(0);
        var neutral = CommandLine.Run("run", "--network", _campaign["network.json"], "--batch-size", "4", "--num-sims", "1", "--out", _campaign["neutral.npz"]);
        neutral.ExitStatus.Should().Be(0, neutral.Error);

        foreach (var name in new[] { "author.npz", "neutral.npz" })
        {
            using var archive = NpzArchive.Open(_campaign[name]);
            archive.Read("arithmetic").ToDoubles().Should().Equal([ArithmeticVersion.Current], name);
            archive.Describe("arithmetic").Shape.Should().BeEmpty();
        }
    }

    [Fact]
    public void Shares_of_different_arithmetic_versions_are_not_merged_and_shares_of_the_same_version_are()
    {
        CommandLine.Run(_campaign.Arguments("1.npz", more: ["--shard", "1/2"])).ExitStatus.Should().Be(0);
        CommandLine.Run(_campaign.Arguments("2.npz", more: ["--shard", "2/2"])).ExitStatus.Should().Be(0);
        CopyWithoutVersion("1.npz", "old1.npz");
        CopyWithoutVersion("2.npz", "old2.npz");

        var refused = CommandLine.Run("merge", _campaign["1.npz"], _campaign["old2.npz"], "--out", _campaign["merged.npz"]);
        refused.ExitStatus.Should().Be(2);
        refused
            .Error.TrimEnd()
            .Should()
            .EndWith($"found numbers of version 1 of the arithmetic, not {ArithmeticVersion.Current}; their last digits differ")
            .And.NotContain("\n");
        File.Exists(_campaign["merged.npz"]).Should().BeFalse();

        var old = CommandLine.Run("merge", _campaign["old1.npz"], _campaign["old2.npz"], "--out", _campaign["old.npz"]);
        old.ExitStatus.Should().Be(0, old.Error);
        using var merged = NpzArchive.Open(_campaign["old.npz"]);
        merged.Contains("arithmetic").Should().BeFalse("files without it are of version 1, joined or not");

        var replaced = CommandLine.Run([.. _campaign.Arguments("old1.npz", more: ["--shard", "1/2"])]);
        replaced.ExitStatus.Should().Be(2);
        replaced.Error.Should().Contain("version 1 of the arithmetic");
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0)]
    public void An_invalid_arithmetic_version_is_refused(double version)
    {
        CommandLine.Run(_campaign.Arguments("1.npz", more: ["--shard", "1/2"])).ExitStatus.Should().Be(0);
        CopyWithoutVersion("1.npz", "bad.npz", KeyValuePair.Create("arithmetic", NpyArray.From([version])));

        var refused = CommandLine.Run("merge", _campaign["bad.npz"], "--allow-missing", "--out", _campaign["merged.npz"]);
        refused.ExitStatus.Should().Be(2);
        refused.Error.TrimEnd().Should().EndWith("expected the version of the arithmetic, a positive integer in 'arithmetic'").And.NotContain("\n");
    }

    [Fact]
    public void A_training_of_another_arithmetic_version_is_not_resumed()
    {
        string[] arguments = [.. Training.Split(' '), "--out", _campaign["t.npz"]];
        CommandLine.Run(arguments).ExitStatus.Should().Be(0);
        CommandLine.Run([.. arguments, "--resume"]).Output.Should().Contain("is complete");
        CopyWithoutVersion("t.npz", "old.npz");
        File.Move(_campaign["old.npz"], _campaign["t.npz"], overwrite: true);

        var refused = CommandLine.Run([.. arguments, "--resume"]);

        refused.ExitStatus.Should().Be(2);
        refused.Error.TrimEnd().Should().Contain("of the arithmetic, not").And.NotContain("\n");
    }

    private void CopyWithoutVersion(string name, string copy, params KeyValuePair<string, NpyArray>[] more)
    {
        using var archive = NpzArchive.Open(_campaign[name]);
        NpzArchive.Write(
            _campaign[copy],
            [.. archive.Names.Where(array => array != "arithmetic").Select(array => KeyValuePair.Create(array, archive.Read(array))), .. more]
        );
    }
}
