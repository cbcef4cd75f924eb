using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public sealed class MergeTests : IDisposable
{
    private readonly SmallExperiment _experiment = new();

    public void Dispose() => _experiment.Dispose();

    [Fact]
    public void Merged_shares_in_any_order_and_thread_count_equal_the_whole_run()
    {
        var random = new Random(8);
        foreach (var architecture in Architecture.Names)
        {
            // Seven shares of six simulations: one of them is empty. Depth 700 without batch norm: some linear arrays overflow in vanilla_res.
            using var experiment = new SmallExperiment
            {
                Options = _experiment.Options with { Architecture = architecture, TotalDepth = 700, NumChannels = 2 },
            };
            var whole = experiment.Run("whole.npz");
            for (var count = 1; count <= 7; count++)
            {
                string[] parts = [.. Enumerable.Range(1, count).Select(number => $"{number}.npz")];
                for (var number = 1; number <= count; number++)
                {
                    experiment.Run(parts[number - 1], new Shard(number, count), threads: random.Next(1, 4));
                }

                random.Shuffle(parts);
                var (simulations, _) = ResultMerge.Merge([.. parts.Select(name => experiment[name])], experiment["merged.npz"], allowMissing: false);

                simulations.Should().Be(6);
                File.ReadAllBytes(experiment["merged.npz"]).Should().Equal(whole, "{0} in {1} shares is the same run", architecture, count);
            }
        }
    }

    /// <summary>The checksum says which images they are, and where they are does not matter.</summary>
    [Theory]
    [InlineData("cifar10", "/a", "cifar10", "/b", true)]
    [InlineData("images.npy", null, "./images.npy", null, true)]
    [InlineData("cifar10", "/a", "cifar100", "/a", false)]
    public void Images_in_another_folder_are_the_same_images(string dataset, string? folder, string other, string? otherFolder, bool areSame)
    {
        ExperimentIdentity Identity(string name, string? place, string checksum, ulong seed = 1) =>
            new(ResultConfiguration.Write(_experiment.Options with { Dataset = name, DataDir = place, Seed = seed }), checksum, "wellbehaved 1.0.0");

        var mine = Identity(dataset, folder, "one");
        (mine.DifferenceFrom(Identity(other, otherFolder, "one")) is null).Should().Be(areSame);
        mine.DifferenceFrom(Identity(other, otherFolder, "two")).Should().NotBeNull("these are other images");
        mine.DifferenceFrom(Identity(other, otherFolder, "one", seed: 2)).Should().NotBeNull("this is another seed");
    }

    [Fact]
    public void An_array_that_overflows_in_one_share_is_left_out_as_in_the_whole_run()
    {
        // Narrow nets fluctuate: at this depth the noise of some simulations leaves double precision and that of the others does not.
        using var experiment = new SmallExperiment
        {
            Options = _experiment.Options with { Architecture = "bn_ff", TotalDepth = 1240, NumChannels = 16, NumSims = 12, BatchSize = 8 },
        };
        var whole = experiment.Run("whole.npz");
        string[] parts = [.. Enumerable.Range(1, 12).Select(number => experiment[$"{number}.npz"])];
        for (var number = 1; number <= 12; number++)
        {
            experiment.Run($"{number}.npz", new Shard(number, 12));
        }

        var arrays = parts.Select(path => ResultFile.Read(path).Names.Count).ToArray();
        arrays.Distinct().Should().HaveCountGreaterThan(1, "otherwise this shows nothing");
        var (_, warnings) = ResultMerge.Merge(parts, experiment["merged.npz"], allowMissing: false);
        warnings.Should().Contain(warning => warning.StartsWith("left out mu2_noise_loc", StringComparison.Ordinal));
        File.ReadAllBytes(experiment["merged.npz"]).Should().Equal(whole);
    }

    [Fact]
    public void Missing_shares_are_refused_by_name_or_stated_in_the_file()
    {
        _experiment.Run("1.npz", new Shard(1, 3));
        _experiment.Run("3.npz", new Shard(3, 3));
        string[] parts = [_experiment["3.npz"], _experiment["1.npz"]];

        Refusal(parts).Should().Contain("simulations 2-3 of 6 are missing").And.Contain("shard 2 of 3");
        File.Exists(_experiment["merged.npz"]).Should().BeFalse();

        var (simulations, warnings) = ResultMerge.Merge(parts, _experiment["merged.npz"], allowMissing: true);
        simulations.Should().Be(4);
        warnings.Should().ContainSingle().Which.Should().Contain("2-3 of 6");
        var file = ResultFile.Read(_experiment["merged.npz"]);
        file.Simulations.Should().Be(4);
        file.Missing.Should().Equal(2, 3);
        file.WhatIsMissing.Should().Be("holds 4 of 6 simulations, without 2-3");

        // What was missing can be added later.
        _experiment.Run("2.npz", new Shard(2, 3));
        ResultMerge.Merge([_experiment["merged.npz"], _experiment["2.npz"]], _experiment["merged.npz"], allowMissing: false);
        File.ReadAllBytes(_experiment["merged.npz"]).Should().Equal(_experiment.Run("whole.npz"));
    }

    [Fact]
    public void Overlapping_shares_are_refused()
    {
        _experiment.Run("1.npz", new Shard(1, 2));
        _experiment.Run("2.npz", new Shard(2, 2));
        _experiment.Run("third.npz", new Shard(2, 3));
        Refusal(_experiment["1.npz"], _experiment["2.npz"], _experiment["third.npz"])
            .Should()
            .Contain("third.npz: expected each simulation once, but 2 are in")
            .And.Contain("1.npz");
        Refusal(_experiment["1.npz"], _experiment["1.npz"]).Should().Contain("0-2");
    }

    [Theory]
    [InlineData("seed")]
    [InlineData("num_channels")]
    [InlineData("epsilon")]
    [InlineData("num_sims")]
    [InlineData("reff_noise")]
    public void Shares_of_different_experiments_are_refused_and_the_option_is_named(string option)
    {
        var options = _experiment.Options;
        using var other = new SmallExperiment
        {
            Options = option switch
            {
                "seed" => options with { Seed = 1 },
                "num_channels" => options with { NumChannels = 5 },
                "epsilon" => options with { Epsilon = 0.002 },
                "num_sims" => options with { NumSims = 7 },
                _ => options with { ReffNoise = false },
            },
        };
        _experiment.Run("1.npz", new Shard(1, 2));
        other.Run("2.npz", new Shard(2, 2));
        Refusal(_experiment["1.npz"], other["2.npz"]).Should().StartWith(other["2.npz"]).And.Contain(option);
    }

    [Fact]
    public void Shares_with_different_images_are_refused()
    {
        using var experiment = new SmallExperiment { Options = _experiment.Options with { Dataset = _experiment["images.npy"] } };
        WriteImages(pixel: 1);
        experiment.Run("1.npz", new Shard(1, 2));
        WriteImages(pixel: 2);
        experiment.Run("2.npz", new Shard(2, 2));
        Refusal(experiment["1.npz"], experiment["2.npz"]).Should().Contain("images of checksum");

        void WriteImages(double pixel)
        {
            using var stream = File.Create(_experiment["images.npy"]);
            NpyFormat.Write(stream, NpyArray.From([.. Enumerable.Range(0, 48).Select(i => i == 7 ? pixel : Math.Sin(i))], 12, 2, 2));
        }
    }

    [Fact]
    public void A_file_of_another_program_is_refused()
    {
        NpzArchive.Write(_experiment["numpy.npz"], [new("depth", NpyArray.From([1L], 1)), new("chi_loc1", NpyArray.From([1.0], 1, 1))]);
        Refusal(_experiment["numpy.npz"]).Should().Contain("numpy.npz").And.Contain("wellbehaved run");
    }

    [Fact]
    public void The_journal_of_an_interrupted_share_can_be_merged()
    {
        var whole = _experiment.Run("whole.npz");
        _experiment.Run("1.npz", new Shard(1, 2));
        var journal = _experiment.JournalOf("2.npz", new Shard(2, 2));
        File.WriteAllBytes(_experiment["2.npz.journal"], journal);
        ResultMerge.Merge([_experiment["2.npz.journal"], _experiment["1.npz"]], _experiment["merged.npz"], allowMissing: false);
        File.ReadAllBytes(_experiment["merged.npz"]).Should().Equal(whole);

        File.WriteAllBytes(_experiment["2.npz.journal"], journal[..^1]);
        Refusal(_experiment["2.npz.journal"], _experiment["1.npz"]).Should().Contain("simulations 5 of 6 are missing");
    }

    private string Refusal(params string[] parts) =>
        FluentActions
            .Invoking(() => ResultMerge.Merge(parts, _experiment["merged.npz"], allowMissing: false))
            .Should()
            .Throw<InvalidInputException>()
            .Which.Message;
}
