using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Layers = Wellbehaved.Networks.Layers;

namespace Wellbehaved.Tests.Properties;

/// <summary>Experiments on networks of layers: moments at every place, result files, journals and shares that know the network.</summary>
public sealed class NetworkExperimentTests : IDisposable
{
    private static readonly Layers Unit = [new Dense { Channels = 6 }, new BatchNorm(), new Activation(Function.Relu)];

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The post's networks, composed as anybody composes one, have the moments that the architectures have, bit for bit.</summary>
    [Theory]
    [InlineData("vanilla", 1, 1)]
    [InlineData("vanilla", 3, 1)]
    [InlineData("vanilla_res", 1, 2)]
    [InlineData("vanilla_res", 3, 2)]
    [InlineData("bn_ff", 1, 1)]
    [InlineData("bn_ff", 3, 1)]
    [InlineData("bn_res", 1, 3)]
    [InlineData("bn_res", 3, 2)]
    public void A_recipe_has_the_moments_of_its_architecture(string name, int kernelSize, int residualDepth)
    {
        var ofArchitecture = new ExperimentOptions
        {
            Architecture = name,
            TotalDepth = 4,
            KernelSize = kernelSize,
            NumChannels = 5,
            BatchSize = 3,
            NumSims = 2,
            NumComputations = 4,
            ResDepth = residualDepth,
            Seed = 9,
        };
        var network = Recipes.Find(name, new RecipeSizes(new Shape(32, 32, 3), 4, 5, kernelSize, ResidualDepth: residualDepth))!;
        var expected = Experiment.Prepare(ofArchitecture, 1).Run();
        var actual = Experiment.Prepare(ExperimentOptions.ForNetwork(network, 3, 2) with { Seed = 9 }, 2).Run();

        for (var simulation = 0; simulation < 2; simulation++)
        {
            var (theirs, ours) = (expected.Simulations[simulation], actual.Simulations[simulation]);
            ours.Mu2InputSignal.Should().Be(theirs.Mu2InputSignal);
            foreach (var (place, i) in network.Places.Select((place, i) => (place, i)).Where(pair => pair.place.Kind != Networks.PlaceKind.BranchEnd))
            {
                var there = place.Depth == 0 ? theirs.AtDepth0 : theirs.AtPlaces[place.Number - 1][place.Depth - 1];
                var here = ours.AtPlaces[i][0];
                (here with { ReffSignal = there.ReffSignal, ReffNoise = there.ReffNoise }).Should().Be(there, "{0}", place);
                if (place.After is Activation)
                {
                    (here.ReffSignal, here.ReffNoise).Should().Be((there.ReffSignal, there.ReffNoise), "{0}", place);
                }
            }
        }

        var (table, reference) = (MomentTable.Read(actual), MomentTable.Read(expected));
        table.Depths.Should().Equal(reference.Depths);
        table.LogChi.Should().BeEquivalentTo(reference.LogChi);
        table.LogNu2.Should().BeEquivalentTo(reference.LogNu2);
        table.Reff.Should().BeEquivalentTo(reference.Reff);
        actual.ResidualDepth.Should().Be(expected.ResidualDepth);
        actual.Ends.Should().Equal(expected.Ends);
    }

    /// <summary>Whatever is composed, what is written is what was computed, and is read as that.</summary>
    [Law(MaxTest = 150)]
    public void The_result_of_any_network_is_written_and_read_back(Network network)
    {
        var options = ExperimentOptions.ForNetwork(network, 2, 2) with { Dataset = "gaussian", Normalize = InputNormalization.None };
        if (Refused(options))
        {
            return;
        }

        ExperimentResult result;
        try
        {
            result = Experiment.Prepare(options, 1).Run();
        }
        catch (InvalidInputException exception)
        {
            exception.Message.Should().MatchRegex("^(Network|Dataset|Depths|BatchSize)").And.NotContain("\n");
            return;
        }

        var path = Path.Combine(_folder, "any.npz");
        ResultFile.Write(path, result);
        var file = ResultFile.Read(path);

        file.Network.Should().Be(network);
        file.Options.Should().Be(options);
        file.Places.Should().Equal(network.Places.Select(place => place.ToString()));
        file.RecordedEnds.Should().Equal(result.Ends);
        file.SequenceDepths.Should().Equal(result.Depths).And.BeInAscendingOrder().And.OnlyHaveUniqueItems();
        for (var place = 0; place < network.Places.Count; place++)
        {
            var moments = result.Simulations[1].AtPlaces[place][0];
            file.Find("log_nu2_signal")![1][place].Should().Be(moments.LogNu2Signal);
            file.Find("log_mu2_noise")![1][place].Should().Be(moments.LogMu2Noise);
            file.Find("reff_signal")![1][place].Should().Be(moments.ReffSignal);
            var points = 2 * network.Places[place].Shape.Positions;
            file.Find("log_chi")![1][place].Should().Be(points == 1 ? double.NaN : moments.LogChi(result.Simulations[1].Mu2InputSignal));
        }

        var journal = Path.Combine(_folder, "any.journal.npz");
        var experiment = Experiment.Prepare(options, 1);
        using (var kept = Journal.Open(journal, experiment.Header, resume: false))
        {
            experiment.Run(journal: kept);
        }

        var header = JournalContent.Read(Journal.PathOf(journal))!;
        header.Header.Options.Should().Be(options);
        header.ToResult().Simulations.Zip(result.Simulations).Should().OnlyContain(pair => pair.First.IsIdenticalTo(pair.Second));
        File.Delete(Journal.PathOf(journal));
    }

