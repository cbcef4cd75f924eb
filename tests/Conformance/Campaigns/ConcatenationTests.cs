using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Files that do not say of which experiment they are, and folders of arrays, as the author first kept his results.</summary>
public sealed class ConcatenationTests : IDisposable
{
    private static readonly string[] Unsaid = ["configuration", "dataset_checksum", "made_by", "arithmetic"];
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_without_configuration_are_joined_in_order_only_with_trust_and_the_result_records_it()
    {
        var (first, second) = (Part("1.npz", 1), Part("2.npz", 2));

        CommandLine
            .Run("merge", first, second, "--out", PathOf("joined.npz"))
            .Error.Should()
            .Contain("1.npz")
            .And.Contain("expected a result file that wellbehaved run wrote")
            .And.Contain("--trust");
        var outcome = CommandLine.Run("merge", second, first, "--trust", "--out", PathOf("joined.npz"));

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Error.Should().Contain("note: these files do not name their experiment");
        outcome.Output.Should().Contain("8 simulations of 2 files");
        var (joined, one, two) = (ResultFile.Read(PathOf("joined.npz")), ResultFile.Read(first), ResultFile.Read(second));
        joined.Find("chi_loc4")!.Should().BeEquivalentTo([.. two.Find("chi_loc4")!, .. one.Find("chi_loc4")!], options => options.WithStrictOrdering());
        joined.Depth.Should().Equal(one.Depth);
        using var archive = NpzArchive.Open(PathOf("joined.npz"));
        archive.Read("note").ToText().Should().Contain("joined by merge --trust from 2 files");
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("/etc/evil")]
    [InlineData("a\\b")]
    [InlineData("c:evil")]
    [InlineData(".hidden")]
    [InlineData("a\u001b[31mb")]
    public void An_array_whose_name_is_a_path_does_not_enter_a_merged_file(string name)
    {
        foreach (var says in new[] { true, false })
        {
            var part = Part("1.npz", 1, says: says);
            List<KeyValuePair<string, NpyArray>> arrays;
            using (var archive = NpzArchive.Open(part))
            {
                arrays = [.. archive.Names.Select(known => KeyValuePair.Create(known, archive.Read(known)))];
            }

            NpzArchive.Write(part, [.. arrays, new(name, NpyArray.From([1.0, 2, 3, 4], 4))]);

            var outcome = CommandLine.Run(["merge", part, .. says ? Array.Empty<string>() : ["--trust"], "--out", PathOf("joined.npz"), "--overwrite"]);

            outcome.ExitStatus.Should().Be(0, outcome.Error);
            outcome.Error.Should().Contain("left out ").And.Contain("its name is not a word but a path");
            using var joined = NpzArchive.Open(PathOf("joined.npz"));
            joined.Names.Should().Contain("depth").And.NotContain(name);
        }
    }

    [Fact]
    public void Missing_simulations_are_reported_with_the_file_that_lacks_them()
    {
        var part = PathOf("half.npz");
        CommandLine
            .Run([
                .. "run --architecture bn_ff --total-depth 2 --kernel-size 1 --num-channels 4 --batch-size 4 --num-sims 4 --shard 1/2 --out".Split(' '),
                part,
            ])
            .ExitStatus.Should()
            .Be(0);

        CommandLine
            .Run("merge", part, "--out", PathOf("joined.npz"))
            .Error.Should()
            .StartWith($"wellbehaved: {part}: expected every simulation of the experiment");
    }

