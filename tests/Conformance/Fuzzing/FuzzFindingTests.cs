using FluentAssertions;
using Wellbehaved.Cli;

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
    public async Task An_impossibly_large_logarithm_is_a_finding_in_every_command(string architecture, double number)
    {
        var path = ForgedResultFile.With(
            ForgedResultFile.Write(_folder, architecture),
            (name, array) =>
                name.StartsWith("log_", StringComparison.Ordinal)
                    ? NpyArray.From([.. array.ToDoubles().Select((_, i) => i % 3 == 0 ? number : -number)], [.. array.Shape])
                    : array
        );

        (await Entry.RunAsync(["diagnose", path])).Should().Be(3, "nothing can be decided by it");
        (await Entry.RunAsync(["audit", "--results", path, "--architecture", architecture])).Should().Be(1, "no correct program writes that");
        (await Entry.RunAsync(["plot", path, "--out", PathOf("x.svg")])).Should().Be(0);
    }

    [Theory]
    [InlineData("checksum", "", 2)]
    [InlineData("", "made by", 2)]
    [InlineData(null, null, 0)]
    public async Task A_journal_without_checksum_or_origin_is_refused(string? checksum, string? madeBy, int status)
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 8,
            NumComputations = 4,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 4,
            NumSims = 3,
        };
        var experiment = Experiment.Prepare(options);
        var header = experiment.Header with
        {
            Identity = experiment.Header.Identity with
            {
                DatasetChecksum = checksum ?? experiment.Header.Identity.DatasetChecksum,
                MadeBy = madeBy ?? experiment.Header.Identity.MadeBy,
            },
        };
        using (var journal = Journal.Open(PathOf("run.npz"), experiment.Header, resume: false))
        {
            using var simulation = new Simulation(options, ImageSources.Open(options.Dataset, null));
            journal.Append(1, simulation.Run(1));
        }

        var sound = File.ReadAllBytes(PathOf("run.npz.journal"));
        File.WriteAllBytes(PathOf("run.npz.journal"), [.. header.Encode(), .. sound.AsSpan(experiment.Header.Encode().Length)]);

        (await Entry.RunAsync(["merge", PathOf("run.npz.journal"), "--allow-missing", "--out", PathOf("merged.npz")])).Should().Be(status);
        (await Entry.RunAsync(["status", _folder])).Should().Be(3, "it is a part of a run, or of none");
    }

    [Fact]
    public async Task Invisible_characters_in_the_name_of_a_data_set_are_removed_from_figures()
    {
        var path = ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_ff"), "dataset", "\"mine\\u0000\\u202e\\u001b[2J\"");

        (await Entry.RunAsync(["plot", path, "--out", PathOf("x.svg")])).Should().Be(0);
        File.ReadAllText(PathOf("x.svg")).Should().Contain("mine").And.NotContainAny("\0", "\u202e", "\u001b");
    }

    /// <summary>
    /// Two points vary in one direction, where E[1/σ²] grows without bound as ε vanishes: no refusal, and no number of seventy digits in a table.
    /// </summary>
    [Theory]
    [InlineData("1e-300", 0)]
    [InlineData("0.001", 0)]
    [InlineData("0", 2)]
    public void A_tiny_epsilon_is_predicted_where_images_vary_in_one_direction(string epsilon, int status)
    {
        var outcome = CommandLine.Run(
            "predict",
            "--architecture",
            "bn_ff",
            "--total-depth",
            "2",
            "--kernel-size",
            "1",
            "--num-channels",
            "4",
            "--batch-size",
            "2",
            "--dataset",
            "gaussian",
            "--epsilon",
            epsilon
        );

        outcome.ExitStatus.Should().Be(status);
        outcome.Output.Should().NotMatchRegex("[0-9]{20}");
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
