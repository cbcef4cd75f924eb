using FluentAssertions;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A run of an ONNX file that ended too early goes on with the mappings that it finished.</summary>
public sealed class OnnxResumeTests : IDisposable
{
    private const int Mappings = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public OnnxResumeTests() =>
        Run("network", "bn_res", "--total-depth", "2", "--num-channels", "4", "--input-shape", "2x2x3", "--onnx", Model).ExitStatus.Should().Be(0);

    private string Model => PathOf("net.onnx");

    private OnnxRequest Request =>
        new()
        {
            Path = Model,
            BatchSize = 3,
            NumSims = Mappings,
            Threads = 1,
        };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Interrupted_run_goes_on_and_writes_what_an_undisturbed_one_writes()
    {
        Succeed("whole.npz");
        var whole = File.ReadAllBytes(PathOf("whole.npz"));
        Leave("part.npz", [1, 3]);
        var journal = File.ReadAllBytes(PathOf("part.npz.journal"));

        Start("part.npz")
            .Should()
            .Be(
                (
                    2,
                    $"wellbehaved: {PathOf("part.npz.journal")}: expected no results of an earlier run, found 2 finished mappings; "
                        + "give --resume to continue, or --overwrite to start again\n"
                )
            );
        File.ReadAllBytes(PathOf("part.npz.journal")).Should().Equal(journal);
        Start("part.npz", "--resume").Should().Be((0, "note: going on with 2 finished mappings, 2 to do\n"));

        File.ReadAllBytes(PathOf("part.npz")).Should().Equal(whole);
        File.Exists(PathOf("part.npz.journal")).Should().BeFalse();
        Run(["run", "--network", Model, .. Options, "--out", PathOf("part.npz"), "--resume"]).Output.Should().Be($"{PathOf("part.npz")} is complete\n");
    }

    /// <summary>Otherwise the test above would hold of a program that computes everything again.</summary>
    [Fact]
    public void What_the_journal_keeps_is_not_computed_again()
    {
        Succeed("whole.npz");
        Leave("part.npz", [0], kept: 2);

        Start("part.npz", "--resume").Status.Should().Be(0);

        double[] Noise(string name) => [.. ResultFile.Read(PathOf(name)).Find("mu2_noise")!.Select(row => row[^1])];
        var (whole, part) = (Noise("whole.npz"), Noise("part.npz"));
        part.Should().Equal(whole[2], whole[1], whole[2], whole[3]);
    }

    [Fact]
    public void Torn_and_damaged_records_are_computed_again()
    {
        Succeed("whole.npz");
        Leave("part.npz", [0, 1, 2]);
        var journal = File.ReadAllBytes(PathOf("part.npz.journal"));
        journal[^1] ^= 1;
        File.WriteAllBytes(PathOf("part.npz.journal"), [.. journal, 7, 7, 7]);

        var (status, said) = Start("part.npz", "--resume");

        (status, said)
            .Should()
            .Be((0, "note: 2 incomplete or damaged records of the earlier run are computed again\nnote: going on with 2 finished mappings, 2 to do\n"));
        File.ReadAllBytes(PathOf("part.npz")).Should().Equal(File.ReadAllBytes(PathOf("whole.npz")));
    }

    [Theory]
    [InlineData("--seed", "1", "seed 0, not 1")]
    [InlineData("--batch-norm", "stored", "batch_norm batch, not stored")]
    [InlineData("--num-sims", "5", "num_sims 4, not 5")]
    [InlineData("--no-reff-noise", null, "other effective ranks")]
    public void Another_run_is_no_continuation_and_destroys_nothing(string option, string? value, string difference)
    {
        Leave("part.npz", [0]);
        var journal = File.ReadAllBytes(PathOf("part.npz.journal"));

        Start("part.npz", ["--resume", option, .. value is null ? Array.Empty<string>() : [value]])
            .Should()
            .Be((2, $"wellbehaved: --resume: expected the run that left {PathOf("part.npz.journal")}, which has {difference}\n"));

        File.ReadAllBytes(PathOf("part.npz.journal")).Should().Equal(journal);
        File.Exists(PathOf("part.npz")).Should().BeFalse();
    }

    [Fact]
    public void A_journal_without_mappings_keeps_nobody_from_another_run()
    {
        Leave("part.npz", []);

        Start("part.npz", "--seed", "1").Status.Should().Be(0);
    }

