using FluentAssertions;
using Wellbehaved.Cli;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What spoilt files have shown, each kind by itself.</summary>
public sealed class FuzzFindingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bn_ff", 1e308)]
    [InlineData("vanilla", 1e100)]
    [InlineData("bn_res", 1e17)]
    public async Task A_logarithm_that_no_network_reaches_is_a_finding_for_every_command(string architecture, double number)
    {
        var path = ForgedResultFile.With(ForgedResultFile.Of(_folder, architecture), (name, array) =>
            name.StartsWith("log_", StringComparison.Ordinal) ? NpyArray.Of([.. array.ToDoubles().Select((_, i) => i % 3 == 0 ? number : -number)], [.. array.Shape]) : array);

        (await Entry.RunAsync(["diagnose", path])).Should().Be(3, "nothing can be decided by it");
        (await Entry.RunAsync(["audit", "--results", path, "--architecture", architecture])).Should().Be(1, "no correct program writes that");
        (await Entry.RunAsync(["plot", path, "--out", PathOf("x.svg")])).Should().Be(0);
    }

    [Theory]
    [InlineData("checksum", "")]
    [InlineData("", "made by")]
    public async Task A_journal_that_does_not_say_of_what_it_is_is_refused(string checksum, string madeBy)
    {
        var experiment = Experiment.Prepare(new ExperimentOptions { Architecture = "bn_ff", TotalDepth = 8, NumComputations = 4, KernelSize = 1, NumChannels = 8, BatchSize = 4, NumSims = 3 });
        var header = experiment.Header with { Identity = experiment.Header.Identity with { DatasetChecksum = checksum, MadeBy = madeBy } };
        File.WriteAllBytes(PathOf("run.npz.journal"), header.Encode());

        (await Entry.RunAsync(["merge", PathOf("run.npz.journal"), "--allow-missing", "--out", PathOf("merged.npz")])).Should().Be(2);
        (await Entry.RunAsync(["status", _folder])).Should().Be(3);
    }

    [Fact]
    public async Task The_name_of_a_data_set_reaches_a_figure_without_characters_that_have_no_shape()
    {
        var path = ForgedResultFile.WithOption(ForgedResultFile.Of(_folder, "bn_ff"), "dataset", "\"mine\\u0000\\u202e\\u001b[2J\"");

        (await Entry.RunAsync(["plot", path, "--out", PathOf("x.svg")])).Should().Be(0);
        File.ReadAllText(PathOf("x.svg")).Should().Contain("mine").And.NotContainAny("\0", "\u202e", "\u001b");
    }

    [Fact]
    public async Task An_epsilon_that_is_as_good_as_none_is_refused_where_images_vary_in_one_direction() =>
        (await Entry.RunAsync(["predict", "--architecture", "bn_ff", "--total-depth", "2", "--kernel-size", "1", "--num-channels", "4", "--batch-size", "2", "--epsilon", "1e-300"])).Should().Be(2);

    private string PathOf(string name) => Path.Combine(_folder, name);
}