    [Fact]
    public void Merged_shares_of_a_network_run_in_any_order_equal_the_whole_run()
    {
        var options = ExperimentOptions.ForNetwork(Stages(), 3, 5) with { Seed = 3 };
        using var experiment = new SmallExperiment { Options = options };
        var whole = experiment.Run("whole.npz");
        experiment.Run("1.npz", new Shard(1, 2), threads: 2);
        experiment.JournalOf("2.npz", new Shard(2, 2));

        var (simulations, warnings) = ResultMerge.Merge(
            [Journal.PathOf(experiment["2.npz"]), experiment["1.npz"]],
            experiment["merged.npz"],
            allowMissing: false
        );

        (simulations, warnings.Count).Should().Be((5, 0));
        File.ReadAllBytes(experiment["merged.npz"]).Should().Equal(whole);
    }

    [Fact]
    public void An_interrupted_network_run_resumes_to_the_same_file()
    {
        using var experiment = new SmallExperiment { Options = ExperimentOptions.ForNetwork(Stages(), 3, 4) };
        var undisturbed = experiment.Run();
        var journal = experiment.JournalOf();
        for (var length = 0; length <= journal.Length; length += journal.Length / 23)
        {
            File.Delete(experiment["result.npz"]);
            File.WriteAllBytes(Journal.PathOf(experiment["result.npz"]), journal[..length]);
            experiment.Run(resume: true).Should().Equal(undisturbed, "{0} of {1} bytes were left", length, journal.Length);
        }
    }

    /// <summary>A network is what its layers are: the name alone tells nothing.</summary>
    [Fact]
    public void A_journal_of_another_network_is_not_resumed()
    {
        using var experiment = new SmallExperiment
        {
            Options = ExperimentOptions.ForNetwork(new("mine", new(32, 32, 3), [new Flatten(), new Repeat(2, Unit)]), 8, 4),
        };
        experiment.JournalOf();
        foreach (
            var (other, difference) in new[]
            {
                (new Network("mine", new(32, 32, 3), [new Flatten(), new Repeat(3, Unit)]), "network mine, not mine of other layers or sizes"),
                (new Network("yours", new(32, 32, 3), [new Flatten(), new Repeat(2, Unit)]), "network mine, not yours"),
            }
        )
        {
            var header = Experiment.Prepare(ExperimentOptions.ForNetwork(other, 8, 4)).Header;
            FluentActions
                .Invoking(() => Journal.Open(experiment["result.npz"], header, resume: true))
                .Should()
                .Throw<InvalidInputException>()
                .Which.Message.Should()
                .Contain(difference);
        }

        var full = Experiment.Prepare(experiment.Options with { Noise = NoiseKind.Full }).Header;
        FluentActions
            .Invoking(() => Journal.Open(experiment["result.npz"], full, resume: true))
            .Should()
            .Throw<InvalidInputException>()
            .Which.Message.Should()
            .Contain("noise mapping, not full");
        var architecture = Experiment
            .Prepare(
                new ExperimentOptions
                {
                    Architecture = "bn_ff",
                    TotalDepth = 2,
                    NumComputations = 2,
                    KernelSize = 1,
                    NumChannels = 6,
                    BatchSize = 8,
                    NumSims = 4,
                }
            )
            .Header;
        FluentActions
            .Invoking(() => Journal.Open(experiment["result.npz"], architecture, resume: true))
            .Should()
            .Throw<InvalidInputException>()
            .Which.Message.Should()
            .Contain("network mine, not nothing");
    }

