using FluentAssertions;
using Wellbehaved.Training;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What may lie beside each other in the folder of a campaign, and what is said of it.</summary>
public sealed class CampaignFolderTests : IDisposable
{
    private readonly Campaign _campaign = new();

    public void Dispose() => _campaign.Dispose();

    [Fact]
    public void Shares_whose_images_lie_in_different_folders_are_one_campaign()
    {
        foreach (var (share, folder) in new[] { ("1/2", "here"), ("2/2", "there") })
        {
            Directory.CreateDirectory(_campaign[folder]);
            var images = Path.Combine(_campaign[folder], "images.npz");
            NpzArchive.Write(images, [new("x", NpyArray.From([.. Enumerable.Range(0, 20 * 16).Select(i => Math.Sin(i * i))], 20, 4, 4, 1))]);
            var run = CommandLine.Run([.. _campaign.Arguments($"{folder}.npz"), "--dataset", images, "--shard", share]);
            run.ExitStatus.Should().Be(0, run.Error);
        }

        var status = CommandLine.Run("status", _campaign.Folder);

        status.ExitStatus.Should().Be(0, status.Output);
        status.Output.Should().Contain("12 of 12 simulations done; 2 runs done");
    }

    /// <summary>A run of a complete file was started again without <c>--resume</c>, and interrupted.</summary>
    [Fact]
    public void A_complete_result_stays_as_it_is_beside_a_journal()
    {
        CommandLine.Run(_campaign.Arguments("a.npz")).ExitStatus.Should().Be(0);
        var journal = Journal.PathOf(_campaign["a.npz"]);
        var experiment = Experiment.Prepare(ResultFile.Read(_campaign["a.npz"]).Options!);
        using (var kept = Journal.Open(_campaign["a.npz"], experiment.Header, resume: false))
        {
            experiment.Run(journal: kept);
        }

        File.WriteAllBytes(journal, File.ReadAllBytes(journal)[..^1]);
        var (bytes, written) = (File.ReadAllBytes(_campaign["a.npz"]), File.GetLastWriteTimeUtc(_campaign["a.npz"]));

        var status = CommandLine.Run("status", _campaign.Folder);
        var resumed = CommandLine.Run([.. _campaign.Arguments("a.npz"), "--resume"]);

        (status.ExitStatus, resumed.ExitStatus).Should().Be((0, 0), status.Output + resumed.Error);
        resumed.Output.Should().Contain("a.npz is complete");
        File.GetLastWriteTimeUtc(_campaign["a.npz"]).Should().Be(written);
        File.ReadAllBytes(_campaign["a.npz"]).Should().Equal(bytes);
        File.Exists(journal).Should().BeFalse("it is of no use any more");
    }

    [Fact]
    public void A_result_whose_name_ends_in_capitals_is_seen()
    {
        CommandLine.Run(_campaign.Arguments("a.NPZ")).ExitStatus.Should().Be(0);

        CommandLine.Run("status", _campaign.Folder).Output.Should().Contain("a.NPZ").And.Contain("12 of 12 simulations done");
    }

    [Fact]
    public void Results_of_training_with_as_many_rates_as_mappings_are_joined_mapping_by_mapping()
    {
        string[] parts = [_campaign["1.npz"], _campaign["2.npz"]];
        foreach (var (part, seed) in parts.Zip([1UL, 2UL]))
        {
            var usual = Trainings.Options("bn_ff", steps: 3, simulations: 3);
            var plan = TrainingPlan.Prepare(
                usual with
                {
                    Experiment = usual.Experiment with { Seed = seed },
                    LearningRates = [0.001, 0.003, 0.01],
                    Corruptions = [0, 1, 2],
                }
            );
            var initial = new Experiment(plan.Options.Experiment, plan.Images, 1, Shard.Whole).Run();
            TrainingFile.Write(part, plan, initial, TrainingResult.Summarise(plan, TrainingCampaign.Run(plan, 1)));
        }

        ResultConcatenation.Join(parts, _campaign["joined.npz"]).Simulations.Should().Be(6);

        var joined = TrainingResult.Read(_campaign["joined.npz"]);
        (joined.Outcomes.Count, joined.LearningRates.Count, joined.Corruptions.Count, joined.Steps.Count).Should().Be((6, 3, 3, 3));
    }

    [UnixFact]
    public void Links_count_as_what_they_link_to()
    {
        var (folder, links) = (Directory.CreateDirectory(_campaign["arrays"]), Directory.CreateDirectory(_campaign["links"]));
        var array = Path.Combine(folder.FullName, "chi.npy");
        File.WriteAllBytes(array, new byte[5000]);
        File.CreateSymbolicLink(Path.Combine(links.FullName, "chi.npy"), array);

        IArrayCollection.Open(links.FullName).StoredBytes.Should().Be(5000);
    }

    /// <summary>A result on another disk, which the folder of the campaign links to, has its journal there.</summary>
    [UnixFact]
    public void Status_sees_what_a_run_behind_a_link_has_finished()
    {
        var (elsewhere, link) = (Directory.CreateDirectory(_campaign["elsewhere"]), _campaign["link.npz"]);
        File.CreateSymbolicLink(link, Path.Combine(elsewhere.FullName, "real.npz"));
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 2,
            NumComputations = 2,
            KernelSize = 1,
            NumChannels = 4,
            BatchSize = 4,
            NumSims = 3,
        };
        var experiment = Experiment.Prepare(options, 1);
        using (var journal = Journal.Open(link, experiment.Header, resume: false))
        {
            experiment.Run(journal);
        }

        File.Exists(Path.Combine(elsewhere.FullName, "real.npz.journal")).Should().BeTrue();
        CommandLine.Run("status", _campaign.Folder).Output.Should().MatchRegex(@"link\.npz +\S+ +failed +3 of 3 +--resume goes on");
    }

    /// <summary>The results of an experiment that fit into no machine's memory fit share by share.</summary>
    [Fact]
    public void A_share_needs_memory_for_its_own_simulations_only()
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_res",
            TotalDepth = 100,
            NumComputations = 100,
            KernelSize = 1,
            NumChannels = 4,
            BatchSize = 4,
            NumSims = 4_000_000,
        };

        FluentActions.Invoking(() => Experiment.Prepare(options)).Should().Throw<InvalidInputException>();
        Experiment.Prepare(options, new Shard(1, 2000)).Indices.Should().HaveCount(2000);
    }
}
