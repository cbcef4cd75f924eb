using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>D1 and D2 of recorded files never hold because the numbers that would refute them were not read, or because there was nothing to compare.</summary>
public sealed class RecordedBoundsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(3.0, 4, 50, Verdict.Holds)]
    [InlineData(50.0, 4, 50, Verdict.Rejected)]
    [InlineData(3.1, 4, 50, Verdict.Rejected)]
    [InlineData(3.0, 50, 2, Verdict.Rejected)]
    [InlineData(-7.0, 4, 50, Verdict.Rejected)]
    [InlineData(0.5, 4, 50, Verdict.Rejected)]
    [InlineData(2.0, 1, 50, Verdict.Rejected)]
    [InlineData(1.0, 1, 50, Verdict.Inconclusive)]
    [InlineData(double.PositiveInfinity, 4, 50, Verdict.Rejected)]
    [InlineData(double.NegativeInfinity, 4, 50, Verdict.Rejected)]
    public void D2_of_places_is_judged_by_the_channels_and_points_that_the_file_states(double rank, long points, long channels, Verdict verdict)
    {
        var path = Neutral(rank, ("channels", NpyArray.From([channels, channels], 2)), ("points", NpyArray.From([points, points], 2)));

        VerdictOf(path, "D2").Should().Be(verdict);
    }

    [Theory]
    [InlineData(3, null, 3.0, Verdict.Holds)]
    [InlineData(3, null, 3.5, Verdict.Rejected)]
    [InlineData(null, 5, 4.0, Verdict.Holds)]
    [InlineData(null, 5, 4.5, Verdict.Rejected)]
    [InlineData(null, null, 2.0, Verdict.Inconclusive)]
    public void D2_of_places_needs_channels_or_points(int? channels, int? points, double rank, Verdict verdict)
    {
        var path = Neutral(
            rank,
            [
                .. new[] { ("channels", channels), ("points", points) }
                    .Where(size => size.Item2 is not null)
                    .Select(size => (size.Item1, NpyArray.From([(long)size.Item2!, (long)size.Item2], 2))),
            ]
        );

        VerdictOf(path, "D2").Should().Be(verdict);
    }

    [Fact]
    public void D2_of_places_of_unknown_size_says_what_is_missing()
    {
        var outcome = CommandLine.Run("audit", "--results", Neutral(2));

        outcome.ExitStatus.Should().Be(3);
        outcome.Output.Should().MatchRegex(@"D2 +mine .* INCONCLUSIVE").And.Contain("has no known upper bound");
    }

    [Theory]
    [InlineData("channels", -3.0, 4.0)]
    [InlineData("points", double.NaN, 4.0)]
    [InlineData("points", 4.0, 2.5)]
    [InlineData("channels", 0.0, 4.0)]
    [InlineData("points", double.PositiveInfinity, 4.0)]
    public void Sizes_that_are_no_positive_whole_numbers_are_refused(string name, double first, double second)
    {
        var outcome = CommandLine.Run("audit", "--results", Neutral(2, (name, NpyArray.From([first, second], 2))));

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().Contain($"expected positive whole numbers in '{name}'");
    }

    [Theory]
    [InlineData("channels", 1)]
    [InlineData("points", 3)]
    public void Sizes_of_another_number_of_places_are_refused(string name, int length)
    {
        var outcome = CommandLine.Run("audit", "--results", Neutral(2, (name, NpyArray.From([.. Enumerable.Repeat(4L, length)], length))));

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().Contain($"expected a number for each of the 2 places in '{name}'");
    }

    [Theory]
    [InlineData("run --architecture vanilla --kernel-size 1 --total-depth 4 --num-channels 6 --batch-size 5 --num-sims 3")]
    [InlineData("run --network pre_ln_mlp --total-depth 3 --num-channels 6 --batch-size 5 --num-sims 3")]
    public void D2_does_not_hold_for_ranks_over_a_batch_that_is_said_to_be_one_image(string line)
    {
        var path = PathOf("one.npz");
        CommandLine.Run([.. line.Split(' '), "--out", path]).ExitStatus.Should().Be(0);
        ForgedResultFile.With(
            path,
            (name, content) =>
                name == "configuration" ? NpyArray.From(content.ToText().Replace("\"batch_size\":5", "\"batch_size\":1", StringComparison.Ordinal)) : content
        );

        var outcome = CommandLine.Run("audit", "--results", path);

        outcome.ExitStatus.Should().BeOneOf(1, 3);
        outcome.Output.Should().MatchRegex("D2 .* (REJECTED|INCONCLUSIVE)");
    }

    [Theory]
    [InlineData("run --architecture bn_ff --kernel-size 1 --total-depth 4 --num-channels 6 --batch-size 5 --num-sims 3")]
    [InlineData("run --network pre_ln_mlp --total-depth 3 --num-channels 6 --batch-size 5 --num-sims 3")]
    public void D1_is_rejected_where_all_moments_are_minus_infinity(string line)
    {
        var path = PathOf("infinite.npz");
        CommandLine.Run([.. line.Split(' '), "--out", path]).ExitStatus.Should().Be(0);
        ForgedResultFile.With(
            path,
            (_, content) =>
                content.Shape.Count == 2 ? NpyArray.From([.. Enumerable.Repeat(double.NegativeInfinity, content.Count)], [.. content.Shape]) : content
        );

        var outcome = CommandLine.Run("audit", "--results", path);

        outcome.ExitStatus.Should().Be(1);
        outcome.Output.Should().MatchRegex("D1 .* REJECTED");
    }

    [Theory]
    [InlineData("died_at_depth", 99.0)]
    [InlineData("died_at_depth", -7.0)]
    [InlineData("died_at_depth", 1.5)]
    [InlineData("mu2_signal_input", -1.0)]
    [InlineData("mu2_signal_input", double.NaN)]
    [InlineData("mu2_signal_input", double.PositiveInfinity)]
    [InlineData("nu2_signal_depth0", -1.0)]
    [InlineData("arithmetic", -1.5)]
    public void A_number_of_a_simulation_that_cannot_be_is_refused_by_every_command(string name, double value)
    {
        var path = PathOf("ours.npz");
        CommandLine
            .Run([.. "run --architecture bn_ff --kernel-size 1 --total-depth 4 --num-channels 6 --batch-size 5 --num-sims 3 --out".Split(' '), path])
            .ExitStatus.Should()
            .Be(0);
        ForgedResultFile.With(
            path,
            (array, content) => array == name ? null : content,
            (name, name == "arithmetic" ? NpyArray.From([value]) : NpyArray.From([value, value, value], 3))
        );

        foreach (var line in new[] { $"diagnose {path}", $"audit --results {path}", $"plot {path} --out {PathOf("x.svg")}" })
        {
            var outcome = CommandLine.Run(line.Split(' '));
            outcome.ExitStatus.Should().Be(2, line);
            outcome.Error.TrimEnd().Should().Contain($"'{name}'").And.NotContain("\n");
        }
    }

    [Theory]
    [InlineData("total_depth", -3)]
    [InlineData("num_sims", 0)]
    [InlineData("res_depth", -1)]
    [InlineData("num_computations", 0)]
    [InlineData("batch_size", -5)]
    public void An_option_that_cannot_be_is_refused_also_where_others_are_left_out(string name, int value)
    {
        var path = PathOf("theirs.npz");
        NpzArchive.Write(
            path,
            [
                new("depth", NpyArray.From([1L, 2], 2)),
                new("chi", NpyArray.From([1.0, 2], 1, 2)),
                new("configuration", NpyArray.From($"{{\"network\": \"mine\", \"{name}\": {value}}}")),
            ]
        );

        CommandLine.Run("diagnose", path).ExitStatus.Should().Be(2);
    }

    private static Verdict VerdictOf(string path, string claim) =>
        ResultAudit.OfPlaces(path, ResultFile.Read(path), "mine").ByClaim.Single(pair => pair.Key == claim).Value;

    /// <summary>A file of two places in the neutral layout, with an effective rank at the second one.</summary>
    private string Neutral(double rank, params (string Name, NpyArray Array)[] more)
    {
        var path = PathOf("neutral.npz");
        NpzArchive.Write(
            path,
            [
                new("depth", NpyArray.From([1L, 2], 2)),
                new("configuration", NpyArray.From("{\"network\": \"mine\"}")),
                new("nu2_signal", NpyArray.From([2.0, 2, 2, 2], 2, 2)),
                new("mu2_signal", NpyArray.From([1.0, 1, 1, 1], 2, 2)),
                new("reff_signal", NpyArray.From([-1, rank, -1, rank], 2, 2)),
                .. more.Select(one => KeyValuePair.Create(one.Name, one.Array)),
            ]
        );
        return path;
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
