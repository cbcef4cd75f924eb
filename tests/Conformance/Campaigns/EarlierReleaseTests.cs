using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// Result files and journals that release 0.1.0 wrote, before it ran networks of layers: they are read, and its runs are repeated and gone on with.
/// </summary>
public sealed class EarlierReleaseTests : IDisposable
{
    private static readonly string Samples = Path.Combine(Repository.Root, "tests", "Conformance", "Samples");

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// The stored files are of the first arithmetic, which convolved in single precision by other methods: each is within 10⁻⁵ of the rms of what it convolves,
    /// and these nets have six layers.
    /// </summary>
    [Theory]
    [InlineData("vanilla")]
    [InlineData("vanilla_res")]
    [InlineData("bn_ff")]
    [InlineData("bn_res")]
    public void A_run_that_is_repeated_has_the_numbers_of_the_stored_file(string architecture)
    {
        var stored = ResultFile.Read(Path.Combine(Samples, $"{architecture}.npz"));
        var path = Path.Combine(_folder, "again.npz");
        ResultFile.Write(path, Experiment.Prepare(stored.Options!).Run());

        var again = ResultFile.Read(path);
        again.Configuration.Should().Be(stored.Configuration);
        again.DatasetChecksum.Should().Be(stored.DatasetChecksum);
        again.Names.Should().Equal(stored.Names);
        again.RecordedEnds.Should().Equal(stored.RecordedEnds);
        foreach (var name in stored.Names)
        {
            var (expected, actual) = (stored.Find(name)!.SelectMany(row => row), again.Find(name)!.SelectMany(row => row));
            expected.Zip(actual).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) <= 1e-5 * Math.Max(1, Math.Abs(pair.First)), name);
        }
    }

    [Fact]
    public void A_share_of_listed_depths_from_an_earlier_release_is_recognised()
    {
        File.Copy(Path.Combine(Samples, "share.npz"), Path.Combine(_folder, "share.npz"));
        var status = CommandLine.Run("status", _folder);

        status.Output.Should().StartWith("bn_res, depth 6, k = 3, N = 4, M = 3, seed 5: 3 simulations").And.Contain("2/2").And.Contain("done");
        ResultFile.Read(Path.Combine(_folder, "share.npz")).Depth.Should().Equal(1, 2, 6);
    }

    [Fact]
    public void A_journal_of_an_earlier_arithmetic_is_read_but_not_resumed()
    {
        var path = Path.Combine(_folder, "interrupted.npz");
        File.Copy(Path.Combine(Samples, "interrupted.npz.journal"), Journal.PathOf(path));
        var content = JournalContent.Read(Journal.PathOf(path))!;
        (content.Finished, content.Damaged, content.Header.Options.NumSims, content.Header.Options.TotalDepth).Should().Be((2, 0, 4, 3000));

        content.Header.Identity.Arithmetic.Should().Be(1);
        var goOn = () => Journal.Open(path, Experiment.Prepare(content.Header.Options).Header, resume: true);
        goOn.Should().Throw<InvalidInputException>().WithMessage($"*version 1 of the arithmetic, not {Wellbehaved.Model.ArithmeticVersion.Current}*");

        var merge = CommandLine.Run("merge", Journal.PathOf(path), "--allow-missing", "--out", Path.Combine(_folder, "merged.npz"));
        merge.ExitStatus.Should().Be(0, merge.Error);
        var merged = ResultFile.Read(Path.Combine(_folder, "merged.npz"));
        (merged.Simulations, merged.Missing.Count).Should().Be((2, 2));
        merged.Depth.Should().Equal(3, 5, 3000);
    }
}