    [Fact]
    public void Files_that_contradict_a_common_experiment_are_refused()
    {
        var (first, second) = (Part("1.npz", 1), Part("2.npz", 2));

        Refusal(first, first).Should().Contain("expected each simulation once, but row 0 is row 0 of");
        Refusal(first, Part("deeper.npz", 3, depth: 16)).Should().Contain("expected 'depth' as it is in");
        Refusal(first, Part("other.npz", 3, architecture: "vanilla")).Should().Contain("expected the same arrays in every file");
        Refusal(first, Part("said.npz", 3, says: true)).Should().Contain("found one that does");
        var empty = ForgedResultFile.With(
            second,
            (name, array) => array.Shape.Count == 2 ? NpyArray.From(ReadOnlySpan<double>.Empty, 0, array.Shape[1]) : array
        );
        Refusal(first, empty).Should().Contain("2.npz");
        File.Exists(PathOf("joined.npz")).Should().BeFalse();
        CommandLine.Run("merge", first, "--trust", "--allow-missing", "--out", PathOf("joined.npz")).ExitStatus.Should().Be(2);
    }

    [Fact]
    public void Simulations_that_died_with_equal_numbers_do_not_count_as_duplicates()
    {
        string[] parts = [Dead(Part("1.npz", 1)), Dead(Part("2.npz", 2))];

        ResultConcatenation.Join(parts, PathOf("joined.npz")).Simulations.Should().Be(8);

        string Dead(string path) =>
            ForgedResultFile.With(
                path,
                (name, array) =>
                    name == "depth" || array.Shape.Count == 0 || array.Shape[0] != 4 ? array
                    : !name.Contains("_loc", StringComparison.Ordinal) ? null
                    : NpyArray.From(
                        [
                            .. new double[array.Count].Select(_ =>
                                name.StartsWith("log_", StringComparison.Ordinal) ? MomentSet.LogOfZero
                                : name.StartsWith("reff", StringComparison.Ordinal) ? -1
                                : 0.0
                            ),
                        ],
                        [.. array.Shape]
                    )
            );
    }

    [Fact]
    public void Files_that_say_a_part_of_what_they_are_keep_what_they_have_in_common()
    {
        // As a recording in Python says it; the two have been made with other seeds.
        string Recorded(string name, ulong seed, string network) =>
            ForgedResultFile.With(
                Part(name, seed),
                (_, array) => array,
                ("configuration", NpyArray.From($$"""{"network":"{{network}}","batch_size":6,"num_sims":4,"seed":{{seed}}}"""))
            );

        var same = CommandLine.Run("merge", Recorded("1.npz", 1, "mine"), Recorded("2.npz", 2, "mine"), "--trust", "--out", PathOf("joined.npz"));
        same.ExitStatus.Should().Be(0, same.Error);
        using (var archive = NpzArchive.Open(PathOf("joined.npz")))
        {
            archive.Read("configuration").ToText().Should().Be("""{"network":"mine","batch_size":6,"num_sims":8}""");
        }

        ResultFile.Read(PathOf("joined.npz")).Simulations.Should().Be(8);
        var other = CommandLine.Run("merge", Recorded("1.npz", 1, "mine"), Recorded("2.npz", 2, "yours"), "--trust", "--out", PathOf("other.npz"));
        other.ExitStatus.Should().Be(0, other.Error);
        other.Error.Should().Contain("left out configuration: the files do not say the same there");
        using var apart = NpzArchive.Open(PathOf("other.npz"));
        apart.Names.Should().NotContain("configuration");
    }

    [Fact]
    public void A_joined_file_can_be_joined_with_another_one()
    {
        ResultConcatenation.Join([Part("1.npz", 1), Part("2.npz", 2)], PathOf("two.npz"));

        ResultConcatenation.Join([PathOf("two.npz"), Part("3.npz", 3)], PathOf("three.npz")).Simulations.Should().Be(12);
    }

    [Fact]
    public void A_text_for_each_simulation_is_joined_and_sizes_of_places_are_not_even_if_there_are_as_many()
    {
        string Labelled(string name, ulong seed, params string[] labels) =>
            ForgedResultFile.With(
                Part(name, seed),
                (_, array) => array,
                ("label", NpyArray.From(labels)),
                ("channels", NpyArray.From([8L, 8, 8, 4], 4)),
                ("points", NpyArray.From([6L, 6, 6, 6], 4))
            );

        ResultConcatenation.Join([Labelled("1.npz", 1, "a", "b", "c", "d"), Labelled("2.npz", 2, "e", "f", "g", "h")], PathOf("joined.npz"));

        using var joined = NpzArchive.Open(PathOf("joined.npz"));
        joined.Describe("label").Shape.Should().Equal(8);
        joined.Describe("channels").Shape.Should().Equal(4);
        joined.Describe("points").Shape.Should().Equal(4);
    }