    /// <summary>Statistics of the batch are held or differentiated; where there are none, both noises are one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Mapping_noise_and_full_noise_of_a_network_differ_only_with_batch_norm(bool hasBatchNorm)
    {
        Layers unit = hasBatchNorm ? Unit : [new Dense { Channels = 6 }, new LayerNorm(), new Activation(Function.Relu)];
        var options = ExperimentOptions.ForNetwork(new("noises", new(32, 32, 3), [new Flatten(), new Repeat(3, unit)]), 8, 1);
        var (held, full) = (Last(options), Last(options with { Noise = NoiseKind.Full }));

        full.LogNu2Signal.Should().Be(held.LogNu2Signal);
        (full.LogMu2Noise == held.LogMu2Noise).Should().Be(!hasBatchNorm);

        static MomentSet Last(ExperimentOptions options) => Experiment.Prepare(options).Run().Simulations[0].AtPlaces[^1][0];
    }

    [Fact]
    public void An_architecture_can_be_run_with_mapping_noise_and_with_full_noise()
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 3,
            NumComputations = 1,
            KernelSize = 1,
            NumChannels = 6,
            BatchSize = 8,
            NumSims = 1,
        };
        var network = Recipes.BnFf(new RecipeSizes(new Shape(32, 32, 3), 3, 6));
        var described = ExperimentOptions.ForNetwork(network, 8, 1) with { Noise = NoiseKind.Full };

        var result = Experiment.Prepare(options with { Noise = NoiseKind.Full }).Run();

        result.Simulations[0].AtPlaces[^1][0].LogMu2Noise.Should().Be(Experiment.Prepare(described).Run().Simulations[0].AtPlaces[^1][0].LogMu2Noise);
        ResultConfiguration.Write(options).Should().NotContain("\"noise\"", "older files have no such key");
        ResultConfiguration.Read(ResultConfiguration.Write(result.Options)).Should().Be(result.Options);
    }

    /// <summary>Chosen repetitions of the one repeat are recorded, with what is outside of it.</summary>
    [Fact]
    public void Depths_count_the_repetitions_of_the_one_repeat()
    {
        Layers stem = [new Flatten(), new Dense { Channels = 6 }, new Dense()];
        var network = new Network(
            "stem",
            new(32, 32, 3),
            [.. stem, new Repeat(4, [new Dense(), new Activation(Function.Relu)]), new LayerNorm(), new Dense { Channels = 2 }]
        );
        RecordedPlaces.RepetitionsOf(network).Should().Be((1, 4));

        var options = ExperimentOptions.ForNetwork(network, 8, 1) with { Depths = new([2, 4]) };
        var places = options.RecordedPlaces!;

        places
            .Places.Select(place => $"{place}")
            .Should()
            .Equal(
                "0.0 after dense",
                "1.1 after dense",
                "3.1 before the unit",
                "3.2 after dense",
                "3.3 after relu",
                "5.1 before the unit",
                "5.2 after dense",
                "5.3 after relu",
                "5.4 after layer_norm",
                "6.1 after dense"
            );
        places.Ends.Select(end => $"{places.Places[end]}").Should().Equal("3.3 after relu", "5.3 after relu");
        var all = Experiment.Prepare(options with { Depths = null }).Run();
        Experiment
            .Prepare(options)
            .Run()
            .SelectAtEnds((moments, _) => moments.Nu2Signal)[0]
            .Should()
            .Equal(all.SelectAtEnds((moments, _) => moments.Nu2Signal)[0].Where((_, i) => i % 2 == 1));
    }

    [Fact]
    public void A_choice_of_depths_is_refused_for_a_network_with_several_stages()
    {
        RecordedPlaces.RepetitionsOf(Stages()).Should().BeNull();
        RecordedPlaces.RepetitionsOf(new("nested", new(1, 1, 2), [new Repeat(2, [new Repeat(2, [new Dense()])])])).Should().BeNull();
        FluentActions
            .Invoking(() => (ExperimentOptions.ForNetwork(Stages(), 3, 1) with { Depths = new([1]) }).Validate())
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("Depths: *");
    }

    /// <summary>Without units, layers with weights are counted, and their activations make the sequence.</summary>
    [Fact]
    public void A_network_without_units_is_a_sequence_of_activations()
    {
        var places = RecordedPlaces.Choose(
            new(
                "plain",
                new(8, 8, 3),
                [
                    new Convolution(3),
                    new Activation(Function.Relu),
                    new Convolution(3),
                    new BatchNorm(),
                    new Activation(Function.Relu),
                    new AveragePool(2),
                    new Flatten(),
                    new Dense(),
                ]
            ),
            2
        );

        places.Depths.Should().Equal(1, 1, 2, 2, 2, 2, 3);
        places.Ends.Select(end => places.Depths[end]).Should().Equal(1, 2);
        places.Ends.Should().OnlyContain(end => places.Places[end].After is Activation);
        places.Ranks.Should().Equal(places.Ends);
        places.CountsUnits.Should().BeFalse();
        RecordedPlaces.Choose(new("linear", new(1, 1, 3), [new Dense(), new Dense()]), 2).Ends.Should().Equal(0, 1);
    }

    /// <summary>Over a single point nothing varies: what has no variance is no part of the sequence, unless nothing has.</summary>
    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 1)]
    public void Places_with_a_single_point_are_left_out_of_the_sequence_unless_all_have_one(int batchSize, int extent)
    {
        Layers layers =
        [
            new AveragePool(32 / extent),
            new Convolution(1) { Channels = 4 },
            new Repeat(2, [new Dense(), new Activation(Function.Relu)]),
            new AveragePool(extent),
            new Residual([new Dense()]),
        ];
        var options = ExperimentOptions.ForNetwork(new("points", new(32, 32, 3), layers), batchSize, 2) with { Normalize = InputNormalization.Global };
        foreach (var size in new[] { batchSize, 1 })
        {
            var result = Experiment.Prepare(options with { BatchSize = size }).Run();
            var path = Path.Combine(_folder, "points.npz");
            ResultFile.Write(path, result);
            var (table, read) = (MomentTable.Read(result), MomentTable.Read(ResultFile.Read(path)));

            result
                .Depths.Should()
                .Equal(
                    size > 1 ? [1, 2, 3]
                    : extent > 1 ? [1, 2]
                    : [1, 2, 3]
                );
            (table.LogChi is null).Should().Be(size * extent == 1);
            (read.LogChi is null).Should().Be(table.LogChi is null);
            read.Unusable.Should().Be(0);
            result.Ends.Should().OnlyContain(end => !end.HasEnded);
        }
    }

    /// <summary>JSON readers stop at 64 levels by default; a network of 30 residuals in each other has more.</summary>
    [Fact]
    public void Layers_in_many_levels_are_written_and_read()
    {
        Layers layers = [new Dense()];
        for (var level = 0; level < 29; level++)
        {
            layers = [new Residual(layers)];
        }

        var options = ExperimentOptions.ForNetwork(new("deep in itself", new(32, 32, 3), [new Flatten(), new Dense { Channels = 2 }, .. layers]), 8, 1);
        var path = Path.Combine(_folder, "levels.npz");
        var experiment = Experiment.Prepare(options);
        ResultFile.Write(path, experiment.Run());

        ResultFile.Read(path).Options.Should().Be(options);
        ResultMerge.DifferenceFrom(path, experiment.Header).Should().BeNull();
        ResultMerge.DifferenceFrom(path, Experiment.Prepare(options with { Seed = 1 }).Header).Should().Be("seed 0, not 1");
    }

    /// <summary>A branch that dies ends nothing while its skip lives.</summary>
    [Fact]
    public void A_dead_branch_with_a_living_skip_connection_does_not_end_a_mapping()
    {
        var dead = new Dense { Parameters = new Initialisation(0) };
        var options = ExperimentOptions.ForNetwork(
            new(
                "dead branch",
                new(32, 32, 3),
                [new Flatten(), new Dense { Channels = 4 }, new Repeat(3, [new Residual([new Activation(Function.Relu), dead])])]
            ),
            8,
            2
        );
        Experiment.Prepare(options).Run().Ends.Should().OnlyContain(end => !end.HasEnded);

        var stack = ExperimentOptions.ForNetwork(
            new("dead stack", new(32, 32, 3), [new Flatten(), new Dense { Channels = 4 }, new Repeat(3, [new Activation(Function.Relu), dead])]),
            8,
            2
        );
        Experiment.Prepare(stack).Run().Ends.Should().OnlyContain(end => end == new MappingEnd(Ending.DeadSignal, 1));
    }

    private static Network Stages() =>
        new(
            "stages",
            new(32, 32, 3),
            [
                new AveragePool(8),
                new Convolution(3) { Channels = 4 },
                new Repeat(2, [new Residual([new LayerNorm(), new Activation(Function.Relu), new Convolution(3)])]),
                new Residual([new Convolution(1) { Channels = 6 }, new AveragePool(2)]) { Skip = [new AveragePool(2), new Dense { Channels = 6 }] },
                new Repeat(2, [new Residual([new LayerNorm(), new Activation(Function.Relu), new Convolution(1)])]),
                new GlobalAveragePool(),
            ]
        );

    private static bool Refused(ExperimentOptions options)
    {
        try
        {
            options.Validate();
            options.ValidateFor(options.OpenImages());
            return false;
        }
        catch (InvalidInputException exception)
        {
            exception.Message.Should().MatchRegex(@"^[A-Z]\w*(, [A-Z]\w*)*: ").And.NotContain("\n");
            return true;
        }
    }
}
