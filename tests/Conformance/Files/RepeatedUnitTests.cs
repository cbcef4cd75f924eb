using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// Results of a network that is one repeated unit have the author's arrays <c>locK</c>; those of every other network have a column for each place.
/// </summary>
public sealed class RepeatedUnitTests : IDisposable
{
    private static readonly Networks.Network Mlp = new(
        "mlp",
        new(4, 4, 1),
        [
            new Flatten(),
            new Dense { Channels = 6 },
            new Repeat(4, [new Residual([new LayerNorm(), new Repeat(2, [new Dense(), new Activation(new Function(FunctionKind.Tanh))])])]),
        ]
    );

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("vanilla")]
    [InlineData("vanilla_res")]
    [InlineData("bn_ff")]
    [InlineData("bn_res")]
    public void A_recipe_in_a_file_has_the_arrays_of_the_architecture_bit_for_bit(string name)
    {
        var architecture = new ExperimentOptions
        {
            Architecture = name,
            TotalDepth = 3,
            KernelSize = 3,
            NumChannels = 4,
            BatchSize = 4,
            NumSims = 2,
            NumComputations = 3,
            Dataset = "gaussian",
        };
        var network = Recipes.Find(name, new RecipeSizes(new(32, 32, 3), 3, 4, 3))!;
        var described = ExperimentOptions.ForNetwork(network, 4, 2) with { Dataset = "gaussian" };

        var (expected, found) = (Arrays(architecture), Arrays(described));

        foreach (var (array, values) in expected.Where(pair => pair.Key.Contains("_loc", StringComparison.Ordinal) || pair.Key == "depth"))
        {
            found.Should().ContainKey(array);
            found[array].Shape.Should().Equal(values.Shape, array);

            // Of a network of layers, effective ranks are also taken at the end of a residual unit.
            if (values.ToDoubles() is var numbers && !numbers.All(number => number == -1))
            {
                found[array].ToDoubles().Should().Equal(numbers, array);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1,3")]
    public void The_arrays_of_a_unit_hold_the_numbers_of_every_place(string? depths)
    {
        var options = Options(Mlp) with { Depths = depths is null ? null : DepthList.Parse("--depths", depths), Gradients = true };
        var result = Experiment.Prepare(options).Run();
        var path = Write(options);

        var file = ResultFile.Read(path);

        var places = options.RecordedPlaces!;
        file.Places.Should().Equal(places.Places.Select(place => $"{place}"));
        file.Depth.Should().Equal(places.Depths);
        file.SequenceDepths.Should().Equal(depths is null ? [1, 2, 3, 4] : [1, 3]);
        var neutral = NeutralArrays.Collect(result, places).Arrays.Where(pair => MomentColumns.IsMoment(pair.Key)).ToArray();
        file.Names.Should().BeEquivalentTo(neutral.Select(pair => pair.Key));
        foreach (var (name, array) in neutral)
        {
            file.Find(name)!.SelectMany(row => row).Should().Equal(array.ToDoubles(), name);
        }

        using var archive = NpzArchive.Open(path);
        archive
            .Read("locations")
            .ToTexts()
            .Should()
            .Equal("loc1 before the unit", "loc2 after layer_norm", "loc3 after dense", "loc4 after tanh", "branch5 end of the branch", "loc5 after residual");
        archive.Read("stem_locations").ToTexts().Should().Equal("0.0 after dense");
        archive.Read("depth").ToDoubles().Should().Equal(file.SequenceDepths.Select(depth => (double)depth));
        archive.Names.Should().NotContain(["place", "chi"]).And.Contain(["chi_loc5", "chi_branch5", "chi_stem", "log_gradient_loc2"]);
    }

    [Fact]
    public void Networks_of_other_layers_beside_one_repeated_unit_have_a_column_for_each_place()
    {
        Layer unit = new Repeat(2, [new Dense(), new Activation(new Function(FunctionKind.Tanh))]);
        Layers[] others =
        [
            [new Flatten(), unit, new LayerNorm()],
            [new Flatten(), unit, unit],
            [new Flatten(), new Residual([new Dense()]), unit],
            [new Flatten(), new Residual([new Dense()])],
            [new Flatten(), new Dense(), new Activation(new Function(FunctionKind.Tanh))],
            [new Flatten(), new Repeat(2, [unit])],
        ];
        foreach (var layers in others)
        {
            using var archive = NpzArchive.Open(Write(Options(new("other", new(2, 2, 1), layers))));
            archive.Names.Should().Contain(["place", "chi"]).And.NotContain(name => MomentColumns.IsPart(name));
        }
    }

    [Theory]
    [InlineData(
        "chi_loc2",
        null,
        "expected arrays chi_stem, chi_loc1, chi_loc2, chi_loc3, chi_loc4, chi_branch5, chi_loc5, or none of them, found no 'chi_loc2'"
    )]
    [InlineData("chi_stem", null, "or none of them, found no 'chi_stem'")]
    [InlineData("chi_loc9", "rows", "expected moments at loc1 before the unit, ")]
    [InlineData("chi_branch4", "rows", "found 'chi_branch4'")]
    [InlineData("chi_loc2", "columns", "expected 'chi_loc2' of numbers and of shape (num_sims, 4), found <f8 (3, 5)")]
    [InlineData("chi_stem", "columns", "expected 'chi_stem' of numbers and of shape (num_sims, 1), found <f8 (3, 5)")]
    [InlineData("chi_loc2", "more rows", "expected the same number of simulations in every array, found 3 and <f8 (4, 4) in 'chi_loc2'")]
    [InlineData("depth", "depths", "expected the 4 depths of the network in 'configuration' in 'depth', found others")]
    [InlineData("depth", null, "expected the 4 depths of the network in 'configuration' in 'depth', found none")]
    [InlineData("place", "place", "expected either arrays with a column for each place or arrays locK of one place each, found both 'place' and ")]
    public void A_file_whose_arrays_do_not_fit_the_unit_is_refused_in_a_line_by_every_command(string array, string? change, string words)
    {
        var path = Write(Options(Mlp));
        NpyArray? changed = change switch
        {
            null => null,
            "rows" => NpyArray.From(new double[12], 3, 4),
            "columns" => NpyArray.From(new double[15], 3, 5),
            "more rows" => NpyArray.From(new double[16], 4, 4),
            "depths" => NpyArray.From([1L, 2, 3, 5], 4),
            "place" => NpyArray.From(["a", "b"]),
            _ => throw new ArgumentOutOfRangeException(nameof(change), change, "expected a change"),
        };
        ForgedResultFile.With(path, (name, old) => name == array ? null : old, changed is null ? [] : [(array, changed)]);

        foreach (
            var command in (string[][])
                [
                    ["diagnose", path],
                    ["audit", "--results", path],
                    ["plot", path, "--out", Path.Combine(_folder, "figure.svg")],
                    ["merge", path, "--out", Path.Combine(_folder, "merged.npz")],
                    ["export", path, "--csv", Path.Combine(_folder, "table.csv")],
                ]
        )
        {
            var outcome = CommandLine.Run(command);
            outcome.ExitStatus.Should().Be(2, command[0]);
            if (command[0] != "merge" || array != "place")
            {
                outcome.Error.Should().Contain(words, command[0]);
            }

            outcome.Error.TrimEnd().Should().NotContain("\n");
        }
    }

    [Fact]
    public void A_moment_of_all_places_beside_arrays_of_a_unit_is_refused_by_diagnose_and_merge()
    {
        var path = ForgedResultFile.With(Write(Options(Mlp)), (_, array) => array, ("chi", NpyArray.From(new double[12], 3, 4)));

        CommandLine.Run("diagnose", path).Error.Should().Contain("found both 'chi' and ");
        var merged = CommandLine.Run("merge", path, "--out", Path.Combine(_folder, "merged.npz"));

        (merged.ExitStatus, merged.Error.Contains("in 'chi', found <f8 (3, 4)", StringComparison.Ordinal)).Should().Be((2, true), merged.Error);
    }

    /// <summary>Earlier versions wrote a column for each place of every network.</summary>
    [Fact]
    public void A_share_with_a_column_for_each_place_is_read_and_merged_with_one_of_arrays_of_a_unit()
    {
        var whole = Write(Options(Mlp));
        var (first, second) = (Share(1), Share(2));
        Neutral(first);

        ResultFile
            .Read(first)
            .Find("chi")!
            .Should()
            .BeEquivalentTo(ResultFile.Read(whole).Find("chi")!.Take(new Shard(1, 2).Simulations(3).Count), options => options.WithStrictOrdering());
        var merged = Path.Combine(_folder, "merged.npz");
        var outcome = CommandLine.Run("merge", first, second, "--out", merged);
        (outcome.ExitStatus, outcome.Error).Should().Be((0, ""));

        var (a, b) = (Contents(whole), Contents(merged));
        b.Keys.Should().BeEquivalentTo(a.Keys);
        foreach (var (name, array) in a)
        {
            b[name].Bytes.SequenceEqual(array.Bytes).Should().BeTrue(name);
        }

        string Share(int number)
        {
            var path = Path.Combine(_folder, $"{number}.npz");
            var result = Experiment.Prepare(Options(Mlp)).Run();
            var shard = new Shard(number, 2);
            var indices = shard.Simulations(3);
            ExperimentResult share = new(result.Options, result.Settings, [.. indices.Select(i => result.Simulations[i])], result.Identity, indices, shard);
            ResultFile.Write(path, share);
            return path;
        }

        void Neutral(string path)
        {
            var places = Options(Mlp).RecordedPlaces!;
            using var archive = NpzArchive.Open(path);
            var joined = RepeatedUnit.Find(Mlp, places)!.Join(path, archive);
            string[] dropped = ["locations", "stem_locations"];
            NpzArchive.Write(path, joined.Names.Except(dropped).Select(name => KeyValuePair.Create(name, joined.Read(name))).ToArray());
        }
    }

    private static ExperimentOptions Options(Networks.Network network) => ExperimentOptions.ForNetwork(network, 4, 3) with { Dataset = "gaussian" };

    private static Dictionary<string, NpyArray> Arrays(ExperimentOptions options) => new(Experiment.Prepare(options).Run().ToArrays().Arrays);

    private static Dictionary<string, NpyArray> Contents(string path)
    {
        using var archive = NpzArchive.Open(path);
        return archive.Names.ToDictionary(name => name, archive.Read);
    }

    private string Write(ExperimentOptions options)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.npz");
        ResultFile.Write(path, Experiment.Prepare(options).Run());
        return path;
    }
}