    [Fact]
    public void A_file_whose_configuration_is_no_text_is_refused_as_another_file()
    {
        NpzArchive.Write(PathOf("part.npz"), [KeyValuePair.Create("configuration", NpyArray.From([1.0], 1))]);

        var (status, error) = Start("part.npz", "--resume");
        status.Should().Be(2, error);
        error.Should().Contain("another file").And.Contain("--overwrite");

        Start("part.npz", "--overwrite").Status.Should().Be(0);
    }

    /// <summary>As with run of a described network: the same run may be made again, and --overwrite makes it, whatever is there.</summary>
    [Fact]
    public void The_same_run_replaces_its_result_and_another_one_is_refused()
    {
        Succeed("part.npz");
        var whole = File.ReadAllBytes(PathOf("part.npz"));

        foreach (var option in new[] { "--overwrite", null })
        {
            // The configuration stays; the moments are those of another run.
            Spoil("part.npz");
            Start("part.npz", option is null ? [] : [option]).Status.Should().Be(0);
            File.ReadAllBytes(PathOf("part.npz")).Should().Equal(whole, option ?? "no option");
        }

        Start("part.npz", "--seed", "1")
            .Should()
            .Be(
                (
                    2,
                    $"wellbehaved: --out: expected no file, or the result of the same run in {PathOf("part.npz")}, found seed 0, not 1; --overwrite replaces it\n"
                )
            );
        File.ReadAllBytes(PathOf("part.npz")).Should().Equal(whole);
    }

    [Fact]
    public void Journal_of_an_ONNX_file_is_known_by_status_and_merge_for_what_it_is()
    {
        Leave("part.npz", [0]);

        var status = Run("status", _folder);
        status.ExitStatus.Should().Be(3);
        status.Output.Should().MatchRegex(@"^net, an ONNX file, \d+ places: 4 mappings\n  part\.npz +failed +1 of 4 +--resume goes on\n$");
        using (OutputLock.Take(PathOf("part.npz")))
        {
            Run("status", _folder).Output.Should().MatchRegex(@"\n  part\.npz +running +1 of 4\n$").And.NotContain("failed");
        }

        var merge = Run("merge", PathOf("part.npz.journal"), "--out", PathOf("merged.npz"));
        merge.ExitStatus.Should().Be(2);
        merge.Error.Should().Contain("found that of a run of an ONNX file");
    }

    private static string[] Options => ["--num-sims", $"{Mappings}", "--batch-size", "3", "--threads", "1"];

    private static (int ExitStatus, string Output, string Error) Run(params string[] arguments)
    {
        var run = CommandLine.Run(arguments);
        return (run.ExitStatus, run.Output, run.Error);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private void Succeed(string output) => Start(output).Status.Should().Be(0);

    private (int Status, string Error) Start(string output, params string[] more)
    {
        // A later option of the same name replaces the earlier one.
        var options = more.Contains("--num-sims") ? Options[2..] : Options;
        var run = CommandLine.Run(["run", "--network", Model, "--out", PathOf(output), .. options, .. more]);
        return (run.ExitStatus, run.Error);
    }

    /// <summary>Leaves the journal that a killed run leaves.</summary>
    /// <param name="output">Its result file.</param>
    /// <param name="finished">Indices that it finished.</param>
    /// <param name="kept">The mapping whose moments stand in the journal, whatever the index; null for the one of the index.</param>
    private void Leave(string output, int[] finished, int? kept = null)
    {
        var result = OnnxRun.Record(Request, default);
        using var journal = OnnxJournal.Open(PathOf(output), resume: false, overwrite: false);
        journal.Begin(OnnxResult.Identify(Request, result.Network));
        foreach (var index in finished)
        {
            journal.Append(index, result.Record.Mappings[kept ?? index]);
        }
    }

    /// <summary>Replaces the moments of a result by zeros, and leaves what it says of its run.</summary>
    private void Spoil(string name)
    {
        using var archive = IArrayCollection.Open(PathOf(name));
        KeyValuePair<string, NpyArray>[] arrays =
        [
            .. archive.Names.Select(array =>
                KeyValuePair.Create(
                    array,
                    archive.Read(array) is var read && array == "mu2_noise" ? NpyArray.From(new double[read.Count], [.. read.Shape]) : read
                )
            ),
        ];
        NpzArchive.Write(PathOf(name), arrays);
    }
}