    [Fact]
    public void A_folder_of_arrays_is_a_result()
    {
        var file = Part("1.npz", 1);
        var folder = Folder(file);

        var (asFile, asFolder) = (ResultFile.Read(file), ResultFile.Read(folder));

        asFolder.Depth.Should().Equal(asFile.Depth);
        asFolder.Names.Should().BeEquivalentTo(asFile.Names);
        asFolder.Find("chi_loc4").Should().BeEquivalentTo(asFile.Find("chi_loc4"));
        foreach (var command in new[] { new[] { "diagnose" }, ["audit", "--architecture", "bn_ff", "--results"] })
        {
            var (ofFile, ofFolder) = (CommandLine.Run([.. command, file]), CommandLine.Run([.. command, folder]));
            (ofFolder.ExitStatus, ofFolder.Output).Should().Be((ofFile.ExitStatus, ofFile.Output.Replace(file, folder, StringComparison.Ordinal)));
        }

        CommandLine.Run("plot", folder, "--out", PathOf("figure.svg")).ExitStatus.Should().Be(0);
        ResultConcatenation.Join([folder, Part("2.npz", 2)], PathOf("joined.npz")).Simulations.Should().Be(8);
    }

    [Fact]
    public void A_folder_without_arrays_is_refused_by_name()
    {
        FluentActions.Invoking(() => ResultFile.Read(_folder)).Should().Throw<InvalidInputException>().WithMessage("*found a folder without one");
    }

    [NumPyFact]
    public void A_folder_that_NumPy_saved_is_a_result()
    {
        var folder = Directory.CreateDirectory(PathOf("saved")).FullName;
        const string script = """
            import sys, numpy as np
            np.save(sys.argv[1] + '/depth.npy', np.array([5, 10]))
            np.save(sys.argv[1] + '/chi_loc1.npy', np.asfortranarray(np.arange(6.0).reshape(3, 2)))
            np.save(sys.argv[1] + '/nu2_signal_loc1.npy', np.ones((3, 2), dtype=np.longdouble) / 3)
            """;
        CommandLine.Run(NumPy.Python, ["-c", script, folder]).ExitStatus.Should().Be(0);

        var result = ResultFile.Read(folder);

        result.Depth.Should().Equal(5, 10);
        result.Find("chi_loc1")![1].Should().Equal(2, 3);
        result.Find("nu2_signal_loc1")![2].Should().Equal(1 / 3.0, 1 / 3.0);
    }

    private string Refusal(params string[] parts) =>
        FluentActions.Invoking(() => ResultConcatenation.Join(parts, PathOf("joined.npz"))).Should().Throw<InvalidInputException>().Which.Message;

    private string Folder(string file)
    {
        var folder = Directory.CreateDirectory(PathOf("arrays")).FullName;
        using var archive = NpzArchive.Open(file);
        foreach (var name in archive.Names)
        {
            using var stream = File.Create(Path.Combine(folder, name + ".npy"));
            NpyFormat.Write(stream, archive.Read(name));
        }

        return folder;
    }

    private string Part(string name, ulong seed, int depth = 8, string architecture = "bn_ff", bool says = false)
    {
        var options = new ExperimentOptions
        {
            Architecture = architecture,
            TotalDepth = depth,
            NumComputations = 4,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 6,
            NumSims = 4,
            Seed = seed,
        };
        ResultFile.Write(PathOf(name), Experiment.Prepare(options).Run());
        return ForgedResultFile.With(PathOf(name), (array, content) => !says && Unsaid.Contains(array) ? null : content);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
